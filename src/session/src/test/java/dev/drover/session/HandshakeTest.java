package dev.drover.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.protocol.worker.v1.Envelope;
import dev.drover.protocol.worker.v1.Heartbeat;
import dev.drover.protocol.worker.v1.Hello;
import dev.drover.protocol.worker.v1.IdRange;
import dev.drover.protocol.worker.v1.OpenSessionRequest;
import dev.drover.protocol.worker.v1.StateReport;
import dev.drover.protocol.worker.v1.WorkerPhase;
import dev.drover.session.fixtures.RawWorker;
import dev.drover.session.fixtures.TestMaster;
import io.grpc.Status;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Who is let in, who is refused and why; and that nobody else notices.
class HandshakeTest {
    private static final Duration HELLO_TIMEOUT = Duration.ofMillis(1500);

    private final TestMaster master =
            new TestMaster((socket, gate) -> SessionServer.start(socket, MessageLimits.DEFAULT, gate, HELLO_TIMEOUT));
    private SessionClient bystander;

    /// gRPC takes its time to load; the bystander shall not be late for it.
    @BeforeAll
    static void warmUp() {
        try (var other = new TestMaster()) {
            other.openWorker("web-0");
        }
    }

    @BeforeEach
    void openBystander() {
        bystander = master.openWorker("by-0");
        bystander.messenger().onRequest(request -> request.reply(Payload.text("here")));
    }

    @AfterEach
    void bystanderIsThere() {
        var reply = master.parent().request(Address.worker("by-0"), Payload.text("?"), Duration.ofSeconds(5));
        assertThat(Await.of(reply).text()).isEqualTo("here");
        assertThat(bystander.ended()).isNotDone();
        master.close();
    }

    record Case(String name, Status.Code code, String why, List<OpenSessionRequest> said) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Case refused(String name, Status.Code code, String why, OpenSessionRequest... said) {
        return new Case(name, code, why, List.of(said));
    }

    private static OpenSessionRequest hello() {
        return RawWorker.hello("ticket of web-0");
    }

    private static OpenSessionRequest hello(Hello.Builder changes) {
        return hello().toBuilder()
                .setHello(hello().getHello().toBuilder().mergeFrom(changes.buildPartial()))
                .build();
    }

    private static OpenSessionRequest state(StateReport.Builder report) {
        return OpenSessionRequest.newBuilder().setState(report).build();
    }

    private static OpenSessionRequest load(int connections, int inFlight) {
        return OpenSessionRequest.newBuilder()
                .setHeartbeat(Heartbeat.newBuilder()
                        .setLoad(dev.drover.protocol.worker.v1.Load.newBuilder()
                                .setConnections(connections)
                                .setInFlight(inFlight)))
                .build();
    }

    private static OpenSessionRequest[] flood() {
        return Stream.concat(
                        Stream.of(hello()),
                        Collections.nCopies(
                                200, state(StateReport.newBuilder().setPhase(WorkerPhase.WORKER_PHASE_READY)))
                                .stream())
                .toArray(OpenSessionRequest[]::new);
    }

    static Stream<Case> cases() {
        var ready = state(StateReport.newBuilder().setPhase(WorkerPhase.WORKER_PHASE_READY));
        var envelope = OpenSessionRequest.newBuilder()
                .addEnvelopes(Envelopes.cancel(1))
                .build();
        return Stream.of(
                refused(
                        "wrong ticket",
                        Status.Code.UNAUTHENTICATED,
                        "unknown or used ticket",
                        RawWorker.hello("wrong")),
                refused("no ticket", Status.Code.INVALID_ARGUMENT, "empty or too long", RawWorker.hello("")),
                refused(
                        "long ticket",
                        Status.Code.INVALID_ARGUMENT,
                        "empty or too long",
                        RawWorker.hello("t".repeat(257))),
                refused("second Hello", Status.Code.INVALID_ARGUMENT, "a second Hello", hello(), hello()),
                refused("ready before Hello", Status.Code.INVALID_ARGUMENT, "the first message is no Hello", ready),
                refused(
                        "nothing before Hello",
                        Status.Code.INVALID_ARGUMENT,
                        "the first message is no Hello",
                        OpenSessionRequest.getDefaultInstance()),
                refused(
                        "no version",
                        Status.Code.FAILED_PRECONDITION,
                        "protocol version 0: this master speaks 1",
                        OpenSessionRequest.newBuilder()
                                .setHello(Hello.newBuilder().setTicket("ticket of web-0"))
                                .build()),
                refused(
                        "version of later",
                        Status.Code.FAILED_PRECONDITION,
                        "protocol version 4294967295: this master speaks 1",
                        hello(Hello.newBuilder().setProtocolVersion(-1))),
                refused(
                        "65 capabilities",
                        Status.Code.INVALID_ARGUMENT,
                        "more than 64 capabilities",
                        hello(Hello.newBuilder()
                                .addAllCapabilities(IntStream.range(0, 65)
                                        .mapToObj(i -> "c" + i)
                                        .toList()))),
                refused(
                        "ready with the Hello",
                        Status.Code.INVALID_ARGUMENT,
                        "said before it was welcome",
                        hello().toBuilder().mergeFrom(ready).build()),
                refused(
                        "heartbeat with the Hello",
                        Status.Code.INVALID_ARGUMENT,
                        "said before it was welcome",
                        hello().toBuilder().mergeFrom(load(1, 1)).build()),
                refused(
                        "envelope with the Hello",
                        Status.Code.INVALID_ARGUMENT,
                        "said before it was welcome",
                        hello().toBuilder().mergeFrom(envelope).build()),
                refused(
                        "taken with the Hello",
                        Status.Code.INVALID_ARGUMENT,
                        "said before it was welcome",
                        hello().toBuilder()
                                .addTaken(IdRange.getDefaultInstance())
                                .build()),
                refused(
                        "ready before the Welcome",
                        Status.Code.INVALID_ARGUMENT,
                        "said before it was welcome",
                        RawWorker.hello("undecided"),
                        ready),
                refused("no verdict", Status.Code.DEADLINE_EXCEEDED, "no verdict", RawWorker.hello("undecided")),
                refused("no Hello", Status.Code.DEADLINE_EXCEEDED, "no Hello in time"),
                refused(
                        "huge status",
                        Status.Code.INVALID_ARGUMENT,
                        "a status of more than 1024 bytes",
                        hello(),
                        state(StateReport.newBuilder().setStatusText("s".repeat(1025)))),
                refused("flood of reports", Status.Code.RESOURCE_EXHAUSTED, "state reports in a second", flood()),
                refused("negative load", Status.Code.INVALID_ARGUMENT, "a load beyond 2^31 - 1", hello(), load(-1, 0)),
                refused("load of -1", Status.Code.INVALID_ARGUMENT, "a load beyond 2^31 - 1", hello(), load(0, -1)),
                refused("an answer to nothing", Status.Code.INVALID_ARGUMENT, "not under way", hello(), answer()),
                refused(
                        "a supervisor that throws",
                        Status.Code.INTERNAL,
                        "a handler failed",
                        RawWorker.hello("ticket of broken-0")));
    }

    private static OpenSessionRequest answer() {
        return OpenSessionRequest.newBuilder()
                .addEnvelopes(Envelope.newBuilder()
                        .setId(1)
                        .setReply(dev.drover.protocol.worker.v1.Payload.getDefaultInstance()))
                .build();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void itIsRefused(Case broken) throws Exception {
        // given
        master.expect("web-0");
        master.expect("broken-0");
        var peer = new RawWorker(master.socket());

        // when
        for (int i = 0; i < broken.said().size(); i++) {
            peer.say(broken.said().get(i));
            if (i == 0 && broken.said().size() > 1 && broken.said().getFirst().equals(hello())) {
                peer.next();
            }
        }
        var status = peer.awaitEnd();

        // then
        assertThat(status.getCode()).isEqualTo(broken.code());
        assertThat(status.getDescription()).contains(broken.why());
        assertThat(master.awaitTold("refused")).contains(broken.why());
        assertThat(Await.failure(master.parent().send(Address.worker("web-0"), Payload.text("m"))))
                .isEqualTo(FailureReason.NO_RECEIVER);
        peer.close();
    }

    @Test
    void ticketIsGoodOnce() throws Exception {
        // given
        var first = new RawWorker(master.socket()).greet(master.expect("web-0"));
        var second = new RawWorker(master.socket());

        // when
        second.say(hello());

        // then
        assertThat(second.awaitEnd().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
        assertThat(first.ended).isNotDone();
        first.close();
    }

    @Test
    void welcomeTellsTheBounds() throws Exception {
        // given
        master.expect("web-0");
        var peer = new RawWorker(master.socket());

        // when
        peer.say(hello());
        var welcome = peer.next().getWelcome();
        master.awaitTold("opened web-0");

        // then
        assertThat(welcome.getWorker()).isEqualTo("web-0");
        assertThat(welcome.getProtocolVersion()).isEqualTo(1);
        assertThat(WireLimits.decode(welcome.getLimits())).isEqualTo(MessageLimits.DEFAULT);
        assertThat(welcome.getHeartbeatInterval())
                .isEqualTo(com.google.protobuf.Duration.newBuilder()
                        .setNanos(50_000_000)
                        .build());
        assertThat(master.sessions.getLast().heartbeatInterval()).isEqualTo(Duration.ofMillis(50));
        peer.close();
    }

    @Test
    void stateReportsAreTold() throws Exception {
        // given
        var peer = new RawWorker(master.socket()).greet(master.expect("web-0"));

        // when
        peer.say(state(StateReport.newBuilder()
                .setPhase(WorkerPhase.WORKER_PHASE_READY)
                .setStatusText("s".repeat(1024))));
        peer.say(state(StateReport.newBuilder().setPhase(WorkerPhase.WORKER_PHASE_DRAINING)));
        peer.say(state(StateReport.newBuilder().setPhaseValue(99)));
        peer.say(load(Integer.MAX_VALUE, 3));

        // then
        assertThat(master.awaitTold("status web-0")).endsWith(": " + "s".repeat(1024));
        assertThat(master.awaitTold("ready")).isEqualTo("ready web-0");
        assertThat(master.awaitTold("draining")).isEqualTo("draining web-0");
        var session = master.sessions.getLast();
        Await.until("the load is told", () -> session.load().isPresent());
        assertThat(session.load()).contains(new Load(Integer.MAX_VALUE, 3, 0));
        assertThat(peer.ended).isNotDone();
        peer.close();
    }

    @Test
    void workerThatHalfClosesEndsItsSession() throws Exception {
        // given
        var peer = new RawWorker(master.socket()).greet(master.expect("web-0"));

        // when
        peer.complete();

        // then
        assertThat(peer.awaitEnd().getCode()).isEqualTo(Status.Code.OK);
        assertThat(master.awaitTold("closed web-0")).contains("the worker ended the session");
    }

    @Test
    void workerThatDiesEndsItsSession() throws Exception {
        // given
        var peer = new RawWorker(master.socket()).greet(master.expect("web-0"));

        // when
        peer.die();

        // then
        assertThat(master.awaitTold("closed web-0")).contains("is gone");
    }

    @Test
    void masterEndsASession() throws Exception {
        // given
        var peer = new RawWorker(master.socket()).greet(master.expect("web-0"));
        master.awaitTold("opened web-0");
        var session = master.sessions.getLast();

        // when
        session.close();
        session.close();

        // then
        assertThat(peer.awaitEnd().getCode()).isEqualTo(Status.Code.OK);
        assertThat(master.awaitTold("closed web-0")).contains("the master ended the session");
    }
}
