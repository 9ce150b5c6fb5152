package dev.drover.posix;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.posix.fixtures.Bytes;
import dev.drover.posix.fixtures.NoLeaks;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@Timeout(20)
@ExtendWith(NoLeaks.class)
class ArrivalWatchTest {
    private UnixSocket.Pair pair;
    private ArrivalWatch watch;

    @BeforeEach
    void open() {
        pair = UnixSocket.pair(UnixSocket.Type.SEQPACKET);
        watch = ArrivalWatch.of(pair.second().fd());
    }

    @AfterEach
    void close() {
        watch.close();
        pair.close();
    }

    private void send() {
        assertThat(pair.first().send(Bytes.of("x"), List.of())).isTrue();
    }

    private CompletableFuture<ArrivalWatch.Event> waiting() {
        var event = new CompletableFuture<ArrivalWatch.Event>();
        Thread.ofPlatform().daemon().start(() -> event.complete(watch.await()));
        return event;
    }

    @Test
    void whatArrivesIsToldOnceAndTheEndAllTheSame() throws Exception {
        // given
        send();
        var first = watch.await();

        // when: nobody reads, more comes, and then the end
        var second = waiting();
        send();
        pair.first().close();

        // then
        assertThat(first).isEqualTo(ArrivalWatch.Event.READABLE);
        assertThat(second.get(10, TimeUnit.SECONDS)).isEqualTo(ArrivalWatch.Event.ENDED);
        assertThat(watch.await()).isEqualTo(ArrivalWatch.Event.ENDED);
    }

    @Test
    void rearmingTellsOfWhatIsThereStill() {
        // given
        send();
        send();
        watch.await();
        pair.second().receive(ByteBuffer.allocate(1), 0);

        // when
        watch.rearm();

        // then
        assertThat(watch.await()).isEqualTo(ArrivalWatch.Event.READABLE);
    }

    @Test
    void rearmingTellsWhoWaitsAlreadyOfWhatComesNext() throws Exception {
        // given
        send();
        watch.await();
        pair.second().receive(ByteBuffer.allocate(1), 0);
        var next = waiting();

        // when
        watch.rearm();
        send();

        // then
        assertThat(next.get(10, TimeUnit.SECONDS)).isEqualTo(ArrivalWatch.Event.READABLE);
    }

    @Test
    void endingTheConnectionOnThisSideWakesWhoWaits() throws Exception {
        // given
        var event = waiting();

        // when
        pair.second().shutdown();

        // then
        assertThat(event.get(10, TimeUnit.SECONDS)).isEqualTo(ArrivalWatch.Event.ENDED);
    }

    @Test
    void rearmingAfterTheEndOfEitherDoesNothing() {
        // given
        try (var other = ArrivalWatch.of(pair.first().fd())) {
            pair.first().close();
            watch.close();

            // when
            watch.rearm();
            other.rearm();

            // then
            assertThat(pair.second().fd().isOpen()).isTrue();
        }
    }
}
