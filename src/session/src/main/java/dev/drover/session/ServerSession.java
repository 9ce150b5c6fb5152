package dev.drover.session;

import com.google.protobuf.Duration;
import dev.drover.protocol.worker.v1.Envelope;
import dev.drover.protocol.worker.v1.Heartbeat;
import dev.drover.protocol.worker.v1.Hello;
import dev.drover.protocol.worker.v1.IdRange;
import dev.drover.protocol.worker.v1.MetricsReport;
import dev.drover.protocol.worker.v1.OpenSessionRequest;
import dev.drover.protocol.worker.v1.OpenSessionResponse;
import dev.drover.protocol.worker.v1.StateReport;
import dev.drover.protocol.worker.v1.Welcome;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.netty.util.concurrent.EventExecutor;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// One call of OpenSession. Belongs to the loop, on which gRPC calls it too.
///
/// ```
///  Silent --hello--> Deciding --admitted--> Open --> Ended
///     \__________________\____________________________^
/// ```
final class ServerSession implements StreamObserver<OpenSessionRequest>, Link.Stream {
    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private final EventExecutor loop;
    private final ServerCallStreamObserver<OpenSessionResponse> peer;
    private final MessageLimits limits;
    private final SessionGate gate;
    private final Switchboard switchboard;
    private final Connections.Connection connection;
    private final Consumer<ServerSession> forget;
    private Runnable stopHelloTimer = () -> {};
    private Phase phase = new Phase.Silent();
    private long secondStart = System.nanoTime();
    private int reports;
    private long windowStart = System.nanoTime();
    private int metricsReports;
    private boolean answersPings;

    private sealed interface Phase {
        record Silent() implements Phase {}

        record Deciding() implements Phase {}

        record Open(WorkerSession session, SessionEvents events) implements Phase {}

        record Ended() implements Phase {}
    }

    ServerSession(
            EventExecutor loop,
            ServerCallStreamObserver<OpenSessionResponse> peer,
            MessageLimits limits,
            SessionGate gate,
            Switchboard switchboard,
            Connections.Connection connection,
            Consumer<ServerSession> forget) {
        this.loop = loop;
        this.peer = peer;
        this.limits = limits;
        this.gate = gate;
        this.switchboard = switchboard;
        this.connection = connection;
        this.forget = forget;
    }

    /// @param helloTimeout from now to the verdict on its Hello
    void begin(java.time.Duration helloTimeout) {
        peer.setOnReadyHandler(this::flush);
        peer.setOnCancelHandler(() -> ended("the worker's end of the session is gone"));
        var timer = loop.schedule(this::helloDue, helloTimeout.toNanos(), TimeUnit.NANOSECONDS);
        stopHelloTimer = () -> timer.cancel(false);
    }

    private void helloDue() {
        switch (phase) {
            case Phase.Silent() -> refuse(Status.DEADLINE_EXCEEDED, "no Hello in time");
            case Phase.Deciding() -> refuse(Status.DEADLINE_EXCEEDED, "no verdict on the Hello in time");
            case Phase.Open _, Phase.Ended _ -> {}
        }
    }

    private void flush() {
        if (phase instanceof Phase.Open(var session, var _)) {
            session.link().flush();
        }
    }

    @Override
    public void onNext(OpenSessionRequest request) {
        try {
            if (Requests.isUnreadable(request)) {
                throw SessionViolation.malformed("bytes that are no OpenSessionRequest");
            }
            switch (phase) {
                case Phase.Silent() -> greet(request);
                case Phase.Deciding() -> throw SessionViolation.malformed("something said before it was welcome");
                case Phase.Open(var session, var events) -> received(session, events, request);
                case Phase.Ended() -> {}
            }
        } catch (SessionViolation violation) {
            refuse(violation.isOverLimit() ? Status.RESOURCE_EXHAUSTED : Status.INVALID_ARGUMENT, violation.why());
        } catch (RuntimeException bug) {
            refuse(Status.INTERNAL, "a handler failed: " + bug);
        }
    }

    private void greet(OpenSessionRequest request) throws SessionViolation {
        if (!request.hasHello()) {
            throw SessionViolation.malformed("the first message is no Hello");
        }
        var hello = request.getHello();
        if (hello.getProtocolVersion() != SessionLimits.PROTOCOL_VERSION) {
            refuse(
                    Status.FAILED_PRECONDITION,
                    "protocol version " + Integer.toUnsignedString(hello.getProtocolVersion()) + ": this master speaks "
                            + SessionLimits.PROTOCOL_VERSION);
            return;
        }
        check(request, hello);
        answersPings = hello.getCapabilitiesList().contains(SessionLimits.PING);
        phase = new Phase.Deciding();
        gate.hello(hello.getTicket(), hello.getIncarnation(), verdict -> Posting.post(loop, () -> decided(verdict)));
    }

    private static void check(OpenSessionRequest request, Hello hello) throws SessionViolation {
        if (hello.getTicketBytes().isEmpty() || hello.getTicketBytes().size() > SessionLimits.MAX_TICKET_BYTES) {
            throw SessionViolation.malformed("a ticket that is empty or too long");
        }
        if (hello.getCapabilitiesCount() > SessionLimits.MAX_CAPABILITIES) {
            throw SessionViolation.malformed("more than " + SessionLimits.MAX_CAPABILITIES + " capabilities");
        }
        if (request.hasHeartbeat()
                || request.hasState()
                || request.hasMetrics()
                || request.getPong() != 0
                || request.getEnvelopesCount() > 0
                || request.getTakenCount() > 0) {
            throw SessionViolation.malformed("something said before it was welcome");
        }
    }

    private void decided(SessionVerdict verdict) {
        if (!(phase instanceof Phase.Deciding)) {
            return;
        }
        try {
            switch (verdict) {
                case SessionVerdict.Refused() -> refuse(Status.UNAUTHENTICATED, "unknown or used ticket");
                case SessionVerdict.Admitted admitted -> welcome(admitted);
            }
        } catch (RuntimeException bug) {
            refuse(Status.INTERNAL, "a handler failed: " + bug);
        }
    }

    private void welcome(SessionVerdict.Admitted admitted) {
        var link = new Link(
                loop,
                this,
                limits,
                switchboard.budget(),
                (to, said, outcome) -> switchboard.arrived(admitted.worker(), to, said, outcome));
        var session = new WorkerSession(admitted, link, this::end);
        var interval = admitted.heartbeatInterval();
        phase = new Phase.Open(session, admitted.events());
        stopHelloTimer.run();
        connection.welcome();
        peer.onNext(OpenSessionResponse.newBuilder()
                .setWelcome(Welcome.newBuilder()
                        .setProtocolVersion(SessionLimits.PROTOCOL_VERSION)
                        .addCapabilities(SessionLimits.METRICS)
                        .setWorker(admitted.worker())
                        .setHeartbeatInterval(Duration.newBuilder()
                                .setSeconds(interval.toSeconds())
                                .setNanos(interval.toNanosPart()))
                        .setLimits(WireLimits.encode(limits)))
                .build());
        switchboard.opened(session);
        admitted.events().opened(session);
    }

    private void received(WorkerSession session, SessionEvents events, OpenSessionRequest request)
            throws SessionViolation {
        if (request.hasHello()) {
            throw SessionViolation.malformed("a second Hello");
        }
        if (request.hasHeartbeat()) {
            session.beat(load(request.getHeartbeat()));
            ping(session.pings());
        }
        if (request.getPong() != 0) {
            session.pings().answered(request.getPong(), System.nanoTime());
        }
        if (request.hasState()) {
            report(events, request.getState());
        }
        if (request.hasMetrics()) {
            measured(events, request.getMetrics());
        }
        session.link().received(request.getEnvelopesList(), request.getTakenList());
    }

    /// Not to one that does not read: what waits for it is not the way.
    private void ping(Pings pings) {
        long now = System.nanoTime();
        if (answersPings && pings.isDue(now) && isReady()) {
            peer.onNext(
                    OpenSessionResponse.newBuilder().setPing(pings.send(now)).build());
        }
    }

    private static Optional<Load> load(Heartbeat heartbeat) throws SessionViolation {
        if (!heartbeat.hasLoad()) {
            return Optional.empty();
        }
        int connections = heartbeat.getLoad().getConnections();
        int inFlight = heartbeat.getLoad().getInFlight();
        long requests = heartbeat.getLoad().getRequests();
        if (connections < 0 || inFlight < 0 || requests < 0) {
            throw SessionViolation.malformed("a load beyond 2^31 - 1, or requests beyond 2^63 - 1");
        }
        return Optional.of(new Load(connections, inFlight, requests));
    }

    private void report(SessionEvents events, StateReport report) throws SessionViolation {
        checkRate();
        if (report.hasStatusText()) {
            if (report.getStatusTextBytes().size() > SessionLimits.MAX_STATUS_BYTES) {
                throw SessionViolation.malformed("a status of more than " + SessionLimits.MAX_STATUS_BYTES + " bytes");
            }
            events.status(report.getStatusText());
        }
        switch (report.getPhase()) {
            case WORKER_PHASE_READY -> events.ready();
            case WORKER_PHASE_DRAINING -> events.draining();
            // Said by a later version, or nothing.
            case WORKER_PHASE_UNSPECIFIED, UNRECOGNIZED -> {}
        }
    }

    private void measured(SessionEvents events, MetricsReport report) throws SessionViolation {
        long now = System.nanoTime();
        if (now - windowStart >= SessionLimits.METRICS_WINDOW.toNanos()) {
            windowStart = now;
            metricsReports = 0;
        }
        if (++metricsReports > SessionLimits.MAX_METRICS_PER_WINDOW) {
            throw SessionViolation.overLimit("more than " + SessionLimits.MAX_METRICS_PER_WINDOW
                    + " reports of metrics in " + SessionLimits.METRICS_WINDOW.toSeconds() + " s");
        }
        long series = 0;
        for (var family : report.getFamiliesList()) {
            series += family.getSeriesCount();
        }
        if (series > SessionEvents.MAX_METRIC_SERIES || report.getSerializedSize() > SessionLimits.MAX_METRICS_BYTES) {
            throw SessionViolation.overLimit("metrics of " + series + " series and " + report.getSerializedSize()
                    + " bytes: at most " + SessionEvents.MAX_METRIC_SERIES + " and "
                    + SessionLimits.MAX_METRICS_BYTES + " are allowed");
        }
        events.metrics(report);
    }

    private void checkRate() throws SessionViolation {
        long now = System.nanoTime();
        if (now - secondStart >= NANOS_PER_SECOND) {
            secondStart = now;
            reports = 0;
        }
        if (++reports > SessionLimits.MAX_REPORTS_PER_SECOND) {
            throw SessionViolation.overLimit(
                    "more than " + SessionLimits.MAX_REPORTS_PER_SECOND + " state reports in a second");
        }
    }

    @Override
    public boolean isReady() {
        return peer.isReady();
    }

    @Override
    public void send(List<Envelope> envelopes, List<IdRange> taken) {
        peer.onNext(OpenSessionResponse.newBuilder()
                .addAllEnvelopes(envelopes)
                .addAllTaken(taken)
                .build());
    }

    @Override
    public void onError(Throwable failure) {
        ended("the worker's end of the session is gone");
    }

    @Override
    public void onCompleted() {
        if (!(phase instanceof Phase.Ended)) {
            ended("the worker ended the session");
            peer.onCompleted();
        }
    }

    /// Ends it from this side; any thread.
    void end() {
        Posting.post(loop, () -> {
            if (!(phase instanceof Phase.Ended)) {
                ended("the master ended the session");
                peer.onCompleted();
            }
        });
    }

    private void refuse(Status status, String why) {
        if (phase instanceof Phase.Ended) {
            return;
        }
        var who = phase instanceof Phase.Open(var session, var _) ? session + ": " : "";
        ended(why);
        gate.refused(who + why);
        peer.onError(status.withDescription(why).asRuntimeException());
    }

    private void ended(String why) {
        var last = phase;
        phase = new Phase.Ended();
        stopHelloTimer.run();
        connection.farewell();
        forget.accept(this);
        if (last instanceof Phase.Open(var session, var events)) {
            switchboard.closed(session);
            session.link().close("the session of " + session.worker() + " has ended: " + why);
            events.closed(why);
        }
    }
}
