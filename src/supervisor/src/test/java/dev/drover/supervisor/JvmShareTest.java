package dev.drover.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What a worker is told of the machine it shares.
class JvmShareTest {
    private static final JvmShare SHARE = new JvmShare(2, 18);

    @ParameterizedTest
    @CsvSource({"4, 8, 2, 18", "4, 6, 2, 18", "8, 2, 1, 9", "1, 8, 8, 25", "0, 8, 8, 25", "1000, 4, 1, 1"})
    void shareIsTheMachineByItsWorkers(int workers, int cpus, int processors, int percentage) {
        assertThat(JvmShare.of(workers, cpus)).isEqualTo(new JvmShare(processors, percentage));
    }

    @ParameterizedTest
    @ValueSource(strings = {"java", "/opt/java/bin/java"})
    void jvmIsToldBeforeEverythingElse(String java) {
        assertThat(SHARE.toldTo(List.of(java, "-jar", "app.jar"), Map.of()))
                .containsExactly(java, "-XX:ActiveProcessorCount=2", "-XX:MaxRAMPercentage=18", "-jar", "app.jar");
    }

    @Test
    void otherProgramsAreToldNothing() {
        var command = List.of("node", "java");
        assertThat(SHARE.toldTo(command, Map.of())).isEqualTo(command);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-Xmx32m", "-XX:MaxHeapSize=1g", "-XX:MaxRAMPercentage=50", "-XX:MaxRAM=2g"})
    void heapOfTheTemplateStays(String flag) {
        assertThat(SHARE.toldTo(List.of("java", flag, "App"), Map.of()))
                .containsExactly("java", "-XX:ActiveProcessorCount=2", flag, "App");
    }

    @Test
    void processorsOfTheTemplateStay() {
        assertThat(SHARE.toldTo(List.of("java", "-XX:ActiveProcessorCount=7", "App"), Map.of()))
                .containsExactly("java", "-XX:MaxRAMPercentage=18", "-XX:ActiveProcessorCount=7", "App");
    }

    @ParameterizedTest
    @ValueSource(strings = {"JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"})
    void whatAVariableSaysStays(String variable) {
        var environment = Map.of(variable, "-ea  -Xmx1g -XX:ActiveProcessorCount=3");
        var command = List.of("java", "App");
        assertThat(SHARE.toldTo(command, environment)).isEqualTo(command);
    }
}
