package dev.drover.master.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// `-Dgolden.write=true` (through `JAVA_TOOL_OPTIONS`) writes the table of the reference anew.
class MetricTest {
    private static final Path PAGE = Path.of("../../docs/reference/metrics.md");
    private static final String HEAD = "| --- | --- | --- | --- |\n";
    private static final String AFTER = "\n## ";

    @ParameterizedTest
    @EnumSource
    void namesKeepToTheConventionsOfPrometheus(Metric metric) {
        assertThat(metric.family())
                .startsWith(Metric.PREFIX)
                .matches("[a-z]+(_[a-z]+)*")
                .doesNotEndWith("_total")
                .doesNotContain("milli", "kibi", "percent");
        assertThat(metric.fullName().endsWith("_total")).isEqualTo(metric.type() == Metric.Type.COUNTER);
        assertThat(metric.labels())
                .isSubsetOf("pool", "worker", "socket", "cause", "state", "type", "version")
                .doesNotHaveDuplicates();
        assertThat(metric.help()).endsWith(".").doesNotContain("|");
    }

    @Test
    void noTwoHaveOneName() {
        assertThat(Arrays.stream(Metric.values()).map(Metric::fullName)).doesNotHaveDuplicates();
    }

    @Test
    void theReferenceHasTheTableOfTheCode() throws IOException {
        // given
        var page = Files.readString(PAGE);
        int begin = page.indexOf(HEAD) + HEAD.length();
        var expected = page.substring(0, begin) + MetricTable.rows() + page.substring(page.indexOf(AFTER, begin));

        // then
        if (Boolean.getBoolean("golden.write")) {
            Files.writeString(PAGE, expected);
        }
        assertThat(Files.readString(PAGE))
                .as("write it again with -Dgolden.write=true")
                .isEqualTo(expected);
    }
}
