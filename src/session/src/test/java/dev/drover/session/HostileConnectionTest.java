package dev.drover.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.protocol.worker.v1.OpenSessionRequest;
import dev.drover.session.fixtures.Logs;
import dev.drover.session.fixtures.OpenFiles;
import dev.drover.session.fixtures.RawSocket;
import dev.drover.session.fixtures.RawWorker;
import dev.drover.session.fixtures.TestMaster;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Connections to `session.sock` that are no worker's: each is closed soon, and costs nobody anything.
@Timeout(60)
class HostileConnectionTest {
    private static final Duration HELLO_TIMEOUT = Duration.ofSeconds(1);

    private final TestMaster master =
            new TestMaster((socket, gate) -> SessionServer.start(socket, MessageLimits.DEFAULT, gate, HELLO_TIMEOUT));
    private final Logs logs = new Logs();
    private SessionClient bystander;
    private long openBefore;

    /// Loads what keeps descriptors open, and takes its time.
    @BeforeAll
    static void warmUp() throws Exception {
        try (var other = new TestMaster();
                var peer = new RawWorker(other.socket());
                var silent = new RawSocket(other.socket())) {
            silent.preface();
            peer.greet(other.expect("web-0"));
            other.openWorker("web-1");
        }
    }

    @BeforeEach
    void openBystander() {
        bystander = master.openWorker("by-0");
        bystander.messenger().onRequest(request -> request.reply(Payload.text("here")));
        bystanderAnswers();
        openBefore = OpenFiles.count();
    }

    @AfterEach
    void nobodyNoticed() {
        bystanderAnswers();
        assertThat(bystander.ended()).isNotDone();
        Await.until("no descriptor is left", () -> OpenFiles.count() <= openBefore);
        master.close();
        logs.close();
        assertThat(logs.lines()).hasSizeLessThan(3);
    }

    private void bystanderAnswers() {
        var reply = master.parent().request(Address.worker("by-0"), Payload.text("?"), Duration.ofSeconds(5));
        assertThat(Await.of(reply).text()).isEqualTo("here");
    }

    private record Case(String name, Consumer<RawSocket> speech) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static byte[] noise(int size) {
        var bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    private static Stream<Case> cases() {
        var hello = RawWorker.hello("wrong").toByteArray();
        return Stream.of(
                new Case("silence", _ -> {}),
                new Case(
                        "HTTP/1",
                        it -> it.write(
                                "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII))),
                new Case("noise", it -> it.write(noise(10_000))),
                new Case("endless noise after the preface", it -> it.preface().write(noise(5_000_000))),
                new Case("preface and silence", RawSocket::preface),
                new Case("half a preface", it -> it.write("PRI * HT".getBytes(StandardCharsets.US_ASCII))),
                new Case("call and silence", RawSocket::begin),
                new Case("no message within its frame", it -> it.begin().data(noise(4))),
                new Case("length that never comes", it -> it.begin().data(RawSocket.message(0, 1000, hello))),
                new Case("length of 2 GB", it -> it.begin().data(RawSocket.message(0, Integer.MAX_VALUE, hello))),
                new Case("negative length", it -> it.begin().data(RawSocket.message(0, -1, hello))),
                new Case("compression that was not agreed", it -> it.begin().data(RawSocket.message(1, 5, noise(5)))),
                new Case("unknown flag", it -> it.begin().data(RawSocket.message(7, hello.length, hello))),
                new Case("no protobuf", it -> it.begin().data(RawSocket.message(0, 500, noise(500)))),
                new Case("large and endless", it -> {
                    it.begin().data(RawSocket.message(0, 1 << 20, new byte[0]));
                    for (int i = 0; i < 60; i++) {
                        it.data(new byte[16_000]);
                    }
                }));
    }

    @Test
    void everyOneIsClosedSoon() {
        // given
        var peers = new LinkedHashMap<Case, List<RawSocket>>();
        cases().forEach(hostile -> peers.put(
                hostile,
                Stream.generate(() -> new RawSocket(master.socket())).limit(4).toList()));

        // when
        peers.forEach((hostile, its) -> its.forEach(hostile.speech()));

        // then
        assertThat(peers)
                .allSatisfy((hostile, its) -> assertThat(
                                its.stream().mapToLong(RawSocket::readToEnd).sum())
                        .as(hostile.name())
                        .isLessThan(100_000));
        peers.values().forEach(its -> its.forEach(RawSocket::close));
    }

    @Test
    void thousandSilentConnectionsKeepNobodyOut() throws Exception {
        // given
        var silent = new ArrayList<RawSocket>();
        for (int i = 0; i < 1000; i++) {
            silent.add(new RawSocket(master.socket()));
        }
        Await.until("most are closed", () -> OpenFiles.count() <= openBefore + 1000 + SessionLimits.MAX_STRANGERS);

        // when
        var worker = new RawWorker(master.socket()).greet(master.expect("web-0"));
        silent.forEach(RawSocket::readToEnd);
        boolean ended = worker.ended.isDone();
        silent.forEach(RawSocket::close);
        worker.close();

        // then
        assertThat(ended).isFalse();
    }

    @Test
    void sessionsAreNoStrangers() throws Exception {
        // given
        var workers = new ArrayList<RawWorker>();
        for (int i = 0; i < SessionLimits.MAX_STRANGERS + 20; i++) {
            workers.add(new RawWorker(master.socket()).greet(master.expect("web-" + i)));
        }
        var silent = new RawSocket(master.socket());

        // when
        silent.readToEnd();
        var ended = workers.stream().filter(it -> it.ended.isDone()).toList();
        silent.close();
        workers.forEach(RawWorker::close);

        // then
        assertThat(ended).isEmpty();
    }

    @Test
    void callAfterCallOnOneConnectionDoesNotKeepIt() throws Exception {
        // given
        var peer = new RawWorker(master.socket());
        peer.say(RawWorker.hello("wrong"));
        peer.awaitEnd();

        // when
        Await.until("its connection is closed", () -> OpenFiles.count() <= openBefore);
        peer.close();

        // then
        assertThat(master.awaitTold("refused")).contains("unknown or used ticket");
    }

    @Test
    void whatIsNoProtobufEndsTheSessionOfItsWorkerOnly() throws Exception {
        // given
        var said = List.of(OpenSessionRequest.newBuilder()
                .setUnknownFields(com.google.protobuf.UnknownFieldSet.newBuilder()
                        .addField(
                                4,
                                com.google.protobuf.UnknownFieldSet.Field.newBuilder()
                                        .addLengthDelimited(com.google.protobuf.ByteString.copyFrom(noise(100)))
                                        .build())
                        .build())
                .build());

        // when
        for (int i = 0; i < 50; i++) {
            var peer = new RawWorker(master.socket()).greet(master.expect("web-" + i));
            peer.say(said.getFirst());
            peer.awaitEnd();
            peer.close();
        }

        // then
        assertThat(master.awaitTold("closed web-49")).isNotEmpty();
    }
}
