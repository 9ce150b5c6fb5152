package dev.drover.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WorkerEnvironmentTest {
    private final Map<String, String> variables = new HashMap<>(Map.of(
            "DROVER_RUN_DIR", "/run/drover",
            "DROVER_POOL", "web",
            "DROVER_WORKER", "web-3",
            "DROVER_ORDINAL", "3",
            "DROVER_INCARNATION", "7",
            "DROVER_TOKEN", "secret"));

    @Test
    void everythingIsReadAndTheTokenStaysOutOfLogs() {
        // when
        var environment = WorkerEnvironment.of(variables);

        // then
        assertThat(environment)
                .isEqualTo(new WorkerEnvironment(Path.of("/run/drover"), "web", "web-3", 3, 7, "secret"));
        assertThat(environment.handlesSocket()).isEqualTo(Path.of("/run/drover/attach/handles.sock"));
        assertThat(environment.toString()).contains("web-3").doesNotContain("secret");
    }

    @Test
    void whatIsMissingIsNamedWithTheWayToStartAWorker() {
        // given
        variables.remove("DROVER_TOKEN");
        variables.put("DROVER_POOL", "");

        // when
        assertThatThrownBy(() -> WorkerEnvironment.of(variables))
                // then
                .isInstanceOf(WorkerException.class)
                .hasMessageContaining("DROVER_POOL, DROVER_TOKEN not set")
                .hasMessageContaining("drover run -f pool.yaml");
    }

    @ParameterizedTest
    @CsvSource({"DROVER_ORDINAL, -1", "DROVER_INCARNATION, 0", "DROVER_ORDINAL, first"})
    void aNumberThatIsNoneIsRefused(String name, String value) {
        // given
        variables.put(name, value);

        // when
        assertThatThrownBy(() -> WorkerEnvironment.of(variables))
                // then
                .isInstanceOf(WorkerException.class)
                .hasMessageContaining(name + " is '" + value + "'");
    }
}
