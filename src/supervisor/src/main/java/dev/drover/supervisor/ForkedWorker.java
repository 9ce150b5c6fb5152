package dev.drover.supervisor;

import dev.drover.handoff.Handle;
import dev.drover.session.Address;
import dev.drover.session.Delivery;
import dev.drover.session.IncomingMessage;
import dev.drover.session.IncomingRequest;
import dev.drover.session.Messenger;
import dev.drover.session.Payload;
import dev.drover.session.Peer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/// A worker that was forked: what `child_process.fork` returns in Node. It is not replaced when it ends. Any
/// thread.
public final class ForkedWorker {
    private final Supervisor supervisor;
    private final WorkerId id;
    private final Peer peer;
    private final Forks.Waiting waiting;

    ForkedWorker(Supervisor supervisor, WorkerId id, Forks.Waiting waiting) {
        this.supervisor = supervisor;
        this.id = id;
        this.peer = supervisor.switchboard().peer(new Address.Worker(id.toString()));
        this.waiting = waiting;
    }

    /// `NAME-0`.
    public WorkerId id() {
        return id;
    }

    /// Sends it a message. Waits for it to be online, as for room: [Messenger#DEFAULT_WAIT] at most.
    public CompletableFuture<Delivery> send(Payload payload) {
        awaitOnline(Messenger.DEFAULT_WAIT);
        return peer.send(payload);
    }

    /// Sends it a request. Waits for it to be online, within the timeout.
    public CompletableFuture<Payload> request(Payload payload, Duration timeout) {
        var left = timeout.minus(awaitOnline(timeout));
        return peer.request(payload, left.isPositive() ? left : Duration.ofNanos(1));
    }

    /// What is sent to one that is not there fails as any message does.
    private Duration awaitOnline(Duration bound) {
        long start = System.nanoTime();
        try {
            waiting.online().get(Math.max(0, bound.toNanos()), TimeUnit.NANOSECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (TimeoutException _) {
            // The peer tells.
        } catch (ExecutionException failure) {
            throw new IllegalStateException("Forks failed a future", failure);
        }
        return Duration.ofNanos(System.nanoTime() - start);
    }

    /// Gives it a listener, from which it accepts beside whoever else has it; `worker.onListener` takes it there.
    /// Waits for it to be online, [Messenger#DEFAULT_WAIT] at most.
    ///
    /// @return completes when it is the worker's too; fails with a [PassException] when the worker did not take it
    public CompletableFuture<Incarnation> pass(ListeningSocket socket) {
        return pass(socket.handle());
    }

    /// Gives it a connection; `worker.onConnection` takes it there. The parent keeps its own descriptor until the
    /// worker has acknowledged it, before its first read, and then closes it. Waits for the worker to be online,
    /// except on the supervisor's loop.
    ///
    /// @return completes when it is the worker's alone; fails with a [PassException] when the worker did not take
    ///     it: it is the caller's still, to be passed to another, or closed
    public CompletableFuture<Incarnation> pass(ParentConnection connection) {
        return pass(connection.handle()).thenApply(receiver -> {
            connection.close();
            return receiver;
        });
    }

    private CompletableFuture<Incarnation> pass(Handle handle) {
        if (!supervisor.isOnLoop()) {
            awaitOnline(Messenger.DEFAULT_WAIT);
        }
        return supervisor.passTo(id.pool(), List.of(handle));
    }

    /// Who takes what it says to its parent.
    public void onMessage(Consumer<IncomingMessage> handler) {
        peer.onMessage(handler);
    }

    /// Who answers what it asks its parent.
    public void onRequest(Consumer<IncomingRequest> handler) {
        peer.onRequest(handler);
    }

    /// Tells it to stop, and kills it when its grace is over. Returns at once; said again it changes nothing.
    public void stop() {
        supervisor.stopFork(id.pool());
    }

    /// How it ended, once it has; never fails.
    public CompletableFuture<ExitReport> exited() {
        return waiting.exited().copy();
    }
}
