package dev.drover.supervisor;

import dev.drover.handoff.Handle;
import dev.drover.handoff.HandlePeer;
import dev.drover.posix.PosixException;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/// Listeners that are given to workers which run, because their pool has got a socket, or taken back from them because
/// it has one no more: until the worker has answered. Belongs to the loop.
///
/// A worker that cannot be told, refuses, or does not answer in time is unwilling: another is to take its place, which
/// gets what the pool has when it joins.
final class ListenerTransfers {
    /// How long a worker may take to answer, as for everything that it is given.
    private static final Duration ANSWER_BOUND = Duration.ofSeconds(5);

    /// @param given names of the sockets; none when one is taken back
    /// @param then runs once, whatever comes of it
    private record Open(Incarnation worker, String what, List<String> given, Runnable then) {}

    private final Loop loop;
    private final Unwilling unwilling;
    private final Map<Long, Open> open = new HashMap<>();

    /// Not answered in time: what they say now changes nothing. Gone with their workers, which are being replaced.
    private final Map<Long, Incarnation> late = new HashMap<>();

    /// Told of who is to be replaced.
    interface Unwilling {
        /// @param lacks the sockets it has not taken
        void told(Incarnation worker, List<String> lacks, String why);
    }

    ListenerTransfers(Loop loop, Unwilling unwilling) {
        this.loop = loop;
        this.unwilling = unwilling;
    }

    /// Gives listeners to a worker.
    ///
    /// @param handles of which the descriptors stay the pool's; at least one
    void give(Incarnation worker, HandlePeer peer, long transferId, List<Handle> handles) {
        var names = handles.stream().map(Handle::socketName).toList();
        var given = new Open(worker, "take " + String.join(", ", names), names, () -> {});
        tell(transferId, given, () -> peer.transfer(transferId, handles));
    }

    /// Takes a listener back from a worker.
    ///
    /// @param then runs when the worker has let go, is gone, or is unwilling
    void withdraw(
            Incarnation worker,
            HandlePeer peer,
            long transferId,
            String socketName,
            SocketAddress address,
            Runnable then) {
        var taken = new Open(worker, "let " + socketName + " go", List.of(), then);
        tell(transferId, taken, () -> peer.withdraw(transferId, socketName, address));
    }

    private void tell(long transferId, Open what, BooleanSupplier sending) {
        open.put(transferId, what);
        try {
            if (sending.getAsBoolean()) {
                loop.after(ANSWER_BOUND, () -> overdue(transferId));
            } else {
                failed(transferId, "it has not answered what it was told before, or is going");
            }
        } catch (PosixException failure) {
            failed(transferId, String.valueOf(failure.getMessage()));
        }
    }

    private void overdue(long transferId) {
        var overdue = open.get(transferId);
        if (overdue != null) {
            late.put(transferId, overdue.worker());
            failed(transferId, "it has not answered for " + ANSWER_BOUND.toSeconds() + " s");
        }
    }

    /// One that was answered meanwhile is no longer there.
    private boolean failed(long transferId, String why) {
        var failed = Optional.ofNullable(open.remove(transferId));
        failed.ifPresent(it -> {
            unwilling.told(it.worker(), it.given(), "it does not " + it.what() + ": " + why);
            it.then().run();
        });
        return failed.isPresent();
    }

    /// @return the sockets that the worker has taken with it; empty when that transfer is none of these
    Optional<List<String>> acknowledged(long transferId) {
        var answered = Optional.ofNullable(open.remove(transferId));
        if (answered.isEmpty() && late.remove(transferId) != null) {
            return Optional.of(List.of());
        }
        answered.ifPresent(it -> it.then().run());
        return answered.map(Open::given);
    }

    /// @return false when that transfer is none of these
    boolean refused(long transferId, String message) {
        return late.remove(transferId) != null || failed(transferId, message);
    }

    /// It is dead, and has let go of everything.
    void gone(Incarnation worker) {
        late.values().removeIf(worker::equals);
        for (var one : Map.copyOf(open).entrySet()) {
            if (one.getValue().worker().equals(worker)) {
                open.remove(one.getKey());
                one.getValue().then().run();
            }
        }
    }

    /// Nothing more will be heard of any worker.
    void close() {
        open.clear();
        late.clear();
    }
}
