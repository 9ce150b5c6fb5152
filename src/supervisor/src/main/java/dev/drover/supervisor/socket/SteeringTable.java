package dev.drover.supervisor.socket;

import java.util.HashSet;
import java.util.List;

/// Which members of a SO_REUSEPORT group get new connections. Members are named by their index in the group.
///
/// @param size members of the group, 1 to [#MAX_SIZE]
/// @param targets members that get new connections, in equal parts; at least one, each once; kept in rising order
/// @param probes members reached by source port, whether targets or not; each port once, at most [#MAX_PROBES]
record SteeringTable(int size, List<Integer> targets, List<Probe> probes) {
    /// Keeps the program of the worst table small enough for [#MAX_PROBES] beside it.
    static final int MAX_SIZE = 1024;

    /// The kernel counts a program against `net.core.optmem_max`, 18 432 bytes before Linux 6.7. A probe takes 24
    /// of them, the worst table without probes about 12 300.
    static final int MAX_PROBES = 200;

    SteeringTable {
        targets = targets.stream().sorted().distinct().toList();
        probes = List.copyOf(probes);
        if (size < 1 || size > MAX_SIZE) {
            throw new IllegalArgumentException("cannot steer " + size + " shards: it must be 1.." + MAX_SIZE);
        }
        if (targets.isEmpty()) {
            throw new IllegalArgumentException("cannot steer to no shard: new connections must have a place to wait");
        }
        checkIndex(targets.getFirst(), size);
        checkIndex(targets.getLast(), size);
        if (probes.size() > MAX_PROBES) {
            throw new IllegalArgumentException(
                    "cannot steer " + probes.size() + " probes at once: at most " + MAX_PROBES);
        }
        var ports = new HashSet<Integer>();
        for (var probe : probes) {
            checkIndex(probe.index(), size);
            if (!ports.add(probe.sourcePort())) {
                throw new IllegalArgumentException("cannot probe two shards from port " + probe.sourcePort());
            }
        }
    }

    private static void checkIndex(int index, int size) {
        // An index out of range would let the kernel fall back to its hash and reach any shard.
        if (index < 0 || index >= size) {
            throw new IllegalArgumentException("cannot steer to index " + index + " of " + size + " shards");
        }
    }
}
