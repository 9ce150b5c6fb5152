package dev.drover.supervisor.pool;

import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntUnaryOperator;
import java.util.function.Predicate;

/// Where new connections of a sharded pool go.
///
/// @param state the pool
/// @param queues connections waiting in a shard
record Steering(PoolState state, IntUnaryOperator queues) {

    /// The shards of the ready workers. While nobody is ready, those of the workers that are starting; while
    /// nobody starts, those that will be leased next: connections wait there. A worker that is not ready any more
    /// gets connections only where there is no other shard to wait in.
    Set<Integer> targets() {
        var ready = shardsOf(Member::ready);
        if (!ready.isEmpty()) {
            return ready;
        }
        var starting = shardsOf(member -> member.wanted() && !(member.life() instanceof Life.Unready));
        if (!starting.isEmpty()) {
            return starting;
        }
        var free = freeLongestFirst();
        if (free.isEmpty()) {
            var unready = shardsOf(Member::wanted);
            if (!unready.isEmpty()) {
                return unready;
            }
            // Every shard is leased by someone who leaves: stay where we are.
            return state.steered().isEmpty() ? Set.of(0) : state.steered();
        }
        // A connection that already waits somewhere is a reason to stay: the fewer queues, the sooner all are served.
        int next = Math.clamp(state.spec().replicas(), 1, free.size());
        return Set.copyOf(free.subList(0, next));
    }

    /// Shards nobody leases, the one with the longest queue first.
    List<Integer> freeLongestFirst() {
        return state.freeShards().stream()
                .map(shard -> new int[] {shard, queues.applyAsInt(shard)})
                .sorted(Comparator.<int[]>comparingInt(pair -> -pair[1]).thenComparingInt(pair -> pair[0]))
                .map(pair -> pair[0])
                .toList();
    }

    private Set<Integer> shardsOf(Predicate<Member> which) {
        var shards = new HashSet<Integer>();
        for (var place : state.places()) {
            for (var member : place.members()) {
                if (which.test(member)) {
                    shards.add(member.shard());
                }
            }
        }
        return Set.copyOf(shards);
    }
}
