package dev.drover.supervisor;

import dev.drover.handoff.Handle;
import dev.drover.handoff.HandlePeer;
import dev.drover.posix.PosixException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// Handles that the embedding program passes to one worker, until the worker has acknowledged them. Belongs to the
/// loop.
///
/// The rule of Dispatched sockets: what is refused, or was not acknowledged by a worker that is dead, was not
/// taken; a worker that lives and does not acknowledge in time is hung, and killed before that is said.
final class PassedHandles {
    /// How long a living worker may take to acknowledge.
    private static final Duration ACKNOWLEDGEMENT_BOUND = Duration.ofSeconds(5);

    private record Given(Incarnation receiver, Forked.Pass pass) {}

    private final Loop loop;
    private final Consumer<Incarnation> hung;
    private final Map<Long, Given> open = new HashMap<>();

    /// @param hung kills a worker that lives and does not acknowledge
    PassedHandles(Loop loop, Consumer<Incarnation> hung) {
        this.loop = loop;
        this.hung = hung;
    }

    /// Gives it to the receiver.
    void pass(Incarnation receiver, HandlePeer peer, long transferId, Forked.Pass pass) {
        var what = "cannot pass " + pass.handle().socketName() + " to " + receiver + ": ";
        try {
            if (!peer.transfer(transferId, List.of(pass.handle()))) {
                pass.fail(what + "it has not acknowledged what it was passed before, or is going;"
                        + " pass it again later or to another");
                return;
            }
        } catch (IllegalStateException | PosixException failure) {
            // The program has closed it meanwhile, or the kernel refuses.
            pass.fail(what + failure.getMessage());
            return;
        }
        open.put(transferId, new Given(receiver, pass));
        loop.after(ACKNOWLEDGEMENT_BOUND, () -> overdue(transferId));
    }

    /// One that was answered meanwhile is no longer there.
    private void overdue(long transferId) {
        var given = open.get(transferId);
        if (given != null) {
            hung.accept(given.receiver());
        }
    }

    /// @return what it was; empty when that transfer is none of these
    Optional<Handle> acknowledged(long transferId) {
        var given = Optional.ofNullable(open.remove(transferId));
        given.ifPresent(it -> it.pass().taken().complete(it.receiver()));
        return given.map(it -> it.pass().handle());
    }

    /// @return false when that transfer is none of these
    boolean refused(long transferId, String message) {
        var given = Optional.ofNullable(open.remove(transferId));
        given.ifPresent(it -> it.pass().fail(it.receiver() + " refused what it was passed: " + message));
        return given.isPresent();
    }

    /// It is dead, and all it had said is heard.
    void gone(Incarnation receiver) {
        fail(given -> given.receiver().equals(receiver), "ended before it took what it was passed");
    }

    /// Nothing more will be heard of any receiver: all are dead.
    void close() {
        fail(_ -> true, "was not heard of before the supervisor stopped");
    }

    private void fail(Predicate<Given> which, String why) {
        open.values().removeIf(given -> {
            boolean fails = which.test(given);
            if (fails) {
                given.pass().fail(given.receiver() + " " + why);
            }
            return fails;
        });
    }
}
