package dev.drover.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.drover.posix.fixtures.Bytes;
import dev.drover.posix.fixtures.NoLeaks;
import dev.drover.posix.fixtures.Run;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoLeaks.class)
class PollerTest {
    private static final Duration AT_ONCE = Duration.ZERO;
    private static final Duration LONG = Duration.ofSeconds(10);
    private static final Set<Poller.Interest> READABLE = Set.of(Poller.Interest.READABLE);
    private static final Set<Poller.Interest> WRITABLE = Set.of(Poller.Interest.WRITABLE);

    private final List<Set<Poller.Readiness>> seen = new ArrayList<>();
    private Poller poller;
    private Pipe pipe;

    @BeforeEach
    void open() {
        poller = Poller.open();
        pipe = Pipe.open();
    }

    @AfterEach
    void close() {
        pipe.close();
        poller.close();
    }

    @Test
    void readableDescriptorIsToldUntilItIsRead() {
        // given
        poller.add(pipe.readEnd(), READABLE, seen::add);
        int before = poller.poll(AT_ONCE);
        pipe.writeEnd().write(Bytes.of("x"));

        // when
        int first = poller.poll(LONG);
        int second = poller.poll(LONG);
        pipe.readEnd().read(ByteBuffer.allocate(1));
        int third = poller.poll(AT_ONCE);

        // then
        assertThat(List.of(before, first, second, third)).containsExactly(0, 1, 1, 0);
        assertThat(seen).containsOnly(Set.of(Poller.Readiness.READABLE));
    }

    @Test
    void writableDescriptorIsTold() {
        // given
        poller.add(pipe.writeEnd(), WRITABLE, seen::add);

        // when
        poller.poll(AT_ONCE);

        // then
        assertThat(seen).containsExactly(Set.of(Poller.Readiness.WRITABLE));
    }

    @Test
    void hangUpAndErrorAreToldOnceWithoutInterests() {
        // given
        try (var other = Pipe.open()) {
            poller.add(pipe.readEnd(), Set.of(), seen::add);
            poller.add(other.writeEnd(), Set.of(), seen::add);
            int before = poller.poll(AT_ONCE);

            // when
            pipe.writeEnd().close();
            other.readEnd().close();
            int first = poller.poll(LONG);
            int second = poller.poll(AT_ONCE);

            // then
            assertThat(List.of(before, first, second)).containsExactly(0, 2, 0);
            assertThat(seen)
                    .containsExactlyInAnyOrder(Set.of(Poller.Readiness.HANG_UP), Set.of(Poller.Readiness.ERROR));
        }
    }

    @Test
    void changedInterestsTakeEffectAtOnce() {
        // given
        pipe.writeEnd().write(Bytes.of("x"));
        var registration = poller.add(pipe.readEnd(), Set.of(), seen::add);

        // when
        int without = poller.poll(AT_ONCE);
        registration.change(READABLE);
        int with = poller.poll(AT_ONCE);
        registration.change(Set.of());
        int withoutAgain = poller.poll(AT_ONCE);

        // then
        assertThat(List.of(without, with, withoutAgain)).containsExactly(0, 1, 0);
    }

    @Test
    void cancelledRegistrationIsNotToldAndCannotChange() {
        // given
        pipe.writeEnd().write(Bytes.of("x"));
        var registration = poller.add(pipe.readEnd(), READABLE, seen::add);

        // when
        registration.cancel();
        registration.cancel();

        // then
        assertThat(poller.poll(AT_ONCE)).isZero();
        assertThat(seen).isEmpty();
        assertThatThrownBy(() -> registration.change(READABLE)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void handlerMayCancelAnotherOfTheSameBatch() {
        // given
        try (var other = Pipe.open()) {
            pipe.writeEnd().write(Bytes.of("x"));
            other.writeEnd().write(Bytes.of("x"));
            var registrations = new ArrayList<Poller.Registration>();
            for (var fd : List.of(pipe.readEnd(), other.readEnd())) {
                registrations.add(poller.add(fd, READABLE, readiness -> {
                    seen.add(readiness);
                    registrations.forEach(Poller.Registration::cancel);
                }));
            }

            // when
            int run = poller.poll(AT_ONCE);

            // then
            assertThat(run).isEqualTo(1);
            assertThat(seen).hasSize(1);
        }
    }

    @Test
    void allHandlersRunWhenSomeThrow() {
        // given
        try (var other = Pipe.open()) {
            pipe.writeEnd().write(Bytes.of("x"));
            other.writeEnd().write(Bytes.of("x"));
            for (var fd : List.of(pipe.readEnd(), other.readEnd())) {
                poller.add(fd, READABLE, readiness -> {
                    seen.add(readiness);
                    throw new IllegalArgumentException("on purpose");
                });
            }

            // when
            var failure = catchThrowable(() -> poller.poll(AT_ONCE));

            // then
            assertThat(failure).hasMessage("on purpose");
            assertThat(failure.getSuppressed()).hasSize(1);
            assertThat(seen).hasSize(2);
        }
    }

    @Test
    void wakeupsEndOnePollTogether() throws InterruptedException {
        // given
        var waker = Thread.ofPlatform().start(() -> {
            poller.wakeup();
            poller.wakeup();
        });

        // when
        long start = System.nanoTime();
        int first = poller.poll(LONG);
        waker.join();
        poller.poll(AT_ONCE);
        poller.wakeup();
        int third = poller.poll(LONG);

        // then
        assertThat(first).isZero();
        assertThat(third).isZero();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(LONG);
    }

    @Test
    void wakeupAfterCloseDoesNothing() {
        // given
        poller.close();

        // when
        var failure = catchThrowable(poller::wakeup);

        // then
        assertThat(failure).isNull();
    }

    @Test
    void anotherThreadIsRefused() throws InterruptedException {
        // given
        poller.poll(AT_ONCE);
        var failure = new AtomicReference<>(new Throwable());

        // when
        Thread.ofPlatform()
                .name("stranger")
                .start(() -> failure.set(catchThrowable(() -> poller.poll(AT_ONCE))))
                .join();

        // then
        assertThat(failure.get())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("thread stranger used the poller of thread ");
    }

    @Test
    void handlerMayNotPoll() {
        // given
        pipe.writeEnd().write(Bytes.of("x"));
        poller.add(pipe.readEnd(), READABLE, _ -> poller.poll(AT_ONCE));

        // when
        var failure = catchThrowable(() -> poller.poll(AT_ONCE));

        // then
        assertThat(failure).isInstanceOf(IllegalStateException.class).hasMessageContaining("its own poller");
    }

    @Test
    void descriptorClosedBeforeItsCancellationIsReported() {
        // given
        var registration = poller.add(pipe.readEnd(), READABLE, seen::add);
        pipe.readEnd().close();

        // when
        var failure = catchThrowable(registration::cancel);

        // then
        assertThat(failure).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void endOfAProcessMakesItsPidfdReadable() {
        // given
        try (var child = Run.script("exit 9").start()) {
            var registration = poller.add(child.pidfd(), READABLE, seen::add);

            // when
            poller.poll(LONG);

            // then
            assertThat(seen).containsExactly(Set.of(Poller.Readiness.READABLE));
            assertThat(child.reap()).contains(new ExitStatus.Exited(9));
            registration.cancel();
        }
    }

    @Test
    void listenerShutDownByAnotherHolderIsToldOnceAndMayListenAgain() throws IOException {
        // given
        var address = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
        try (var listener = Listener.bind(address, false);
                var duplicate = listener.fd().duplicate()) {
            listener.listen(10);
            var registration = poller.add(listener.fd(), Set.of(), seen::add);
            int quiet = poller.poll(AT_ONCE);

            // when
            duplicate.use(n -> SysSocket.shutdown(n, SysSocket.SHUT_RDWR));
            int first = poller.poll(LONG);
            int second = poller.poll(AT_ONCE);
            var queue = listener.queue();
            listener.listen(10);
            int listening = poller.poll(AT_ONCE);
            SocketChannel.open(listener.localAddress()).close();
            duplicate.use(n -> SysSocket.shutdown(n, SysSocket.SHUT_RDWR));
            int again = poller.poll(LONG);

            // then
            assertThat(List.of(quiet, first, second, listening, again)).containsExactly(0, 1, 0, 0, 1);
            assertThat(seen).allSatisfy(readiness -> assertThat(readiness).contains(Poller.Readiness.HANG_UP));
            assertThat(queue).contains(new ListenQueue(false, 0, 0));
            registration.cancel();
        }
    }
}
