package dev.drover.supervisor;

import dev.drover.handoff.Handle;
import dev.drover.session.Messenger;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/// A fork as the loop knows it, and what waits for it. Belongs to the loop; its futures are completed on virtual
/// threads, so that whoever hangs on them may call the supervisor, and block.
final class Forked {
    /// How long what is passed waits until the worker is ready.
    static final Duration READY_BOUND = Messenger.DEFAULT_WAIT;

    /// What may wait for one worker: descriptors of the program's.
    static final int MAX_WAITING = 1_024;

    /// Something passed to the worker.
    ///
    /// @param handle stays the caller's
    /// @param taken completes when it is acknowledged; fails with a [PassException] when it was not taken
    record Pass(Handle handle, CompletableFuture<Incarnation> taken) {
        void fail(String why) {
            taken.completeExceptionally(new PassException(why));
        }
    }

    private final String name;
    private final Loop loop;
    private final Consumer<Pass> giver;
    private final CompletableFuture<Boolean> online = new CompletableFuture<>();
    private final CompletableFuture<ExitReport> exited = new CompletableFuture<>();
    private final Queue<Pass> waiting = new ArrayDeque<>();
    private boolean ready;

    /// Written by the loop, read by who sends.
    private volatile Optional<ExitReport> end = Optional.empty();

    /// @param giver gives something to a worker that is ready
    Forked(String name, Loop loop, Consumer<Pass> giver) {
        this.name = name;
        this.loop = loop;
        this.giver = giver;
    }

    String name() {
        return name;
    }

    /// Completes when its session opens, or when it ends before that.
    CompletableFuture<Boolean> online() {
        return online;
    }

    /// Completes when it ends.
    CompletableFuture<ExitReport> exited() {
        return exited;
    }

    /// How it has ended. Any thread.
    Optional<ExitReport> end() {
        return end;
    }

    /// Gives it once the worker is ready, in the order in which it came.
    void pass(Pass pass) {
        loop.assertOnLoop();
        if (end.isPresent()) {
            pass.fail(hasEnded());
        } else if (ready) {
            giver.accept(pass);
        } else if (waiting.size() >= MAX_WAITING) {
            pass.fail("cannot pass " + pass.handle().socketName() + " to " + name + ": it is not ready yet and "
                    + MAX_WAITING + " wait for it; pass it to another");
        } else {
            waiting.add(pass);
            loop.after(READY_BOUND, () -> expire(pass));
        }
    }

    /// One that was given meanwhile no longer waits.
    private void expire(Pass pass) {
        if (waiting.remove(pass)) {
            pass.fail("cannot pass " + pass.handle().socketName() + " to " + name + ": it was not ready within "
                    + READY_BOUND.toSeconds() + " s");
        }
    }

    private String hasEnded() {
        return "cannot pass anything to " + name + ": it has ended"
                + end.map(report -> ": " + report.message()).orElse("");
    }

    void happened(WorkerEvent event) {
        switch (event) {
            case WorkerEvent.Online _ -> becameOnline(true);
            case WorkerEvent.Ready _ -> loop.post(this::becameReady);
            case WorkerEvent.Exited(var report) -> ended(report);
            case WorkerEvent.Forked _, WorkerEvent.Listening _, WorkerEvent.Disconnected _ -> {}
        }
    }

    private void becameOnline(boolean isOnline) {
        Thread.startVirtualThread(() -> online.complete(isOnline));
    }

    private void becameReady() {
        ready = end.isEmpty();
        for (var pass = waiting.poll(); pass != null; pass = waiting.poll()) {
            pass(pass);
        }
    }

    private void ended(ExitReport report) {
        end = Optional.of(report);
        for (var pass = waiting.poll(); pass != null; pass = waiting.poll()) {
            pass.fail(hasEnded());
        }
        becameOnline(false);
        Thread.startVirtualThread(() -> exited.complete(report));
    }
}
