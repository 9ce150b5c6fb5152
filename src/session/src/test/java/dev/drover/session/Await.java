package dev.drover.session;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// Waits for effects, ten seconds at most.
final class Await {
    static final Duration DEADLINE = Duration.ofSeconds(10);

    private static final long LOOK_AGAIN_NANOS = 500_000;

    private Await() {}

    static <T> T of(Future<T> future) {
        try {
            return future.get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException _) {
            throw new AssertionError("nothing within " + DEADLINE + ": " + future);
        } catch (ExecutionException failure) {
            throw new CompletionException(failure.getCause());
        } catch (InterruptedException failure) {
            throw new AssertionError(failure);
        }
    }

    /// The reason for which it failed.
    static FailureReason failure(CompletableFuture<?> future) {
        try {
            var value = of(future);
            throw new AssertionError("did not fail, but has " + value);
        } catch (CompletionException failure) {
            if (failure.getCause() instanceof MessageException known) {
                return known.reason();
            }
            throw failure;
        }
    }

    /// Waits for it to fail, with whatever.
    static Throwable failureOf(Future<?> future) {
        try {
            throw new AssertionError("did not fail, but has " + of(future));
        } catch (CompletionException failure) {
            return failure;
        }
    }

    static <T> T next(BlockingQueue<T> queue) {
        try {
            var next = queue.poll(DEADLINE.toSeconds(), TimeUnit.SECONDS);
            if (next == null) {
                throw new AssertionError("nothing came within " + DEADLINE);
            }
            return next;
        } catch (InterruptedException failure) {
            throw new AssertionError(failure);
        }
    }

    static void zero(CountDownLatch latch) {
        try {
            if (!latch.await(DEADLINE.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError("still " + latch.getCount() + " after " + DEADLINE);
            }
        } catch (InterruptedException failure) {
            throw new AssertionError(failure);
        }
    }

    static void until(String what, BooleanSupplier condition) {
        until(DEADLINE, what, condition);
    }

    static void until(Supplier<String> what, BooleanSupplier condition) {
        until(DEADLINE, what, condition);
    }

    static void until(Duration deadline, String what, BooleanSupplier condition) {
        until(deadline, () -> what, condition);
    }

    private static void until(Duration deadline, Supplier<String> what, BooleanSupplier condition) {
        long end = System.nanoTime() + deadline.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("not within " + deadline + ": " + what.get());
            }
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
        }
    }
}
