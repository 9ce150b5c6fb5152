package dev.drover.master.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TurnsTest {
    private final Turns turns = new Turns(2);
    private final List<String> told = new ArrayList<>();

    private Turns.Turn take(String who) {
        return turns.take(() -> told.add(who + " waits"), () -> told.add(who + " goes on"));
    }

    @Test
    void asManyAsAreAllowedNeedNotWait() {
        // when
        var first = take("first");
        var second = take("second");

        // then
        assertThat(first.isTaken()).isTrue();
        assertThat(second.isTaken()).isTrue();
        assertThat(told).isEmpty();
    }

    @Test
    void othersGoOnInTheirOrderAsTurnsEnd() {
        // given
        var first = take("first");
        var second = take("second");
        var third = take("third");
        var fourth = take("fourth");

        // when
        second.end();
        boolean fourthWaits = !fourth.isTaken();
        first.end();

        // then
        assertThat(told).containsExactly("third waits", "fourth waits", "third goes on", "fourth goes on");
        assertThat(fourthWaits).isTrue();
        assertThat(third.isTaken()).isTrue();
        assertThat(fourth.isTaken()).isTrue();
    }

    @Test
    void turnEndsOnce() {
        // given
        var first = take("first");
        take("second");
        take("third");
        take("fourth");

        // when
        first.end();
        first.end();

        // then
        assertThat(told).containsExactly("third waits", "fourth waits", "third goes on");
        assertThat(first.isTaken()).isFalse();
    }

    @Test
    void whoGivesUpWaitingIsPassedOver() {
        // given
        var first = take("first");
        take("second");
        var third = take("third");
        take("fourth");

        // when
        third.end();
        first.end();

        // then
        assertThat(told).containsExactly("third waits", "fourth waits", "fourth goes on");
        assertThat(third.isTaken()).isFalse();
    }

    @Test
    void whoIsDoneAtOnceLetsTheNextGoOn() {
        // given
        var first = take("first");
        take("second");
        var turn = new Turns.Turn[1];
        turn[0] = turns.take(() -> {}, () -> turn[0].end());
        take("fourth");

        // when
        first.end();

        // then
        assertThat(told).containsExactly("fourth waits", "fourth goes on");
    }
}
