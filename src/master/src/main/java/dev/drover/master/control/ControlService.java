package dev.drover.master.control;

import dev.drover.master.Controls;
import dev.drover.protocol.control.v1.ApplyPoolsRequest;
import dev.drover.protocol.control.v1.ApplyPoolsResponse;
import dev.drover.protocol.control.v1.ControlServiceGrpc.ControlServiceImplBase;
import dev.drover.protocol.control.v1.DeletePoolRequest;
import dev.drover.protocol.control.v1.DeletePoolResponse;
import dev.drover.protocol.control.v1.DrainRequest;
import dev.drover.protocol.control.v1.DrainResponse;
import dev.drover.protocol.control.v1.GetMasterRequest;
import dev.drover.protocol.control.v1.GetMasterResponse;
import dev.drover.protocol.control.v1.GetPoolRequest;
import dev.drover.protocol.control.v1.GetPoolResponse;
import dev.drover.protocol.control.v1.GetRolloutRequest;
import dev.drover.protocol.control.v1.GetRolloutResponse;
import dev.drover.protocol.control.v1.GetVersionRequest;
import dev.drover.protocol.control.v1.GetVersionResponse;
import dev.drover.protocol.control.v1.ListEventsRequest;
import dev.drover.protocol.control.v1.ListEventsResponse;
import dev.drover.protocol.control.v1.ListPoolsRequest;
import dev.drover.protocol.control.v1.ListPoolsResponse;
import dev.drover.protocol.control.v1.ListRevisionsRequest;
import dev.drover.protocol.control.v1.ListRevisionsResponse;
import dev.drover.protocol.control.v1.ListSocketsRequest;
import dev.drover.protocol.control.v1.ListSocketsResponse;
import dev.drover.protocol.control.v1.ListUsageRequest;
import dev.drover.protocol.control.v1.ListUsageResponse;
import dev.drover.protocol.control.v1.ListWorkersRequest;
import dev.drover.protocol.control.v1.ListWorkersResponse;
import dev.drover.protocol.control.v1.ReadLogsRequest;
import dev.drover.protocol.control.v1.ReadLogsResponse;
import dev.drover.protocol.control.v1.RestartWorkerRequest;
import dev.drover.protocol.control.v1.RestartWorkerResponse;
import dev.drover.protocol.control.v1.RolloutPoolRequest;
import dev.drover.protocol.control.v1.RolloutPoolResponse;
import dev.drover.protocol.control.v1.ScalePoolRequest;
import dev.drover.protocol.control.v1.ScalePoolResponse;
import dev.drover.protocol.control.v1.SignalWorkerRequest;
import dev.drover.protocol.control.v1.SignalWorkerResponse;
import dev.drover.protocol.control.v1.StopRequest;
import dev.drover.protocol.control.v1.StopResponse;
import dev.drover.protocol.control.v1.WatchEventsRequest;
import dev.drover.protocol.control.v1.WatchEventsResponse;
import dev.drover.protocol.control.v1.WatchPoolsRequest;
import dev.drover.protocol.control.v1.WatchPoolsResponse;
import dev.drover.protocol.control.v1.WatchRolloutRequest;
import dev.drover.protocol.control.v1.WatchRolloutResponse;
import dev.drover.protocol.control.v1.WatchSocketsRequest;
import dev.drover.protocol.control.v1.WatchSocketsResponse;
import dev.drover.protocol.control.v1.WatchWorkersRequest;
import dev.drover.protocol.control.v1.WatchWorkersResponse;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.quarkus.grpc.GrpcService;
import io.smallrye.common.annotation.RunOnVirtualThread;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The control API. Who may call what is decided before, by [GateFilter].
@GrpcService
class ControlService extends ControlServiceImplBase {
    private static final Logger LOG = LoggerFactory.getLogger(ControlService.class);

    private final Controls controls;
    private final ResourceCalls resources;
    private final WorkerCalls workers;
    private final PoolCalls pools;
    private final RolloutCalls rollouts;
    private final RolloutWatches rolloutWatches;
    private final EventCalls events;
    private final LogCalls logs;
    private final UsageCalls usage;

    ControlService(Controls controls) {
        this.controls = controls;
        var watches = new Watches();
        this.resources = new ResourceCalls(new Feed(controls), watches);
        this.workers = new WorkerCalls(controls);
        this.pools = new PoolCalls(controls);
        this.rollouts = new RolloutCalls(controls);
        this.rolloutWatches = new RolloutWatches(controls, watches);
        this.events = new EventCalls(controls, watches);
        this.logs = new LogCalls(controls, watches);
        this.usage = new UsageCalls(controls);
    }

    @Override
    @RunOnVirtualThread
    public void getPool(GetPoolRequest request, StreamObserver<GetPoolResponse> observer) {
        answer("GetPool", observer, () -> resources.get(request));
    }

    @Override
    @RunOnVirtualThread
    public void listPools(ListPoolsRequest request, StreamObserver<ListPoolsResponse> observer) {
        answer("ListPools", observer, () -> resources.list(request));
    }

    /// On the event loop: it does not wait there.
    @Override
    public void watchPools(WatchPoolsRequest request, StreamObserver<WatchPoolsResponse> observer) {
        resources.watch(request, (ServerCallStreamObserver<WatchPoolsResponse>) observer);
    }

    @Override
    @RunOnVirtualThread
    public void listWorkers(ListWorkersRequest request, StreamObserver<ListWorkersResponse> observer) {
        answer("ListWorkers", observer, () -> resources.list(request));
    }

    /// On the event loop: it does not wait there.
    @Override
    public void watchWorkers(WatchWorkersRequest request, StreamObserver<WatchWorkersResponse> observer) {
        resources.watch(request, (ServerCallStreamObserver<WatchWorkersResponse>) observer);
    }

    @Override
    @RunOnVirtualThread
    public void listSockets(ListSocketsRequest request, StreamObserver<ListSocketsResponse> observer) {
        answer("ListSockets", observer, () -> resources.list(request));
    }

    /// On the event loop: it does not wait there.
    @Override
    public void watchSockets(WatchSocketsRequest request, StreamObserver<WatchSocketsResponse> observer) {
        resources.watch(request, (ServerCallStreamObserver<WatchSocketsResponse>) observer);
    }

    @Override
    @RunOnVirtualThread
    public void listUsage(ListUsageRequest request, StreamObserver<ListUsageResponse> observer) {
        answer("ListUsage", observer, () -> usage.list(request));
    }

    @Override
    @RunOnVirtualThread
    public void restartWorker(RestartWorkerRequest request, StreamObserver<RestartWorkerResponse> observer) {
        answer("RestartWorker", observer, () -> workers.restart(request));
    }

    @Override
    @RunOnVirtualThread
    public void signalWorker(SignalWorkerRequest request, StreamObserver<SignalWorkerResponse> observer) {
        answer("SignalWorker", observer, () -> workers.signal(request));
    }

    @Override
    @RunOnVirtualThread
    public void applyPools(ApplyPoolsRequest request, StreamObserver<ApplyPoolsResponse> observer) {
        answer("ApplyPools", observer, () -> pools.apply(request));
    }

    @Override
    @RunOnVirtualThread
    public void scalePool(ScalePoolRequest request, StreamObserver<ScalePoolResponse> observer) {
        answer("ScalePool", observer, () -> pools.scale(request));
    }

    @Override
    @RunOnVirtualThread
    public void deletePool(DeletePoolRequest request, StreamObserver<DeletePoolResponse> observer) {
        answer("DeletePool", observer, () -> pools.delete(request));
    }

    @Override
    @RunOnVirtualThread
    public void rolloutPool(RolloutPoolRequest request, StreamObserver<RolloutPoolResponse> observer) {
        answer("RolloutPool", observer, () -> rollouts.order(request));
    }

    @Override
    @RunOnVirtualThread
    public void getRollout(GetRolloutRequest request, StreamObserver<GetRolloutResponse> observer) {
        answer("GetRollout", observer, () -> rollouts.get(request));
    }

    @Override
    @RunOnVirtualThread
    public void listRevisions(ListRevisionsRequest request, StreamObserver<ListRevisionsResponse> observer) {
        answer("ListRevisions", observer, () -> rollouts.history(request));
    }

    /// On the event loop: it does not wait there.
    @Override
    public void watchRollout(WatchRolloutRequest request, StreamObserver<WatchRolloutResponse> observer) {
        rolloutWatches.start(request, (ServerCallStreamObserver<WatchRolloutResponse>) observer);
    }

    @Override
    @RunOnVirtualThread
    public void listEvents(ListEventsRequest request, StreamObserver<ListEventsResponse> observer) {
        answer("ListEvents", observer, () -> events.list(request));
    }

    /// On the event loop: it does not wait there.
    @Override
    public void watchEvents(WatchEventsRequest request, StreamObserver<WatchEventsResponse> observer) {
        events.watch(request, (ServerCallStreamObserver<WatchEventsResponse>) observer);
    }

    /// On the event loop: it does not wait there.
    @Override
    public void readLogs(ReadLogsRequest request, StreamObserver<ReadLogsResponse> observer) {
        logs.read(request, (ServerCallStreamObserver<ReadLogsResponse>) observer);
    }

    /// On the event loop: it does not wait there.
    @Override
    public void drain(DrainRequest request, StreamObserver<DrainResponse> observer) {
        WaitingCall.start("Drain", (ServerCallStreamObserver<DrainResponse>) observer, () -> {
            var outcome = controls.drain().orElseThrow(() -> new CallRefused(new Refusal.NotRunning()));
            return DrainResponse.newBuilder()
                    .setKilled(outcome.killed())
                    .setCut(outcome.cut())
                    .build();
        });
    }

    @Override
    @RunOnVirtualThread
    public void stop(StopRequest request, StreamObserver<StopResponse> observer) {
        answer("Stop", observer, () -> {
            controls.stop();
            return done(StopResponse.getDefaultInstance());
        });
    }

    @Override
    @RunOnVirtualThread
    public void getMaster(GetMasterRequest request, StreamObserver<GetMasterResponse> observer) {
        answer("GetMaster", observer, () -> done(MasterReport.of(controls)));
    }

    @Override
    @RunOnVirtualThread
    public void getVersion(GetVersionRequest request, StreamObserver<GetVersionResponse> observer) {
        answer("GetVersion", observer, () -> done(VersionReport.of(controls.startedAt())));
    }

    private static <T> Reply<T> done(T message) {
        return new Reply.Done<>(message);
    }

    private static <T> Reply<T> refused(Refusal refusal) {
        return new Reply.Refused<>(refusal);
    }

    private static <T> void answer(String method, StreamObserver<T> observer, Supplier<Reply<T>> call) {
        switch (safely(method, call)) {
            case Reply.Done<T>(var message) -> {
                observer.onNext(message);
                observer.onCompleted();
            }
            case Reply.Refused<T>(var refusal) -> observer.onError(Refusals.exceptionOf(refusal));
        }
    }

    private static <T> Reply<T> safely(String method, Supplier<Reply<T>> call) {
        try {
            return call.get();
        } catch (RuntimeException bug) {
            LOG.error("Control call failed: {}", method, bug);
            return refused(new Refusal.Failed(method));
        }
    }
}
