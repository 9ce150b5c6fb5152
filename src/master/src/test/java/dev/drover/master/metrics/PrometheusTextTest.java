package dev.drover.master.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.master.metrics.PrometheusText.BadPage;
import dev.drover.supervisor.metrics.Report;
import dev.drover.supervisor.metrics.Series;
import dev.drover.supervisor.metrics.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PrometheusTextTest {
    private static final String PAGE = """
            # HELP http_requests_total Requests,\\nall of them.
            # TYPE http_requests_total counter
            http_requests_total{method="post",code="200"} 1027 1395066363000
            http_requests_total{method="post",code="400",}    3
            # Something for people.
            # TYPE queue gauge
            queue -7.5e-1

            untyped{path="C:\\\\DIR\\n\\"x\\""} NaN
            # TYPE latency_seconds histogram
            latency_seconds_bucket{le="0.05"} 24054
            latency_seconds_bucket{le="1"} 133988
            latency_seconds_bucket{le="+Inf"} 144320
            latency_seconds_sum 53423
            latency_seconds_count 144320
            # TYPE rpc_seconds summary
            rpc_seconds{quantile="0.5"} 4773
            rpc_seconds_sum 1.7560473e+07
            rpc_seconds_count 2693
            """;

    private final List<String> refused = new ArrayList<>();

    private Report parsed(String page) throws BadPage {
        return PrometheusText.parse(page, refused::add);
    }

    @Test
    void aPageIsReadWhole() throws BadPage {
        // when
        var report = parsed(PAGE);

        // then
        assertThat(report.values())
                .containsOnly(
                        Map.entry(
                                Series.of("http_requests", Map.of("method", "post", "code", "200")),
                                new Value.Count(1027)),
                        Map.entry(
                                Series.of("http_requests", Map.of("method", "post", "code", "400")),
                                new Value.Count(3)),
                        Map.entry(Series.of("queue", Map.of()), new Value.Gauge(-0.75)),
                        Map.entry(Series.of("untyped", Map.of("path", "C:\\DIR\n\"x\"")), new Value.Gauge(Double.NaN)),
                        Map.entry(
                                Series.of("latency_seconds", Map.of()),
                                new Value.Distribution(List.of(0.05, 1.0), List.of(24054L, 133988L), 144320, 53423)),
                        Map.entry(
                                Series.of("rpc_seconds", Map.of()),
                                new Value.Distribution(List.of(), List.of(), 2693, 17560473)));
        assertThat(report.help()).containsEntry("http_requests", "Requests,\nall of them.");
        assertThat(refused).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "a|not a value, and at most a time",
                "a b|'b' is no number",
                "a 1 2 3|not a value, and at most a time",
                "a 1 x|'1 x' is no number",
                "a{|'=' is missing",
                "a{b}1|'=' is missing",
                "a{b=1} 1|'\"' is missing",
                "a{b=\"1} 1|a value of a label does not end",
                "a{b=\"1\" c=\"2\"} 1|',' is missing",
                "a{b=\"1\",b=\"2\"} 1|label b twice",
                "{a=\"b\"} 1|no name",
                "a 0x1p3|'0x1p3' is no number",
                "a Infinity|'Infinity' is no number"
            })
    void aLineThatIsNoneIsTold(String line, String why) {
        assertThatThrownBy(() -> parsed("good 1\n" + line + "\n"))
                .isInstanceOf(BadPage.class)
                .hasMessageStartingWith("line 2: ")
                .hasMessageContaining(why);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "drover_x 1",
                "a-b 1",
                "good{pool=\"x\"} 1",
                "# TYPE c_total counter\nc_total -1",
                "# TYPE c counter\nc NaN",
                "# TYPE h histogram\nh_bucket{le=\"x\"} 1",
                "# TYPE h histogram\nh_sum 1",
                "# TYPE h histogram\nh_bucket{le=\"1\"} 5\nh_bucket{le=\"2\"} 4\nh_sum 1\nh_count 5"
            })
    void aSeriesThatCannotBeIsLeftOutAndTold(String lines) throws BadPage {
        // when
        var report = parsed(lines + "\nfine 1\n");

        // then
        assertThat(report.values()).containsOnlyKeys(Series.of("fine", Map.of()));
        assertThat(refused).hasSize(1);
    }

    @Test
    void garbageIsABadPageOrAFewSeriesAndNothingElse() {
        // given
        var random = new Random(7);
        for (int round = 0; round < 2000; round++) {
            var page = new StringBuilder(PAGE);
            for (int i = 0; i < 1 + round % 5; i++) {
                int at = random.nextInt(page.length());
                page.setCharAt(at, (char)
                        (random.nextBoolean() ? random.nextInt(128) : "{}\",=\\ \n#".charAt(random.nextInt(9))));
            }
            // when
            try {
                // then
                assertThat(parsed(page.toString()).values()).hasSizeLessThan(20);
            } catch (BadPage bad) {
                assertThat(bad).hasMessageStartingWith("line ");
            }
        }
    }
}
