package dev.drover.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class LoopTest {
    private static final Duration BOUND = Duration.ofSeconds(5);

    @Test
    void theLoopOutlivesAHandlerThatFailsInWhateverWay() throws InterruptedException {
        // given
        var loop = new Loop();
        loop.start();

        // when
        loop.post(() -> {
            throw new StackOverflowError("too deep");
        });

        // then
        assertThat(loop.ask(() -> 42, BOUND)).isEqualTo(42);
        assertThatThrownBy(() -> loop.ask(
                        () -> {
                            throw new StackOverflowError("too deep");
                        },
                        BOUND))
                .hasRootCauseInstanceOf(StackOverflowError.class);
        loop.post(loop::end);
        assertThat(loop.awaitEnd(BOUND)).isTrue();
    }
}
