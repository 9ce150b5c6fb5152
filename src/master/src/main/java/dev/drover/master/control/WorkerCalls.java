package dev.drover.master.control;

import dev.drover.master.Controls;
import dev.drover.posix.Signals;
import dev.drover.protocol.control.v1.RestartWorkerRequest;
import dev.drover.protocol.control.v1.RestartWorkerResponse;
import dev.drover.protocol.control.v1.SignalWorkerRequest;
import dev.drover.protocol.control.v1.SignalWorkerResponse;
import dev.drover.supervisor.SignalOutcome;
import dev.drover.supervisor.Snapshot;
import dev.drover.supervisor.WorkerId;
import java.util.Optional;

/// The calls that do something to one worker. Any thread; each waits for the loop.
final class WorkerCalls {
    private final Controls controls;

    WorkerCalls(Controls controls) {
        this.controls = controls;
    }

    Reply<RestartWorkerResponse> restart(RestartWorkerRequest request) {
        if (request.getName().isEmpty()) {
            return refused(new Refusal.FieldMissing("name"));
        }
        return worker(request.getName()).filter(controls::restart).isPresent()
                ? new Reply.Done<>(RestartWorkerResponse.getDefaultInstance())
                : refused(new Refusal.NoSuchWorker(request.getName()));
    }

    Reply<SignalWorkerResponse> signal(SignalWorkerRequest request) {
        if (request.getName().isEmpty()) {
            return refused(new Refusal.FieldMissing("name"));
        }
        if (request.getSignal().isEmpty()) {
            return refused(new Refusal.FieldMissing("signal"));
        }
        var signal = Signals.numberOf(request.getSignal());
        if (signal.isEmpty()) {
            return refused(new Refusal.FieldInvalid("signal", "there is none of that name; write SIGUSR1 or USR1"));
        }
        return worker(request.getName())
                .map(worker -> answer(worker, controls.signal(worker, signal.getAsInt())))
                .orElseGet(() -> refused(new Refusal.NoSuchWorker(request.getName())));
    }

    private static Reply<SignalWorkerResponse> answer(WorkerId worker, SignalOutcome outcome) {
        return switch (outcome) {
            case SignalOutcome.Sent(var pid) ->
                new Reply.Done<>(SignalWorkerResponse.newBuilder()
                        .setPid(Math.toIntExact(pid))
                        .build());
            case SignalOutcome.NoProcess() -> refused(new Refusal.NoProcess(worker.toString()));
            case SignalOutcome.NoSuchWorker() -> refused(new Refusal.NoSuchWorker(worker.toString()));
        };
    }

    private Optional<WorkerId> worker(String name) {
        return controls.snapshot().pools().stream()
                .flatMap(pool -> pool.workers().stream())
                .map(Snapshot.Worker::id)
                .filter(id -> id.toString().equals(name))
                .findFirst();
    }

    private static <T> Reply<T> refused(Refusal refusal) {
        return new Reply.Refused<>(refusal);
    }
}
