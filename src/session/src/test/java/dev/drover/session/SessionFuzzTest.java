package dev.drover.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.drover.protocol.worker.v1.Address;
import dev.drover.protocol.worker.v1.Broadcast;
import dev.drover.protocol.worker.v1.Cancel;
import dev.drover.protocol.worker.v1.Envelope;
import dev.drover.protocol.worker.v1.Heartbeat;
import dev.drover.protocol.worker.v1.Hello;
import dev.drover.protocol.worker.v1.IdRange;
import dev.drover.protocol.worker.v1.OpenSessionRequest;
import dev.drover.protocol.worker.v1.OpenSessionResponse;
import dev.drover.protocol.worker.v1.Payload;
import dev.drover.protocol.worker.v1.Request;
import dev.drover.protocol.worker.v1.StateReport;
import dev.drover.protocol.worker.v1.Welcome;
import dev.drover.session.fixtures.FakeCall;
import dev.drover.session.fixtures.RawWorker;
import io.grpc.Status;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Messages of gRPC that were broken on purpose, at both ends: the session goes on or ends by the contract, and all
/// that was said has one outcome. Each round has a seed of its own, which a failure names; `-Ddrover.seed=N` starts
/// with it.
class SessionFuzzTest {
    private static final long FIRST_SEED = Long.getLong("drover.seed", 20_260_101);
    private static final MessageLimits LIMITS = new MessageLimits(64, 8, 256, 12, 512, 4);
    private static final long[] NUMBERS = {0, 1, 2, 3, 4, 5, 6, -1, Long.MAX_VALUE, Long.MIN_VALUE};
    private static final Set<Status.Code> BY_CONTRACT = Set.of(
            Status.Code.INVALID_ARGUMENT,
            Status.Code.RESOURCE_EXHAUSTED,
            Status.Code.UNAUTHENTICATED,
            Status.Code.FAILED_PRECONDITION);

    /// Runs what is posted when it is told to, so that a seed is all there is to a round.
    private final EmbeddedChannel turns = new EmbeddedChannel();

    private final EventExecutor loop = turns.eventLoop();
    private final Map<String, Integer> ends = new TreeMap<>();

    @Test
    void twentyThousandMessages() {
        play(20_000);
    }

    @Test
    @Tag("slow")
    void millionMessages() {
        play(1_000_000);
    }

    private void play(int messages) {
        int said = 0;
        for (long seed = FIRST_SEED; said < messages; seed++) {
            var random = new Random(seed);
            try {
                said += random.nextInt(3) > 0 ? master(random) : worker(random);
            } catch (RuntimeException | AssertionError failure) {
                throw new AssertionError("failed with -Ddrover.seed=" + seed, failure);
            }
        }
        // The rounds went deep: some sessions lived, others ended in every way there is.
        assertThat(ends.keySet())
                .contains(
                        "open",
                        "INVALID_ARGUMENT",
                        "RESOURCE_EXHAUSTED",
                        "FAILED_PRECONDITION",
                        "master's error",
                        "welcome");
        assertThat(ends.getOrDefault("welcome", 0)).isGreaterThan(messages / 100);
    }

    private void end(String how) {
        ends.merge(how, 1, Integer::sum);
    }

    /// A session at the master's end.
    private int master(Random random) {
        var switchboard = new Switchboard(loop, LIMITS);
        var call = new FakeCall.OfMaster(random);
        var peer = new EmbeddedChannel();
        var connections = new Connections(java.time.Duration.ofMinutes(1));
        new EmbeddedChannel(connections).writeInbound(peer);
        var told = new ArrayList<Told>();
        var gate = new Gate(told, random);
        var session = new ServerSession(
                loop, call, LIMITS, gate, switchboard, peer.pipeline().get(Connections.Connection.class), _ -> {});
        session.begin(java.time.Duration.ofMinutes(1));
        int wildness = 1 << random.nextInt(8);
        long number = 1 << 20;
        int said = 0;
        if (random.nextInt(8) > 0) {
            session.onNext(RawWorker.hello("good"));
            gate.decide();
            turns.runPendingTasks();
            end("welcome");
        }
        for (; said < 40 && call.ended().isEmpty(); said++) {
            session.onNext(random.nextInt(wildness) > 0 ? harmless(++number, random) : request(random));
            if (random.nextInt(4) == 0) {
                gate.decide();
                call.becomeReady();
            }
            turns.runPendingTasks();
        }
        end(call.ended().map(status -> status.getCode().name()).orElse("open"));
        call.ended().ifPresent(status -> assertThat(status.getCode()).isIn(BY_CONTRACT));
        call.cancel();
        switchboard.close();
        turns.runPendingTasks();
        assertThat(told).allMatch(it -> it.ends() == 1);
        return said + 1;
    }

    /// Says something to each worker it admits.
    private static final class Gate implements SessionGate, SessionEvents {
        private final List<Told> told;
        private final Random random;
        private final List<Consumer<SessionVerdict>> waiting = new ArrayList<>();

        Gate(List<Told> told, Random random) {
            this.told = told;
            this.random = random;
        }

        void decide() {
            waiting.forEach(decision ->
                    decision.accept(new SessionVerdict.Admitted("web", "web-0", 1, HeartbeatPace.of(1), this)));
            waiting.clear();
        }

        @Override
        public void hello(String ticket, int incarnation, Consumer<SessionVerdict> decision) {
            waiting.add(decision);
        }

        @Override
        public void opened(WorkerSession session) {
            say(session.link(), told, random);
        }

        @Override
        public void refused(String why) {
            assertThat(why).hasSizeLessThan(600);
        }

        @Override
        public void ready() {}

        @Override
        public void draining() {}

        @Override
        public void status(String text) {}

        @Override
        public void closed(String why) {}
    }

    private static void say(Link link, List<Told> told, Random random) {
        for (int i = 0; i < 3; i++) {
            boolean request = random.nextBoolean();
            var payload = dev.drover.session.Payload.text("said");
            var to = !request && random.nextInt(3) == 0
                    ? dev.drover.session.Address.pool("web")
                    : dev.drover.session.Address.worker("web-1");
            var said = request
                    ? new Said.Request(payload, System.nanoTime() + 60_000_000_000L)
                    : new Said.Message(payload);
            var outcome =
                    request || to instanceof dev.drover.session.Address.Pool ? Told.ofRequest() : Told.ofMessage();
            told.add(outcome);
            link.offer(to, said, WhenFull.fail(), outcome);
        }
    }

    /// A session at the worker's end.
    private int worker(Random random) {
        var call = new FakeCall.OfWorker(random);
        var told = new ArrayList<Told>();
        var ended = new ArrayList<String>();
        var handlers = new Handlers();
        var session =
                new ClientSession(loop, handlers, new Heart(), open -> say(open.link(), told, random), ended::add);
        session.beforeStart(call);
        if (random.nextInt(8) > 0) {
            session.onNext(welcome());
        }
        int wildness = 1 << random.nextInt(8);
        long number = 1 << 20;
        int said = 0;
        for (; said < 40 && ended.isEmpty(); said++) {
            session.onNext(
                    random.nextInt(wildness) > 0
                            ? OpenSessionResponse.newBuilder()
                                    .addAllEnvelopes(harmless(++number, random).getEnvelopesList())
                                    .build()
                            : response(random));
            call.becomeReady();
            turns.runPendingTasks();
        }
        end(ended.isEmpty() ? "open" : "master's error");
        session.onCompleted();
        assertThat(ended).hasSize(1);
        assertThat(told).allMatch(it -> it.ends() == 1);
        return said + 1;
    }

    private static OpenSessionResponse welcome() {
        return OpenSessionResponse.newBuilder()
                .setWelcome(Welcome.newBuilder()
                        .setHeartbeatInterval(Duration.newBuilder().setSeconds(1))
                        .setLimits(WireLimits.encode(LIMITS)))
                .build();
    }

    /// Something that breaks nothing.
    private static OpenSessionRequest harmless(long number, Random random) {
        return switch (random.nextInt(4)) {
            case 0 ->
                OpenSessionRequest.newBuilder()
                        .setHeartbeat(Heartbeat.getDefaultInstance())
                        .build();
            case 1 ->
                OpenSessionRequest.newBuilder()
                        .addEnvelopes(Envelopes.cancel(number))
                        .build();
            case 2 ->
                OpenSessionRequest.newBuilder()
                        .addEnvelopes(Envelopes.said(
                                        dev.drover.session.Address.worker("web-9"),
                                        new Said.Message(dev.drover.session.Payload.text("m")))
                                .setId(number))
                        .build();
            default -> OpenSessionRequest.getDefaultInstance();
        };
    }

    private static OpenSessionRequest request(Random random) {
        var request = OpenSessionRequest.newBuilder();
        switch (random.nextInt(12)) {
            case 0 ->
                request.setHello(Hello.newBuilder()
                        .setProtocolVersion(random.nextInt(3))
                        .setTicket("t".repeat(random.nextInt(300))));
            case 1 ->
                request.setHeartbeat(Heartbeat.newBuilder()
                        .setLoad(
                                dev.drover.protocol.worker.v1.Load.newBuilder().setConnections(random.nextInt(3) - 1)));
            case 2 ->
                request.setState(StateReport.newBuilder()
                        .setPhaseValue(random.nextInt(5))
                        .setStatusText("s".repeat(random.nextInt(1100))));
            case 3 -> request.addTaken(range(random));
            default -> {
                for (int i = random.nextInt(4); i >= 0; i--) {
                    request.addEnvelopes(envelope(random));
                }
            }
        }
        try {
            return random.nextInt(3) > 0
                    ? request.build()
                    : OpenSessionRequest.parseFrom(mutated(request.build().toByteArray(), random));
        } catch (InvalidProtocolBufferException _) {
            return request.build();
        }
    }

    private static OpenSessionResponse response(Random random) {
        var response = OpenSessionResponse.newBuilder();
        switch (random.nextInt(10)) {
            case 0 ->
                response.setWelcome(Welcome.newBuilder()
                        .setHeartbeatInterval(duration(random))
                        .setLimits(
                                random.nextBoolean()
                                        ? WireLimits.encode(LIMITS)
                                        : dev.drover.protocol.worker.v1.MessageLimits.newBuilder()
                                                .setMaxPayloadBytes(random.nextInt())
                                                .setMaxBytes(random.nextLong())
                                                .build()));
            case 1 -> response.addTaken(range(random));
            default -> response.addEnvelopes(envelope(random));
        }
        try {
            return random.nextInt(3) > 0
                    ? response.build()
                    : OpenSessionResponse.parseFrom(mutated(response.build().toByteArray(), random));
        } catch (InvalidProtocolBufferException _) {
            return response.build();
        }
    }

    private static long number(Random random) {
        return NUMBERS[random.nextInt(NUMBERS.length)];
    }

    private static IdRange range(Random random) {
        return IdRange.newBuilder()
                .setFirst(number(random))
                .setLast(number(random))
                .build();
    }

    private static Duration duration(Random random) {
        return Duration.newBuilder()
                .setSeconds(number(random))
                .setNanos(random.nextInt(3) - 1)
                .build();
    }

    private static Payload payload(Random random) {
        return Payload.newBuilder()
                .setContentType("t".repeat(random.nextInt(40) == 0 ? 256 : 3))
                .setData(ByteString.copyFrom(new byte[random.nextInt(40) == 0 ? 65 : random.nextInt(64)]))
                .build();
    }

    private static Envelope envelope(Random random) {
        var envelope = Envelope.newBuilder().setId(random.nextInt(3) == 0 ? number(random) : random.nextInt(1 << 20));
        if (random.nextBoolean()) {
            var name = "w".repeat(random.nextInt(20) == 0 ? 254 : random.nextInt(4) + 1);
            var address = Address.newBuilder();
            envelope.setAddress(
                    switch (random.nextInt(4)) {
                        case 0 -> address.setWorker(name);
                        case 1 -> address.setPool(name);
                        case 2 -> address.setProgram(name);
                        default -> address;
                    });
        }
        return switch (random.nextInt(8)) {
            case 0 -> envelope.setMessage(payload(random)).build();
            case 1 ->
                envelope.setRequest(
                                Request.newBuilder().setPayload(payload(random)).setTimeout(duration(random)))
                        .build();
            case 2 -> envelope.setReply(payload(random)).build();
            case 3 ->
                envelope.setFailure(dev.drover.protocol.worker.v1.Failure.newBuilder()
                                .setReasonValue(random.nextInt(11))
                                .setMessage("w".repeat(random.nextInt(20) == 0 ? 5000 : 5)))
                        .build();
            case 4 -> envelope.setCancel(Cancel.getDefaultInstance()).build();
            case 5 ->
                envelope.setBroadcast(Broadcast.newBuilder()
                                .setDelivered(random.nextInt(4) - 1)
                                .setFailed(random.nextInt(4) - 1))
                        .build();
            case 6 -> envelope.build();
            default -> Envelopes.cancel(random.nextInt(8));
        };
    }

    private static byte[] mutated(byte[] bytes, Random random) {
        for (int left = random.nextInt(3); left >= 0 && bytes.length > 0; left--) {
            bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return bytes;
    }
}
