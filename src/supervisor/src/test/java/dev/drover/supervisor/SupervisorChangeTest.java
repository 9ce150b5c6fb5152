package dev.drover.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What is wanted of pools while they run. Their workers are never ready, and there is a fork beside them.
class SupervisorChangeTest {
    private static final List<String> COMMAND = List.of("/bin/sh", "-c", "exec sleep 1000");

    private final Supervisor supervisor = Supervisor.start();

    @BeforeEach
    void open() {
        supervisor.open(List.of(PoolSpec.of("web", 1, COMMAND), PoolSpec.of("jobs", 2, COMMAND)));
        supervisor.fork(Fork.of("child", COMMAND));
    }

    @AfterEach
    void close() {
        supervisor.close();
    }

    private int replicas(String pool) {
        return supervisor.snapshot().pool(pool).orElseThrow().spec().replicas();
    }

    private static List<PoolSpec> doubled(List<PoolSpec> now) {
        return now.stream().map(spec -> spec.withReplicas(2 * spec.replicas())).toList();
    }

    @Test
    void aPlanTellsWhatAChangeWouldDoAndDoesNothing() {
        // when
        var plan = supervisor.plan(SupervisorChangeTest::doubled);

        // then
        assertThat(plan.lines()).containsExactly("pool jobs: replicas 2 -> 4", "pool web: replicas 1 -> 2");
        assertThat(replicas("web")).isEqualTo(1);
    }

    @Test
    void aWishIsOfWhatIsWantedAtThatMoment() {
        // given
        supervisor.scale("web", 3);

        // when
        var outcome = supervisor.change(SupervisorChangeTest::doubled);

        // then
        assertThat(outcome)
                .isEqualTo(
                        new ChangeOutcome.Applied(List.of("pool jobs: replicas 2 -> 4", "pool web: replicas 3 -> 6")));
        assertThat(replicas("web")).isEqualTo(6);
    }

    @Test
    void aScaleTellsHowManyWereWanted() {
        assertThat(supervisor.scale("web", 0)).isEqualTo(OptionalInt.of(1));
        assertThat(supervisor.scale("web", 0)).isEqualTo(OptionalInt.of(0));
        assertThat(supervisor.snapshot().pool("web").orElseThrow().generation()).isEqualTo(2);
        assertThat(supervisor.scaleBy("web", -1)).isTrue();
        assertThat(replicas("web")).isZero();
    }

    @Test
    void aForkIsNeverScaled() {
        assertThat(supervisor.scale("child", 2)).isEmpty();
        assertThat(supervisor.scale("nobody", 2)).isEmpty();
        assertThat(supervisor.scaleBy("child", 1)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, PoolSpec.MAX_REPLICAS + 1})
    void aNumberOfWorkersHasBounds(int replicas) {
        assertThatThrownBy(() -> supervisor.scale("web", replicas))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("cannot scale pool web: replicas " + replicas + " is not within 0..1000");
    }
}
