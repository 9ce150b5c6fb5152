package dev.drover.session;

import static java.util.Objects.requireNonNull;

import dev.drover.protocol.worker.v1.Envelope;
import dev.drover.protocol.worker.v1.Heartbeat;
import dev.drover.protocol.worker.v1.IdRange;
import dev.drover.protocol.worker.v1.MetricsReport;
import dev.drover.protocol.worker.v1.OpenSessionRequest;
import dev.drover.protocol.worker.v1.OpenSessionResponse;
import dev.drover.protocol.worker.v1.StateReport;
import dev.drover.protocol.worker.v1.Welcome;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A worker's call of OpenSession. Belongs to the loop, on which gRPC calls it too.
final class ClientSession implements ClientResponseObserver<OpenSessionRequest, OpenSessionResponse>, Link.Stream {
    private final EventExecutor loop;
    private final Lanes lanes;
    private final Heart heart;
    private final Consumer<ClientSession> whenOpen;
    private final Consumer<String> whenEnded;

    /// Set before the call starts, so before anything else of this is called.
    private @Nullable ClientCallStreamObserver<OpenSessionRequest> peer;

    private Optional<Link> link = Optional.empty();
    private Runnable stopBeating = () -> {};

    /// Published by the loop to whoever ends the worker.
    private volatile Optional<Measuring> measuring = Optional.empty();

    private boolean takesMetrics;
    private final OpenSessionRequest.Builder unsaid = OpenSessionRequest.newBuilder();
    private boolean hasUnsaid;
    private long statusDue = System.nanoTime();
    private boolean ended;

    /// @param whenOpen called once, with the Welcome
    /// @param whenEnded called once, with the reason, whether or not it was open
    ClientSession(
            EventExecutor loop,
            Handlers handlers,
            Heart heart,
            Consumer<ClientSession> whenOpen,
            Consumer<String> whenEnded) {
        this.loop = loop;
        this.heart = heart;
        this.whenOpen = whenOpen;
        this.whenEnded = whenEnded;
        this.lanes = new Lanes(handlers, loop);
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<OpenSessionRequest> stream) {
        peer = stream;
        stream.setOnReadyHandler(() -> {
            say();
            link.ifPresent(Link::flush);
        });
    }

    private ClientCallStreamObserver<OpenSessionRequest> peer() {
        return requireNonNull(peer);
    }

    /// Only once it is open.
    Link link() {
        return link.orElseThrow();
    }

    Lanes lanes() {
        return lanes;
    }

    /// No Welcome came in time.
    void welcomeDue() {
        if (link.isEmpty()) {
            fail("the master does not answer");
        }
    }

    @Override
    public void onNext(OpenSessionResponse response) {
        if (ended) {
            return;
        }
        try {
            if (link.isEmpty()) {
                open(response);
            } else if (response.hasWelcome()) {
                throw SessionViolation.malformed("a second Welcome");
            }
            if (response.getPing() != 0) {
                // First, and by this thread: handlers, and the loop that serves, are not the way.
                say(OpenSessionRequest.newBuilder().setPong(response.getPing()).build());
            }
            link().received(response.getEnvelopesList(), response.getTakenList());
        } catch (SessionViolation violation) {
            fail("the master sent " + violation.why());
        }
    }

    private void open(OpenSessionResponse response) throws SessionViolation {
        if (!response.hasWelcome()) {
            throw SessionViolation.malformed("no Welcome first");
        }
        var welcome = response.getWelcome();
        link = Optional.of(new Link(
                loop,
                this,
                WireLimits.decode(welcome.getLimits()),
                (from, said, outcome) -> lanes.give(from, said, outcome)));
        takesMetrics = welcome.getCapabilitiesList().contains(SessionLimits.METRICS);
        var interval = interval(welcome);
        var first = HeartbeatPace.first(interval, System.nanoTime());
        var beating = loop.scheduleAtFixedRate(this::beat, first.toNanos(), interval.toNanos(), TimeUnit.NANOSECONDS);
        stopBeating = () -> beating.cancel(false);
        whenOpen.accept(this);
    }

    private static Duration interval(Welcome welcome) throws SessionViolation {
        var wire = welcome.getHeartbeatInterval();
        if (wire.getSeconds() >= 0 && wire.getSeconds() <= SessionLimits.LONGEST_HEARTBEAT.toSeconds()) {
            var interval = Duration.ofSeconds(wire.getSeconds(), wire.getNanos());
            if (interval.compareTo(SessionLimits.SHORTEST_HEARTBEAT) >= 0) {
                return interval;
            }
        }
        throw SessionViolation.malformed(
                "a heartbeat interval of " + wire.getSeconds() + " s " + wire.getNanos() + " ns");
    }

    private void beat() {
        heart.beat(load -> {
            var heartbeat = Heartbeat.newBuilder();
            load.ifPresent(told -> heartbeat.setLoad(dev.drover.protocol.worker.v1.Load.newBuilder()
                    .setConnections(told.connections())
                    .setInFlight(told.inFlight())
                    .setRequests(told.requests())));
            say(OpenSessionRequest.newBuilder().setHeartbeat(heartbeat).build());
        });
    }

    /// Tells a line for people in its turn: state reports are few, and the master ends a session that floods it.
    /// Any thread.
    ///
    /// @param newest asked when it is told
    void status(Supplier<String> newest) {
        Posting.post(loop, () -> {
            long wait = Math.max(0, statusDue - System.nanoTime());
            var _ = loop.schedule(() -> tellStatus(newest), wait, TimeUnit.NANOSECONDS);
        });
    }

    private void tellStatus(Supplier<String> newest) {
        statusDue = System.nanoTime() + SessionLimits.STATUS_PAUSE.toNanos();
        say(OpenSessionRequest.newBuilder()
                .setState(StateReport.newBuilder().setStatusText(newest.get()))
                .build());
    }

    /// Tells from now on what the application measures, where the master takes it. Any thread.
    ///
    /// @param current asked on a thread of its own: it may take a while
    void measure(Supplier<MetricsReport> current) {
        Posting.post(loop, () -> {
            if (!ended && takesMetrics) {
                var begun = new Measuring(current, this::sayMetrics);
                measuring = Optional.of(begun);
                begun.start();
            }
        });
    }

    /// Tells it for the last time, and waits until it is with the kernel, or for so long. Any thread but the loop.
    void measureForTheLastTime(Duration bound) {
        var asked = measuring;
        if (asked.isEmpty()) {
            return;
        }
        long begun = System.nanoTime();
        var said = new CountDownLatch(1);
        try {
            if (asked.get().tellLast(bound)) {
                // What is told is posted to the loop, and so is the write of what was told.
                Posting.post(loop, () -> Posting.post(loop, () -> Posting.post(loop, said::countDown)));
                var _ = said.await(bound.toNanos() - (System.nanoTime() - begun), TimeUnit.NANOSECONDS);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /// What is newer takes the place of what was not said. Any thread.
    private void sayMetrics(MetricsReport report) {
        Posting.post(loop, () -> {
            unsaid.setMetrics(report);
            hasUnsaid = true;
            say();
        });
    }

    /// Says it as soon as the master reads; what is newer takes the place of what was not said. Any thread.
    private void say(OpenSessionRequest report) {
        Posting.post(loop, () -> {
            unsaid.mergeFrom(report);
            hasUnsaid = true;
            say();
        });
    }

    private void say() {
        if (hasUnsaid && isReady()) {
            peer().onNext(unsaid.build());
            unsaid.clear();
            hasUnsaid = false;
        }
    }

    @Override
    public boolean isReady() {
        return !ended && peer().isReady();
    }

    @Override
    public void send(List<Envelope> envelopes, List<IdRange> taken) {
        peer().onNext(OpenSessionRequest.newBuilder()
                .addAllEnvelopes(envelopes)
                .addAllTaken(taken)
                .build());
    }

    private void fail(String why) {
        if (!ended) {
            // First: gRPC tells of the cancel as of any other end.
            ended = true;
            peer().cancel(why, null);
            over(why);
        }
    }

    @Override
    public void onError(Throwable failure) {
        var status = Status.fromThrowable(failure);
        var description = status.getDescription();
        ended(status.getCode() + (description == null ? "" : ": " + description));
    }

    @Override
    public void onCompleted() {
        ended("the master ended the session");
    }

    private void ended(String why) {
        if (!ended) {
            ended = true;
            over(why);
        }
    }

    private void over(String why) {
        stopBeating.run();
        measuring.ifPresent(Measuring::close);
        link.ifPresent(open -> open.close("the session has ended: " + why));
        whenEnded.accept(why);
    }

    /// Ends it from this side; any thread.
    void end() {
        Posting.post(loop, () -> fail("the worker ended the session"));
    }
}
