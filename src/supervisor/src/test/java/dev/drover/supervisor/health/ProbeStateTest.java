package dev.drover.supervisor.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.supervisor.health.ProbeState.Verdict;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProbeStateTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private static Probe probe(int successes, int failures) {
        return new Probe(
                new ProbeAction.Session(),
                Duration.ZERO,
                Duration.ofSeconds(10),
                Duration.ofSeconds(1),
                successes,
                failures);
    }

    /// P passed, F failed, U unknown.
    private static ProbeState after(String answers, Probe probe) {
        var state = ProbeState.first(0);
        for (int i = 0; i < answers.length(); i++) {
            char answer = answers.charAt(i);
            state = state.answered(
                    probe,
                    switch (answer) {
                        case 'P' -> new ProbeResult.Passed();
                        case 'F' -> new ProbeResult.Failed("HTTP 500");
                        case 'U' -> new ProbeResult.Unknown();
                        default -> throw new IllegalArgumentException("no such answer: " + answer);
                    });
        }
        return state;
    }

    @ParameterizedTest
    @CsvSource({
        "'',      1, 3, UNDECIDED",
        "P,       1, 3, PASSED",
        "F,       1, 3, UNDECIDED",
        "FF,      1, 3, UNDECIDED",
        "FFF,     1, 3, FAILED",
        "FFFF,    1, 3, FAILED",
        "FFPFF,   1, 3, PASSED",
        "FFPFFF,  1, 3, FAILED",
        "FFUF,    1, 3, FAILED",
        "UUUU,    1, 1, UNDECIDED",
        "PU,      1, 1, PASSED",
        "F,       1, 1, FAILED",
        "P,       2, 3, UNDECIDED",
        "PFP,     2, 3, UNDECIDED",
        "PP,      2, 3, PASSED",
        "PUP,     2, 3, PASSED",
        "PPF,     2, 3, PASSED",
        "PPFFF,   2, 3, FAILED",
        "FFFP,    2, 3, FAILED",
        "FFFPP,   2, 3, PASSED",
        "FFFPFP,  2, 3, FAILED",
    })
    void answersInARowDecide(String answers, int successes, int failures, Verdict verdict) {
        assertThat(after(answers, probe(successes, failures)).verdict()).isEqualTo(verdict);
    }

    @Test
    void whatFailedIsTold() {
        assertThat(after("PF", probe(1, 3)).why()).isEqualTo("HTTP 500");
        assertThat(after("PFP", probe(1, 3)).why()).isEmpty();
    }

    @Test
    void theNextQuestionIsDueAPeriodAfterTheLastAndNotWhileThatIsOnItsWay() {
        // given
        var probe = probe(1, 3);

        // when
        var asked = ProbeState.first(5 * SECOND).asked(probe, 7 * SECOND);

        // then
        assertThat(asked.dueAt(100 * SECOND)).as("it is on its way").isFalse();
        var answered = asked.answered(probe, new ProbeResult.Passed());
        assertThat(answered.dueAt(17 * SECOND - 1)).isFalse();
        assertThat(answered.dueAt(17 * SECOND)).isTrue();
    }

    @Test
    void countsDoNotGrowForEver() {
        // given
        var probe = probe(2, 3);

        // when
        var state = after("PPPPPPPP", probe);

        // then
        assertThat(state).isEqualTo(after("PP", probe));
    }
}
