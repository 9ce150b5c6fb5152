package dev.drover.supervisor;

import dev.drover.session.Delivery;
import dev.drover.session.FailureReason;
import dev.drover.session.IncomingMessage;
import dev.drover.session.IncomingRequest;
import dev.drover.session.MessageException;
import dev.drover.session.Messenger;
import dev.drover.session.Payload;
import dev.drover.session.Peer;
import dev.drover.session.WhenFull;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/// A worker that was forked: what `child_process.fork` returns in Node. It is not replaced when it ends; a later fork
/// of the same name is another one. Any thread.
///
/// Its futures complete on virtual threads: what hangs on them may block, and call the supervisor.
public final class ForkedWorker {
    private final Supervisor supervisor;
    private final Forks forks;
    private final WorkerId id;
    private final Peer peer;
    private final Forked fork;

    ForkedWorker(Supervisor supervisor, Forks forks, Forked fork) {
        this.supervisor = supervisor;
        this.forks = forks;
        this.id = Forks.workerOf(fork);
        this.peer = forks.peer(fork);
        this.fork = fork;
    }

    /// `NAME-0`.
    public WorkerId id() {
        return id;
    }

    /// Sends it a message. Waits for it to be online, as for room: [Messenger#DEFAULT_WAIT] at most. In a handler of
    /// [ListeningSocket#onConnection], where nobody may wait, it fails instead.
    public CompletableFuture<Delivery> send(Payload payload) {
        if (supervisor.isOnLoop()) {
            return this.<Delivery>gone().orElseGet(() -> peer.send(payload, WhenFull.fail()));
        }
        awaitOnline(Messenger.DEFAULT_WAIT);
        return this.<Delivery>gone().orElseGet(() -> peer.send(payload));
    }

    /// Sends it a request. Waits for it to be online, within the timeout.
    ///
    /// @throws IllegalStateException in a handler of [ListeningSocket#onConnection], where nobody may wait
    public CompletableFuture<Payload> request(Payload payload, Duration timeout) {
        supervisor.assertNotOnLoop("send a request to " + id);
        var left = timeout.minus(awaitOnline(timeout));
        return this.<Payload>gone()
                .orElseGet(() -> peer.request(payload, left.isPositive() ? left : Duration.ofNanos(1)));
    }

    /// What is sent to one that has ended fails, though another may have its name by now.
    private <T> Optional<CompletableFuture<T>> gone() {
        return fork.end()
                .map(report -> CompletableFuture.failedFuture(new MessageException(
                        FailureReason.NO_RECEIVER, "cannot send to " + id + ": it has ended: " + report.message())));
    }

    /// What is sent to one that is not there fails as any message does.
    private Duration awaitOnline(Duration bound) {
        long start = System.nanoTime();
        try {
            fork.online().get(Math.max(0, bound.toNanos()), TimeUnit.NANOSECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (TimeoutException _) {
            // The peer tells.
        } catch (ExecutionException failure) {
            throw new IllegalStateException("a fork failed a future", failure);
        }
        return Duration.ofNanos(System.nanoTime() - start);
    }

    /// Gives it a listener, from which it accepts beside whoever else has it; `worker.onListener` takes it there.
    /// Returns at once; it is given when the worker is ready, or fails after 30 s.
    ///
    /// @return completes when it is the worker's too; fails with a [PassException] when the worker did not take it
    /// @throws IllegalStateException when it is closed
    public CompletableFuture<Incarnation> pass(ListeningSocket socket) {
        return forks.passTo(fork, socket.handle(), _ -> {});
    }

    /// Gives it a connection; `worker.onConnection` takes it there. The parent keeps its own descriptor until the
    /// worker has acknowledged it, before its first read, and then closes it. Returns at once; it is given when the
    /// worker is ready, or fails after 30 s. A worker that lives and does not acknowledge within 5 s is killed, so
    /// that no two can answer.
    ///
    /// @return completes when it is the worker's alone; fails with a [PassException] when the worker did not take
    ///     it: it is the caller's still, to be passed to another, or closed
    /// @throws IllegalStateException when it is closed, passed already, or being passed
    public CompletableFuture<Incarnation> pass(ParentConnection connection) {
        return forks.passTo(fork, connection.beginPass(), connection::endPass);
    }

    /// Who takes what it says to its parent. To be set when it has just been forked: what comes while nobody is there
    /// fails at the worker.
    public void onMessage(Consumer<IncomingMessage> handler) {
        peer.onMessage(handler);
    }

    /// Who answers what it asks its parent. To be set when it has just been forked, as [#onMessage].
    public void onRequest(Consumer<IncomingRequest> handler) {
        peer.onRequest(handler);
    }

    /// On which threads these handlers run, as [dev.drover.session.Messenger#handleOn].
    public void handleOn(Executor executor) {
        peer.handleOn(executor);
    }

    /// Tells it to stop, and kills it when its grace is over. Returns at once; said again, or of one that has ended,
    /// it changes nothing.
    public void stop() {
        forks.stop(fork);
    }

    /// How it ended, once it has; never fails.
    public CompletableFuture<ExitReport> exited() {
        return fork.exited().copy();
    }

    @Override
    public String toString() {
        return id.toString();
    }
}
