package dev.drover.bench;

import dev.drover.session.Delivery;
import dev.drover.session.Payload;
import dev.drover.supervisor.Fork;
import dev.drover.supervisor.ForkedWorker;
import dev.drover.supervisor.Supervisor;
import dev.drover.supervisor.SupervisorOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// Messages between this process, as a program that embeds a supervisor, and a worker it has forked. Both JVMs run with
/// their defaults. For one thread.
final class DroverMessages implements AutoCloseable {
    private static final Duration GRACE = Duration.ofSeconds(5);

    private final ScratchDirectory directory;
    private final Supervisor supervisor;
    private final ForkedWorker worker;
    private final MessagesEnd end;
    private final long pid = ProcessHandle.current().pid();
    private final long workerPid;

    private DroverMessages(ScratchDirectory directory, Supervisor supervisor, MessagesEnd.Handlers handlers) {
        this.directory = directory;
        this.supervisor = supervisor;
        this.worker =
                supervisor.fork(Fork.of("messages", Jvm.running(List.of(), MessagesWorker.class, handlers.name())));
        this.end = new MessagesEnd(new Child(worker));
        handlers.executor().ifPresent(worker::handleOn);
        worker.onMessage(end::onMessage);
        worker.onRequest(end::onRequest);
        this.workerPid = end.ask(MessagesEnd.What.PID, Long.class);
    }

    static DroverMessages start(MessagesEnd.Handlers handlers) throws IOException {
        var directory = ScratchDirectory.create();
        try {
            var supervisor = Supervisor.start(SupervisorOptions.in(directory.path()));
            try {
                return new DroverMessages(directory, supervisor, handlers);
            } catch (RuntimeException failure) {
                supervisor.close();
                throw failure;
            }
        } catch (RuntimeException failure) {
            directory.close();
            throw failure;
        }
    }

    /// @param worker the child
    private record Child(ForkedWorker worker) implements MessagesEnd.Other {
        @Override
        public CompletableFuture<Delivery> send(Payload payload) {
            return worker.send(payload);
        }

        @Override
        public CompletableFuture<Payload> request(Payload payload, Duration timeout) {
            return worker.request(payload, timeout);
        }
    }

    private CompletableFuture<Payload> ask(String text) {
        return worker.request(Payload.text(text), MessagesEnd.ANSWER_BOUND);
    }

    /// A thread that waits for each answer.
    RoundTrips blocking(int size, Duration duration) {
        var text = "x".repeat(size);
        var watch = new RoundTrips.Watch(duration);
        do {
            check(size, MessagesEnd.await(ask(text)));
        } while (watch.lap());
        return watch.result();
    }

    /// Each answer sends the next request, as Node's event loop does it.
    RoundTrips chained(int size, Duration duration) {
        var chain = new Chain(size, duration);
        chain.next();
        return MessagesEnd.await(chain.result);
    }

    private final class Chain {
        private final CompletableFuture<RoundTrips> result = new CompletableFuture<>();
        private final int size;
        private final String text;
        private final RoundTrips.Watch watch;

        Chain(int size, Duration duration) {
            this.size = size;
            this.text = "x".repeat(size);
            this.watch = new RoundTrips.Watch(duration);
        }

        void next() {
            var _ = ask(text).whenComplete(this::answered);
        }

        private void answered(@Nullable Payload reply, @Nullable Throwable failure) {
            try {
                if (reply == null) {
                    throw new BenchException("a request failed: " + failure);
                }
                check(size, reply);
                if (watch.lap()) {
                    next();
                } else {
                    result.complete(watch.result());
                }
            } catch (RuntimeException problem) {
                result.completeExceptionally(problem);
            }
        }
    }

    private static void check(int size, Payload reply) {
        if (reply.text().length() != size) {
            throw new BenchException("asked with " + size + " characters, and the answer is " + reply);
        }
    }

    Flood down(int size, Duration duration) throws Exception {
        return Flood.between(pid, workerPid, () -> end.flood(size, duration));
    }

    Flood up(int size, Duration duration) throws Exception {
        return Flood.between(pid, workerPid, () -> end.floodBack(size, duration));
    }

    @Override
    public void close() {
        try (directory;
                supervisor) {
            supervisor.beginStop(Duration.ZERO, Optional.of(GRACE));
        }
    }
}
