package dev.drover.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class OomKillsTest {
    private static final long WINDOW = OomKills.WINDOW.toNanos();

    private final AtomicLong counter = new AtomicLong(40);
    private final OomKills kills = new OomKills(counter::get);

    @Test
    void whatWasCountedBeforeExplainsNothing() {
        assertThat(kills.look(0)).isZero();
    }

    @Test
    void whatIsCountedNowExplainsDeathsUntilItIsUsed() {
        // given
        kills.look(0);
        counter.addAndGet(3);

        // when
        long first = kills.look(1);
        kills.use(2);

        // then
        assertThat(first).isEqualTo(3);
        assertThat(kills.look(2)).isEqualTo(1);
        kills.use(1);
        assertThat(kills.look(3)).isZero();
    }

    @Test
    void whatExplainedNothingInTimeIsForgotten() {
        // given
        counter.incrementAndGet();
        kills.look(10);

        // then
        assertThat(kills.look(10 + WINDOW - 1)).isEqualTo(1);
        assertThat(kills.look(10 + WINDOW)).isZero();
    }

    @Test
    void aCounterThatCannotBeReadOrStartsAnewTellsNothing() {
        // given
        counter.set(0);

        // then
        assertThat(kills.look(1)).isZero();
        counter.set(1);
        assertThat(kills.look(2)).isEqualTo(1);
    }
}
