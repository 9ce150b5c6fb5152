package dev.drover.master.control;

import dev.drover.master.Controls;
import dev.drover.master.resource.LogMessages;
import dev.drover.protocol.control.v1.ReadLogsRequest;
import dev.drover.protocol.control.v1.ReadLogsResponse;
import dev.drover.supervisor.Snapshot;
import dev.drover.supervisor.WorkerId;
import dev.drover.supervisor.output.LogReader;
import dev.drover.supervisor.output.LogScope;
import io.grpc.stub.ServerCallStreamObserver;
import java.time.Duration;

/// The call that tells what workers have written. What waits for a slow reader is bounded by its [LogReader].
final class LogCalls {
    /// Lines written as one gRPC message.
    private static final int MAX_BATCH = 256;

    /// Characters written as one gRPC message, unless one line alone has more.
    private static final int MAX_BATCH_CHARS = 256 << 10;

    /// Between two looks whether there is still somebody to write, when nothing is written.
    private static final Duration SILENCE = Duration.ofSeconds(1);

    private final Controls controls;
    private final Watches watches;

    LogCalls(Controls controls, Watches watches) {
        this.controls = controls;
        this.watches = watches;
    }

    /// Begins to tell; to be called where gRPC calls.
    void read(ReadLogsRequest request, ServerCallStreamObserver<ReadLogsResponse> observer) {
        var ready = new ReadyReader(observer);
        watches.start("ReadLogs", observer, () -> {
            var scope = scope(request);
            try (var reader = reader(scope, request)) {
                if (!request.getFollow()) {
                    tell(reader, Duration.ZERO, observer, ready);
                }
                // Looked at before what it wrote last is told. A master that stops cuts this off itself, at its end.
                for (boolean exists = request.getFollow(); exists; ) {
                    exists = controls.isStopping() || exists(scope);
                    tell(reader, SILENCE, observer, ready);
                }
            }
        });
    }

    /// Tells what there is, until nothing has come for so long.
    private static void tell(
            LogReader reader, Duration silence, ServerCallStreamObserver<ReadLogsResponse> observer, ReadyReader ready)
            throws InterruptedException {
        for (var batch = next(reader, silence, ready); !batch.isEmpty(); batch = next(reader, silence, ready)) {
            observer.onNext(LogMessages.of(batch));
        }
    }

    /// Taken only when it can be written: until then what waits is bounded.
    private static LogReader.Batch next(LogReader reader, Duration silence, ReadyReader ready)
            throws InterruptedException {
        ready.await();
        return reader.take(MAX_BATCH, MAX_BATCH_CHARS, silence);
    }

    private LogReader reader(LogScope scope, ReadLogsRequest request) throws CallRefused {
        int tail = request.hasTail() ? request.getTail() : Integer.MAX_VALUE;
        if (tail < 0) {
            throw new CallRefused(new Refusal.FieldInvalid("tail", tail + " is below 0"));
        }
        if (!request.getPrevious()) {
            return controls.log().read(scope, tail, request.getFollow());
        }
        if (request.getFollow()) {
            throw new CallRefused(new Refusal.FieldInvalid("follow", "what has ended writes nothing more"));
        }
        return controls.log()
                .readPrevious(scope, tail)
                .orElseThrow(() -> new CallRefused(new Refusal.NoPrevious(words(scope))));
    }

    private LogScope scope(ReadLogsRequest request) throws CallRefused {
        return switch (request.getTargetCase()) {
            case WORKER -> worker(request.getWorker());
            case POOL -> pool(request.getPool());
            case TARGET_NOT_SET -> throw new CallRefused(new Refusal.FieldMissing("target"));
        };
    }

    private LogScope worker(String name) throws CallRefused {
        return WorkerId.parse(name)
                .map(LogScope::of)
                .filter(this::exists)
                .orElseThrow(() -> new CallRefused(new Refusal.NoSuchWorker(name)));
    }

    private LogScope pool(String name) throws CallRefused {
        var scope = LogScope.of(name);
        if (!exists(scope)) {
            throw new CallRefused(new Refusal.NoSuchPool(name));
        }
        return scope;
    }

    private boolean exists(LogScope scope) {
        return controls.snapshot()
                .pool(scope.pool())
                .filter(pool -> scope.worker()
                        .map(worker ->
                                pool.workers().stream().map(Snapshot.Worker::id).anyMatch(worker::equals))
                        .orElse(true))
                .isPresent();
    }

    private static String words(LogScope scope) {
        return scope.worker().map(worker -> "worker " + worker).orElseGet(() -> "pool " + scope.pool());
    }
}
