package dev.drover.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Timestamp;
import com.google.rpc.Code;
import dev.drover.cli.fixtures.Cli.Ran;
import dev.drover.cli.fixtures.FakeMaster;
import dev.drover.protocol.control.v1.LogLine;
import dev.drover.protocol.control.v1.ReadLogsRequest;
import dev.drover.protocol.control.v1.ReadLogsResponse;
import dev.drover.protocol.control.v1.Worker;
import dev.drover.protocol.pool.v1.Metadata;
import dev.drover.protocol.pool.v1.WorkerPool;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `drover logs`, against a master that only speaks.
class LogsVerbTest extends VerbTest {

    @BeforeEach
    void start() {
        master.pools = List.of(pool("web"), pool("idle"), pool("web-0"));
        master.workers = List.of(worker("web", 0), worker("web", 1));
        master.logs = List.of(
                ReadLogsResponse.newBuilder()
                        .addLines(line("web-0", "one"))
                        .addLines(line("web-1", "\ttwo"))
                        .build(),
                ReadLogsResponse.newBuilder()
                        .setLost(7)
                        .addLines(line("web-0", "three"))
                        .build());
    }

    private static WorkerPool pool(String name) {
        return WorkerPool.newBuilder()
                .setMetadata(Metadata.newBuilder().setName(name))
                .build();
    }

    private static Worker worker(String pool, int ordinal) {
        return Worker.newBuilder()
                .setName(pool + "-" + ordinal)
                .setPool(pool)
                .setOrdinal(ordinal)
                .build();
    }

    private static LogLine line(String worker, String text) {
        return LogLine.newBuilder()
                .setWorker(worker)
                .setTime(Timestamp.newBuilder().setSeconds(1_767_268_800).setNanos(6_000_000))
                .setText(text)
                .build();
    }

    @Test
    void linesOfAWorkerStandAloneAndWhatWasLostIsTold() {
        // when
        var ran = cli.run("logs", "web-0");

        // then
        assertThat(ran).isEqualTo(new Ran(0, """
                        one
                        \ttwo
                        three
                        """, "drover: 7 lines lost: they came faster than they were read\n"));
        assertThat(master.asked)
                .containsExactly(ReadLogsRequest.newBuilder().setWorker("web-0").build());
    }

    @Test
    void linesOfAPoolCarryTheWorkersName() {
        // when
        var ran = cli.run("logs", "web", "-f", "--tail", "0");

        // then
        assertThat(ran.out()).isEqualTo("""
                [web-0] one
                [web-1] \ttwo
                [web-0] three
                """);
        assertThat(master.asked)
                .containsExactly(ReadLogsRequest.newBuilder()
                        .setPool("web")
                        .setFollow(true)
                        .setTail(0)
                        .build());
    }

    @Test
    void prefixAndTimeAreAsWithKubectl() {
        // when
        var ran = cli.run("logs", "worker/web-0", "-p", "--prefix", "--timestamps");

        // then
        assertThat(ran.out()).startsWith("[web-0] 2026-01-01T12:00:00.006Z one\n");
        assertThat(master.asked)
                .containsExactly(ReadLogsRequest.newBuilder()
                        .setWorker("web-0")
                        .setPrevious(true)
                        .build());
    }

    @Test
    void aPoolThatIsCalledAsAWorkerIsAskedForByItsKind() {
        // when
        cli.run("logs", "pool/web-0");

        // then
        assertThat(master.asked)
                .containsExactly(ReadLogsRequest.newBuilder().setPool("web-0").build());
    }

    @Test
    void whatIsNotThereIsTold() {
        // when
        var nobody = cli.run("logs", "shop");
        master.logs = List.of();
        master.refusal =
                Optional.of(FakeMaster.refused(Code.NOT_FOUND, "NO_PREVIOUS", "no incarnation of pool idle has ended"));
        var none = cli.run("logs", "idle", "--previous");

        // then
        assertThat(nobody)
                .isEqualTo(new Ran(
                        3,
                        "",
                        "drover: cannot read the logs of shop: no worker or pool of that name; 'drover get workers' shows"
                                + " the workers, 'drover get pools' the pools\n"));
        assertThat(none)
                .isEqualTo(new Ran(
                        3,
                        "",
                        "drover: cannot read the logs of idle: no incarnation of pool idle has ended; without --previous"
                                + " 'drover logs' shows what runs\n"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"web-0 --tail -2", "web-0 -f -p", "socket/web-0", "pool/", "web-0 --tail many", "", "web-0 web-1"
            })
    void whatCannotBeMeantIsAUsageError(String arguments) {
        // when
        var ran = cli.run(("logs " + arguments).strip().split(" "));

        // then
        assertThat(ran.code()).isEqualTo(2);
        assertThat(ran.err()).startsWith("drover: cannot ").hasLineCount(1);
        assertThat(master.asked).isEmpty();
    }
}
