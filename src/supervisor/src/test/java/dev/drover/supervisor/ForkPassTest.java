package dev.drover.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.session.Payload;
import dev.drover.supervisor.JoiningProcess.Manner;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.assertj.core.api.Assertions;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What a parent passes to its forks, which are processes: a connection is always somebody's, and one's alone.
@Timeout(60)
@Tag("slow")
class ForkPassTest {
    private final Parent parent = new Parent();
    private final ListeningSocket socket = parent.listen();
    private final BlockingQueue<ParentConnection> accepted = Parent.connections(socket);

    @AfterEach
    void nothingIsLeft() {
        parent.close();
    }

    private SocketChannel connect() throws IOException {
        return SocketChannel.open(socket.address());
    }

    /// All that was answered; nobody else holds it open.
    private static String answer(SocketChannel client) throws IOException {
        var answer = ByteBuffer.allocate(1_024);
        while (client.read(answer) >= 0) {}
        return new String(answer.array(), 0, answer.position(), StandardCharsets.US_ASCII);
    }

    @Test
    void whatIsPassedBeforeItIsReadyIsGivenOnceItIs() throws Exception {
        // given
        var child = parent.forkJoining("child", Manner.TAKES);
        var passed = new ArrayList<CompletableFuture<Incarnation>>();
        try (var first = connect();
                var second = connect()) {
            // when
            passed.add(child.pass(accepted.take()));
            passed.add(child.pass(accepted.take()));

            // then
            assertThat(answer(first)).isEqualTo("child-0");
            assertThat(answer(second)).isEqualTo("child-0");
        }
        assertThat(passed)
                .allSatisfy(future -> assertThat(Parent.get(future).worker()).isEqualTo(child.id()));
    }

    @Test
    void aListenerThatIsTakenIsTold() throws Exception {
        // given
        var child = parent.forkJoining("child", Manner.TAKES);

        // when
        Parent.get(child.pass(socket));

        // then
        assertThat(parent.await(WorkerEvent.Listening.class, child).sockets()).containsExactly("http");
    }

    @Test
    void whatIsRefusedGoesToAnother() throws Exception {
        // given
        var unwilling = parent.forkJoining("unwilling", Manner.REFUSES);
        var willing = parent.forkJoining("willing", Manner.TAKES);
        try (var client = connect()) {
            var connection = accepted.take();

            // when
            var refused = Parent.failure(unwilling.pass(connection));
            Parent.get(willing.pass(connection));

            // then
            assertThat(refused).isInstanceOf(PassException.class).hasMessageContaining("not today");
            assertThat(answer(client)).isEqualTo("willing-0");
        }
    }

    @Test
    void whatTheDeadHadNotTakenGoesToAnother() throws Exception {
        // given
        var mortal = parent.forkJoining("mortal", Manner.DIES);
        var other = parent.forkJoining("other", Manner.TAKES);
        try (var client = connect()) {
            var connection = accepted.take();

            // when
            var taker = mortal.pass(connection).exceptionallyCompose(_ -> other.pass(connection));

            // then
            assertThat(Parent.get(taker).worker()).isEqualTo(other.id());
            assertThat(answer(client)).isEqualTo("other-0");
        }
        assertThat(Parent.get(mortal.exited()).message()).isEqualTo("exited with code 7");
    }

    @Test
    void oneThatDoesNotTakeItInTimeIsKilledBeforeAnotherGetsIt() throws Exception {
        // given
        var frozen = parent.forkJoining("frozen", Manner.TAKES);
        var other = parent.forkJoining("other", Manner.TAKES);
        long pid = parent.await(WorkerEvent.Forked.class, frozen).pid();
        Parent.get(frozen.pass(socket));
        assertThat(new ProcessBuilder("kill", "-STOP", Long.toString(pid))
                        .start()
                        .waitFor())
                .isZero();
        try (var client = connect()) {
            var connection = accepted.take();

            // when
            var failure = Parent.failure(frozen.pass(connection));
            Parent.get(other.pass(connection));

            // then
            assertThat(failure).isInstanceOf(PassException.class).hasMessageContaining("ended before it took");
            assertThat(answer(client)).isEqualTo("other-0");
        }
        assertThat(Parent.get(frozen.exited()).message()).startsWith("killed by SIGKILL: no acknowledgement");
    }

    @Test
    void aConnectionIsPassedToOneAtATime() throws Exception {
        // given
        var child = parent.forkJoining("child", Manner.WAITS);
        var other = parent.forkJoining("other", Manner.TAKES);
        try (var client = connect()) {
            var connection = accepted.take();
            var passed = child.pass(connection);

            // when / then
            assertThatThrownBy(() -> other.pass(connection))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("it is being passed");
            assertThatThrownBy(connection::nettyChannel).hasMessageContaining("it is being passed");

            child.stop();
            assertThat(Parent.failure(passed)).isInstanceOf(PassException.class);
            Parent.get(other.pass(connection));
            assertThat(answer(client)).isEqualTo("other-0");
            assertThatThrownBy(() -> other.pass(connection)).hasMessageContaining("it was given away");
        }
    }

    @Test
    void aConnectionThatIsClosedWhileItWaitsIsPassedToNobody() throws Exception {
        // given
        var child = parent.forkJoining("child", Manner.TAKES);
        try (var client = connect()) {
            var connection = accepted.take();
            var passed = child.pass(connection);

            // when
            connection.close();

            // then
            assertThat(Parent.failure(passed)).isInstanceOf(PassException.class);
            assertThat(answer(client)).isEmpty();
            assertThatThrownBy(() -> child.pass(connection))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("it is closed");
        }
    }

    @Test
    void theEndOfTheSupervisorAnswersWhatIsUnderWay() throws Exception {
        // given
        var frozen = parent.forkJoining("frozen", Manner.TAKES);
        long pid = parent.await(WorkerEvent.Forked.class, frozen).pid();
        Parent.get(frozen.pass(socket));
        assertThat(new ProcessBuilder("kill", "-STOP", Long.toString(pid))
                        .start()
                        .waitFor())
                .isZero();
        try (var client = connect()) {
            var connection = accepted.take();
            var passed = frozen.pass(connection);

            // when
            parent.supervisor().close();

            // then: told to go on it may have taken it, and ended before it could answer
            boolean taken = Parent.get(passed.handle((_, failure) -> failure == null));
            connection.close();
            assertThat(answer(client)).isIn(taken ? List.of("", "frozen-0") : List.of(""));
        }
    }

    @Test
    void theHandlerOfConnectionsMayNotWait() throws Exception {
        // given
        var child = parent.forkJoining("child", Manner.WAITS);
        var other = parent.listen();
        var refusals = new CompletableFuture<List<Throwable>>();
        other.onConnection(connection -> {
            refusals.complete(Stream.<ThrowingCallable>of(
                            () -> child.request(Payload.text("?"), Duration.ofSeconds(1)),
                            () -> child.send(Payload.text("?")).get(),
                            parent.supervisor()::close)
                    .map(Assertions::catchThrowable)
                    .toList());
            connection.close();
        });

        // when
        try (var client = SocketChannel.open(other.address())) {
            // then
            assertThat(Parent.get(refusals)).hasSize(3).doesNotContainNull();
            assertThat(answer(client)).isEmpty();
        }
    }
}
