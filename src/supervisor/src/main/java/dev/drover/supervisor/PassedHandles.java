package dev.drover.supervisor;

import dev.drover.handoff.Handle;
import dev.drover.handoff.HandlePeer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/// Handles that the embedding program passes to one worker, until the worker has acknowledged them. Belongs to the
/// loop.
///
/// The rule of Dispatched sockets: what is refused, or was not acknowledged by a worker that is dead, was not
/// taken; a worker that lives and does not acknowledge in time is hung, and killed before that is said.
final class PassedHandles {
    /// How long a living worker may take to acknowledge.
    private static final Duration ACKNOWLEDGEMENT_BOUND = Duration.ofSeconds(5);

    private record Pass(Incarnation receiver, CompletableFuture<Incarnation> taken) {}

    private final Loop loop;
    private final Consumer<Incarnation> hung;
    private final Map<Long, Pass> open = new HashMap<>();

    /// @param hung kills a worker that lives and does not acknowledge
    PassedHandles(Loop loop, Consumer<Incarnation> hung) {
        this.loop = loop;
        this.hung = hung;
    }

    /// @param handles stay the caller's
    /// @param taken completes when they are acknowledged; fails with a [PassException] when they were not taken
    void pass(
            Incarnation receiver,
            HandlePeer peer,
            long transferId,
            List<Handle> handles,
            CompletableFuture<Incarnation> taken) {
        if (!peer.transfer(transferId, handles)) {
            taken.completeExceptionally(
                    new PassException("cannot pass " + names(handles) + " to " + receiver + ": it has not acknowledged"
                            + " what it was passed before, or is going; pass it again later or to another"));
            return;
        }
        open.put(transferId, new Pass(receiver, taken));
        loop.after(ACKNOWLEDGEMENT_BOUND, () -> overdue(transferId));
    }

    private static List<String> names(List<Handle> handles) {
        return handles.stream().map(Handle::socketName).toList();
    }

    /// One that was answered meanwhile is no longer there.
    private void overdue(long transferId) {
        var pass = open.get(transferId);
        if (pass != null) {
            hung.accept(pass.receiver());
        }
    }

    /// @return false when that transfer is none of these
    boolean acknowledged(long transferId) {
        var pass = open.remove(transferId);
        if (pass != null) {
            pass.taken().complete(pass.receiver());
        }
        return pass != null;
    }

    /// @return false when that transfer is none of these
    boolean refused(long transferId, String message) {
        var pass = open.remove(transferId);
        if (pass != null) {
            pass.taken()
                    .completeExceptionally(
                            new PassException(pass.receiver() + " refused what it was passed: " + message));
        }
        return pass != null;
    }

    /// It is dead, and all it had said is heard.
    void gone(Incarnation receiver) {
        open.values().removeIf(pass -> {
            if (!pass.receiver().equals(receiver)) {
                return false;
            }
            pass.taken()
                    .completeExceptionally(new PassException(receiver + " ended before it took what it was passed"));
            return true;
        });
    }
}
