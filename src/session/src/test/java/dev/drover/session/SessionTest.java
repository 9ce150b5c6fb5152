package dev.drover.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.session.fixtures.TestMaster;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Both ends of a session over a real socket.
class SessionTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final TestMaster master = new TestMaster();

    @AfterEach
    void close() {
        master.close();
    }

    @Test
    void parentAndChildGreetEachOther() throws Exception {
        // given
        var child = master.openWorker("web-0");
        BlockingQueue<Object> heard = new LinkedBlockingQueue<>();
        child.messenger().onMessage(message -> heard.add(message.payload().json(Map.class)));
        master.parent()
                .onMessage(message ->
                        heard.add(message.from() + " " + message.payload().json(Map.class)));

        // when
        var toChild = master.parent().send(Address.worker("web-0"), Payload.json(Map.of("hello", "world")));
        var atChild = heard.poll(10, TimeUnit.SECONDS);
        var toParent = child.messenger().send(Address.parent(), Payload.json(Map.of("foo", "bar")));
        var atParent = heard.poll(10, TimeUnit.SECONDS);

        // then
        assertThat(atChild).isEqualTo(Map.of("hello", "world"));
        assertThat(atParent).isEqualTo("web-0 {foo=bar}");
        assertThat(toChild.join()).isEqualTo(new Delivery(1, 0));
        assertThat(toParent.join()).isEqualTo(new Delivery(1, 0));
    }

    @Test
    void workersAskEachOtherByName() {
        // given
        var asking = master.openWorker("web-0");
        var answering = master.openWorker("web-1");
        answering
                .messenger()
                .onRequest(
                        request -> request.reply(Payload.text(request.payload().text() + " from " + request.from())));

        // when
        var reply = asking.messenger().request(Address.worker("web-1"), Payload.text("hello"), TIMEOUT);

        // then
        assertThat(reply.join().text()).isEqualTo("hello from web-0");
    }

    @Test
    void messageToPoolReachesEveryWorker() {
        // given
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        for (var name : new String[] {"web-0", "web-1", "web-2"}) {
            master.openWorker(name).messenger().onMessage(message -> heard.add(name));
        }

        // when
        var sent = master.parent().send(Address.pool("web"), Payload.text("all"));

        // then
        assertThat(sent.join()).isEqualTo(new Delivery(3, 0));
        Await.until("all have heard it", () -> heard.size() == 3);
        assertThat(heard).containsExactlyInAnyOrder("web-0", "web-1", "web-2");
    }

    @Test
    void whatAWorkerHasSaidAndTakenIsCounted() {
        // given
        var child = master.openWorker("web-0");
        child.messenger().onMessage(message -> {});
        child.messenger().onRequest(request -> request.reply(request.payload()));
        master.parent().onMessage(message -> {});

        // when
        child.messenger().send(Address.parent(), Payload.text("one")).join();
        child.messenger().send(Address.parent(), Payload.text("two")).join();
        master.parent().send(Address.worker("web-0"), Payload.text("three")).join();
        master.parent()
                .request(Address.worker("web-0"), Payload.text("four"), TIMEOUT)
                .join();
        master.parent().send(Address.pool("web"), Payload.text("five")).join();

        // then
        assertThat(master.sessions.getFirst().messagesSent()).isEqualTo(2);
        assertThat(master.sessions.getFirst().messagesReceived()).isEqualTo(3);
    }

    @Test
    void outstandingRequestFailsAtOnceWhenTheWorkerDies() throws Exception {
        // given
        var child = master.openWorker("web-0");
        var asked = new LinkedBlockingQueue<IncomingRequest>();
        child.messenger().onRequest(asked::add);
        var reply = master.parent().request(Address.worker("web-0"), Payload.text("?"), TIMEOUT);
        assertThat(asked.poll(10, TimeUnit.SECONDS)).isNotNull();

        // when
        child.close();

        // then
        assertThatThrownBy(reply::join)
                .cause()
                .isInstanceOfSatisfying(
                        MessageException.class,
                        failure -> assertThat(failure.reason()).isEqualTo(FailureReason.PEER_GONE));
    }

    @Test
    void ticketOpensOneSession() throws Exception {
        // given
        master.openWorker("web-0");
        var second = new SessionClient(master.socket(), "ticket of web-0", 1);

        // when
        var opened = second.open();

        // then
        assertThatThrownBy(opened::join).hasMessageContaining("UNAUTHENTICATED: unknown or used ticket");
        assertThat(master.awaitTold("refused")).isEqualTo("refused unknown or used ticket");
    }
}
