package dev.drover.supervisor.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class GroupOrderTest {
    private static final GroupOrder FOUR = new GroupOrder(List.of(0, 1, 2, 3));

    @Test
    void whoBeginsToListenComesLast() {
        assertThat(GroupOrder.EMPTY.listened(2).listened(0).shards()).containsExactly(2, 0);
    }

    @Test
    void thePlaceOfAClosedShardIsTakenByTheLast() {
        assertThat(FOUR.closed(1).shards()).containsExactly(0, 3, 2);
        assertThat(FOUR.closed(1).indexOf(3)).isEqualTo(1);
    }

    @Test
    void theLastShardLeavesNoGap() {
        assertThat(FOUR.closed(3).shards()).containsExactly(0, 1, 2);
        assertThat(GroupOrder.EMPTY.listened(7).closed(7).isEmpty()).isTrue();
    }

    @Test
    void theOrderOfShutdownsMatters() {
        assertThat(FOUR.closed(0).closed(1)).isNotEqualTo(FOUR.closed(1).closed(0));
    }

    @Test
    void mistakesAreRefused() {
        assertThatThrownBy(() -> FOUR.listened(3)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> FOUR.closed(4)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> FOUR.indexOf(4)).isInstanceOf(IllegalArgumentException.class);
    }
}
