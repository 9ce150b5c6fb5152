package dev.drover.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.it.fixtures.Control;
import dev.drover.it.fixtures.DroverProcess;
import dev.drover.it.fixtures.Drovers;
import dev.drover.it.fixtures.Load;
import dev.drover.it.fixtures.Loader;
import dev.drover.it.fixtures.Pools;
import dev.drover.it.fixtures.Procs;
import dev.drover.it.fixtures.Scrape;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// The page of metrics of a real master.
@Tag("slow")
class MetricsTest {
    private static final int MANY = 64;
    private static final Duration LONGEST_SCRAPE = Duration.ofSeconds(1);

    @RegisterExtension
    final Drovers drovers = new Drovers();

    @TempDir
    Path directory;

    @Test
    void whatWorkersDoIsTold() throws Exception {
        // given
        var pool = Pools.hello(2);
        var drover = drovers.run(
                "--management-address",
                "127.0.0.1:0",
                "-f",
                pool.write(directory).toString());
        drover.awaitReady(pool.address(), 2);

        // when
        Procs.signal(drover.workers().getFirst().pid(), "KILL");
        drover.awaitLog("Worker ready worker=web-0.2");
        drover.until(
                "it is steered to, gives signs of life and answers pings",
                () -> Scrape.of(drover, "")
                                .value("drover_worker_heartbeat_age_seconds{pool=\"web\",worker=\"web-0\"}")
                                .isPresent()
                        && Scrape.of(drover, "")
                                .value("drover_worker_session_round_trip_seconds{pool=\"web\",worker=\"web-0\"}")
                                .isPresent()
                        && Scrape.of(drover, "")
                                        .value("drover_worker_shard_weight{pool=\"web\",worker=\"web-0\"}")
                                        .orElse(0)
                                == 1);
        var scrape = Scrape.of(drover, "application/openmetrics-text; version=1.0.0");

        // then
        assertThat(scrape.contentType()).startsWith("application/openmetrics-text; version=1.0.0");
        assertThat(scrape.text()).endsWith("# EOF\n");
        assertThat(scrape.value("drover_pool_ready_replicas{pool=\"web\"}")).hasValue(2);
        assertThat(scrape.value("drover_pool_exits_total{cause=\"Signal\",pool=\"web\"}"))
                .hasValue(1);
        assertThat(scrape.value("drover_worker_exits_total{cause=\"Signal\",pool=\"web\",worker=\"web-0\"}"))
                .hasValue(1);
        assertThat(scrape.value("drover_worker_exits_total{cause=\"Signal\",pool=\"web\",worker=\"web-1\"}"))
                .hasValue(0);
        assertThat(scrape.value("drover_worker_restarts_total{pool=\"web\",worker=\"web-0\"}"))
                .hasValue(1);
        assertThat(scrape.value("drover_worker_resident_memory_bytes{pool=\"web\",worker=\"web-1\"}")
                        .orElseThrow())
                .isGreaterThan(10 << 20);
        assertThat(scrape.value("drover_master_resident_memory_bytes").orElseThrow())
                .isGreaterThan(10 << 20);
        assertThat(scrape.value("drover_master_loop_wait_seconds_count").orElseThrow())
                .isPositive();
    }

    @Test
    void handoversOfADispatchedSocketAreCounted() throws Exception {
        // given
        var pool = Pools.hello(2).socket("distribution: {mode: Dispatched}");
        var drover = drovers.run(
                "--management-address",
                "127.0.0.1:0",
                "-f",
                pool.write(directory).toString());
        drover.awaitReady(pool.address(), 2);

        // when
        var answered =
                Loader.run(Load.perConnection(pool.address()).requests(20)).answered();

        // then
        assertThat(answered).isEqualTo(20);
        drover.until(
                "each is counted, and those before",
                () -> Scrape.of(drover, "")
                                .value("drover_socket_handover_seconds_count{pool=\"web\",socket=\"http\"}")
                                .orElse(0)
                        > 20);
        assertThat(Scrape.of(drover, "")
                        .value("drover_socket_redeliveries_total{cause=\"Died\",pool=\"web\",socket=\"http\"}"))
                .hasValue(0);
    }

    @Test
    void whatApplicationsMeasureIsAddedUpOverWorkersAndTheirRestarts() throws Exception {
        // given
        var pool = Pools.counting(2);
        var drover = drovers.run(
                "--management-address",
                "127.0.0.1:0",
                "-f",
                pool.write(directory).toString());
        awaitValue(drover, "shop_starts_total{pool=\"web\"}", 2);

        // when
        Procs.signal(drover.workers().getFirst().pid(), "KILL");

        // then
        awaitValue(drover, "shop_starts_total{pool=\"web\"}", 3);
        awaitValue(drover, "shop_number{pool=\"web\",worker=\"web-0\"}", 2);
        awaitValue(drover, "shop_number{pool=\"web\",worker=\"web-1\"}", 1);
        awaitValue(drover, "shop_work_seconds_bucket{pool=\"web\",le=\"1.0\"}", 3);
        awaitValue(drover, "shop_work_seconds_sum{pool=\"web\"}", 1.5);

        // when
        drover.awaitLog("Worker ready worker=web-0.2");
        try (var control = Control.of(drover)) {
            control.restart("web-1");
        }

        // then: what it counted while it left is there too
        awaitValue(drover, "shop_drains_total{pool=\"web\"}", 1);
        awaitValue(drover, "shop_starts_total{pool=\"web\"}", 4);
    }

    @Test
    void pagesOfOtherProgramsAreAddedUpTheSameWay() throws Exception {
        // given
        var pool = Pools.systemd(2, "python3", Pools.program("measuring.py"))
                .template("readyWhen: Started")
                .template("env: [{name: PAGES, value: '" + directory + "'}]")
                .spec("metrics: {path: '" + directory + "/$(DROVER_WORKER).$(DROVER_INCARNATION)'}");
        var drover = drovers.run(
                "--management-address",
                "127.0.0.1:0",
                "-f",
                pool.write(directory).toString());
        awaitValue(drover, "tool_starts_total{pool=\"web\"}", 2);

        // when
        Procs.signal(drover.workers().getFirst().pid(), "KILL");

        // then
        awaitValue(drover, "tool_starts_total{pool=\"web\"}", 3);
        awaitValue(drover, "tool_number{pool=\"web\",worker=\"web-0\"}", 2);
        awaitValue(drover, "drover_worker_page_up{pool=\"web\",worker=\"web-0\"}", 1);
    }

    private static void awaitValue(DroverProcess drover, String series, double value) {
        drover.until(
                series + " " + value, () -> Scrape.of(drover, "").value(series).orElse(-1) == value);
    }

    @Test
    void aScrapeOfManyWorkersIsQuick() throws Exception {
        // given
        var pool = Pools.systemd(MANY, "sleep", "1000").template("readyWhen: Started");
        var drover = drovers.run(
                "--management-address",
                "127.0.0.1:0",
                "-f",
                pool.write(directory).toString());
        drover.until(
                MANY + " ready",
                () -> Scrape.of(drover, "")
                                .value("drover_pool_ready_replicas{pool=\"web\"}")
                                .orElse(0)
                        == MANY);

        // when
        var scrape = Scrape.of(drover, "");
        for (int i = 0; i < 20; i++) {
            var next = Scrape.of(drover, "");
            scrape = next.took().compareTo(scrape.took()) < 0 ? next : scrape;
        }

        // then
        System.getLogger(MetricsTest.class.getName())
                .log(
                        System.Logger.Level.INFO,
                        "A scrape of {0} workers: {1} series, {2} ms",
                        MANY,
                        scrape.size(),
                        scrape.took().toMillis());
        assertThat(scrape.size()).isGreaterThan(MANY * 8);
        assertThat(scrape.took()).isLessThan(LONGEST_SCRAPE);
    }
}
