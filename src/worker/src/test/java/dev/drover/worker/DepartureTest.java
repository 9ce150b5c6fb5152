package dev.drover.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class DepartureTest {
    private static final int TERM = 15;

    private final List<String> steps = new CopyOnWriteArrayList<>();
    private final CountDownLatch hold = new CountDownLatch(1);
    private final FakeProcessEnd end = new FakeProcessEnd();
    private final Departure departure = new Departure(() -> steps.add("announced"), end, Duration.ofMillis(100));

    @AfterEach
    void letGo() {
        hold.countDown();
    }

    private void holdOn() {
        try {
            hold.await();
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    @Test
    void theMasterIsToldThenTheCallbacksRunInOrderThenTheProcessExits() throws InterruptedException {
        // given
        departure.onDrain(() -> steps.add("first"));
        departure.onDrain(() -> steps.add("second"));

        // when
        departure.signalled(TERM);

        // then
        assertThat(end.await()).isEqualTo("exit 0");
        assertThat(steps).containsExactly("announced", "first", "second");
    }

    @Test
    void itHappensOnce() throws InterruptedException {
        // given
        departure.onDrain(() -> steps.add("first"));

        // when
        departure.begin();
        departure.begin();

        // then
        assertThat(end.await()).isEqualTo("exit 0");
        assertThat(steps).containsExactly("announced", "first");
    }

    @Test
    void aCallbackRegisteredDuringTheDrainStillRuns() throws InterruptedException {
        // given
        departure.onDrain(() -> departure.onDrain(() -> steps.add("late")));

        // when
        departure.begin();

        // then
        assertThat(end.await()).isEqualTo("exit 0");
        assertThat(steps).containsExactly("announced", "late");
    }

    @Test
    void aCallbackThatFailsDoesNotKeepTheOthersFromTheirs() throws InterruptedException {
        // given
        departure.onDrain(() -> {
            throw new IllegalStateException("expected by this test");
        });
        departure.onDrain(() -> steps.add("second"));

        // when
        departure.begin();

        // then
        assertThat(end.await()).isEqualTo("exit 0");
        assertThat(steps).containsExactly("announced", "second");
    }

    @Test
    void aSecondSignalEndsTheProcessAtOnce() throws InterruptedException {
        // given
        departure.onDrain(this::holdOn);
        departure.signalled(TERM);

        // when
        departure.signalled(TERM);

        // then
        assertThat(end.await()).isEqualTo("halt 143");
    }

    @Test
    void aSignalDuringADrainOfItsOwnWishIsNotTheSecond() throws InterruptedException {
        // given
        departure.onDrain(this::holdOn);
        departure.begin();

        // when
        departure.signalled(TERM);
        hold.countDown();

        // then
        assertThat(end.await()).isEqualTo("exit 0");
    }

    @Test
    void withoutAMasterTheDrainIsBounded() throws InterruptedException {
        // given
        departure.onDrain(this::holdOn);

        // when
        departure.masterGone();

        // then
        assertThat(end.await()).isEqualTo("halt 0");
    }
}
