package dev.drover.master.control;

import dev.drover.master.Controls;
import dev.drover.master.resource.RolloutMessages;
import dev.drover.protocol.control.v1.Rollout;
import dev.drover.protocol.control.v1.RolloutState;
import dev.drover.protocol.control.v1.WatchRolloutRequest;
import dev.drover.protocol.control.v1.WatchRolloutResponse;
import io.grpc.stub.ServerCallStreamObserver;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// Tells rollouts as they go on, each call on a thread of its own. Bounded: in how many calls there are, and in what
/// each
/// holds, one state; while its reader does not read it is told nothing, and afterwards the newest.
final class RolloutWatches {
    /// Each looks at the supervisor's loop several times a second.
    static final int MAX_WATCHES = 64;

    /// Between two looks: people see it as live, and the loop does not notice it.
    private static final Duration LOOK = Duration.ofMillis(250);

    private final Controls controls;
    private final Semaphore room = new Semaphore(MAX_WATCHES);

    RolloutWatches(Controls controls) {
        this.controls = controls;
    }

    /// Begins one; to be called where gRPC calls.
    void start(WatchRolloutRequest request, ServerCallStreamObserver<WatchRolloutResponse> observer) {
        if (!room.tryAcquire()) {
            observer.onError(Refusals.exceptionOf(new Refusal.TooManyWatches(MAX_WATCHES)));
            return;
        }
        WaitingCall.tell("WatchRollout", observer, () -> {
            try {
                watch(request.getName(), observer);
            } finally {
                room.release();
            }
        });
    }

    private void watch(String name, ServerCallStreamObserver<WatchRolloutResponse> observer)
            throws CallRefused, InterruptedException {
        if (name.isEmpty()) {
            throw new CallRefused(new Refusal.FieldMissing("name"));
        }
        var told = Rollout.getDefaultInstance();
        while (true) {
            var rollout = look(name);
            if (!rollout.equals(told) && observer.isReady()) {
                observer.onNext(
                        WatchRolloutResponse.newBuilder().setRollout(rollout).build());
                told = rollout;
            }
            if (isEnd(told)) {
                return;
            }
            pause();
        }
    }

    private Rollout look(String name) throws CallRefused {
        if (controls.isStopping()) {
            throw new CallRefused(new Refusal.NotRunning());
        }
        return controls.snapshot()
                .pool(name)
                .map(RolloutMessages::of)
                .orElseThrow(() -> new CallRefused(new Refusal.NoSuchPool(name)));
    }

    private static boolean isEnd(Rollout rollout) {
        return rollout.getState() == RolloutState.ROLLOUT_STATE_COMPLETE
                || rollout.getState() == RolloutState.ROLLOUT_STATE_FAILED;
    }

    /// Nothing ever counts it down: ended early by an interrupt only.
    private static void pause() throws InterruptedException {
        var _ = new CountDownLatch(1).await(LOOK.toMillis(), TimeUnit.MILLISECONDS);
    }
}
