package dev.drover.master.control;

import io.grpc.stub.ServerCallStreamObserver;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// Waits for the reader of a call, without a pause when it reads on. To be made where gRPC calls.
final class ReadyReader {
    /// Between two looks, should gRPC not tell.
    private static final Duration LOOK = Duration.ofMillis(250);

    private final ServerCallStreamObserver<?> observer;
    private final Semaphore told = new Semaphore(0);

    ReadyReader(ServerCallStreamObserver<?> observer) {
        this.observer = observer;
        observer.setOnReadyHandler(told::release);
    }

    void await() throws InterruptedException {
        while (!observer.isReady()) {
            var _ = told.tryAcquire(LOOK.toMillis(), TimeUnit.MILLISECONDS);
            told.drainPermits();
        }
    }
}
