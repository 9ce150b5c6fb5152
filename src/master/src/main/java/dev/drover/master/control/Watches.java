package dev.drover.master.control;

import io.grpc.stub.ServerCallStreamObserver;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// Calls that tell what changes, each on a thread of its own; bounded in number. Any thread.
final class Watches {
    /// All kinds together.
    static final int MAX_WATCHES = 64;

    /// Between two looks at something that nobody tells of: people see it as live, and nobody notices the looks.
    private static final Duration LOOK = Duration.ofMillis(250);

    private final Semaphore room = new Semaphore(MAX_WATCHES);

    /// Begins one; to be called where gRPC calls.
    void start(String method, ServerCallStreamObserver<?> observer, WaitingCall.Telling telling) {
        if (!room.tryAcquire()) {
            observer.onError(Refusals.exceptionOf(new Refusal.TooManyWatches(MAX_WATCHES)));
            return;
        }
        WaitingCall.tell(method, observer, () -> {
            try {
                telling.run();
            } finally {
                room.release();
            }
        });
    }

    /// Waits until the reader reads on.
    static void awaitReady(ServerCallStreamObserver<?> observer) throws InterruptedException {
        while (!observer.isReady()) {
            pause();
        }
    }

    /// Waits for the next look. Nothing ever counts it down: ended early by an interrupt only.
    static void pause() throws InterruptedException {
        var _ = new CountDownLatch(1).await(LOOK.toMillis(), TimeUnit.MILLISECONDS);
    }
}
