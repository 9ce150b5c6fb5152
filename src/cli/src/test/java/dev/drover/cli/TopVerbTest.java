package dev.drover.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.cli.fixtures.Cli.Ran;
import dev.drover.protocol.control.v1.ListUsageResponse;
import dev.drover.protocol.control.v1.Usage;
import dev.drover.protocol.control.v1.WorkerUsage;
import dev.drover.protocol.worker.v1.Load;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// `drover top`, against a master that only speaks.
class TopVerbTest extends VerbTest {

    private static final int MIB = 1 << 20;

    private static final WorkerUsage BUSY = WorkerUsage.newBuilder()
            .setName("web-0")
            .setPool("web")
            .setIncarnation(2)
            .setUsage(Usage.newBuilder().setCpuCores(0.2504).setRssBytes(63 * MIB + 5))
            .setLoad(Load.newBuilder().setConnections(17).setInFlight(2))
            .setRestarts(1)
            .setMessagesSent(10)
            .setMessagesReceived(3)
            .build();

    private static final WorkerUsage NEXT = BUSY.toBuilder()
            .setIncarnation(3)
            .setUsage(Usage.newBuilder().setRssBytes(50L * MIB))
            .clearLoad()
            .build();

    private static final WorkerUsage IDLE = WorkerUsage.newBuilder()
            .setName("jobs-0")
            .setPool("jobs")
            .setUsage(Usage.newBuilder().setCpuCores(0).setRssBytes(200L * MIB))
            .setRestarts(4)
            .build();

    private static final ListUsageResponse USAGE = ListUsageResponse.newBuilder()
            .setMaster(Usage.newBuilder().setCpuCores(1.5).setRssBytes(100L * MIB))
            .addWorkers(IDLE)
            .addWorkers(BUSY)
            .addWorkers(NEXT)
            .build();

    @BeforeEach
    void haveWorkers() {
        master.usages = List.of(USAGE);
    }

    @Test
    void itIsATableWhereThereIsNoTerminal() {
        assertThat(cli.run("top")).isEqualTo(ok("""
                NAME     CPU(cores)   MEMORY(bytes)   CONNECTIONS   IN-FLIGHT   SENT     RECEIVED   RESTARTS
                master   1500m        100Mi           <none>        <none>      <none>   <none>     <none>
                jobs-0   0m           200Mi           <none>        <none>      0        0          4
                web-0    250m         63Mi            17            2           10       3          1
                web-0    <unknown>    50Mi            <none>        <none>      10       3          1
                """));
    }

    @Test
    void workersOfAPoolAreAddedUpAndAPlaceCountsOnce() {
        assertThat(cli.run("top", "pools", "--no-headers")).isEqualTo(ok("""
                master   1500m   100Mi   <none>   <none>   <none>   <none>   <none>
                jobs     0m      200Mi   <none>   <none>   0        0        4
                web      250m    113Mi   17       2        20       6        1
                """));
    }

    @ParameterizedTest
    @CsvSource({
        "cpu, web-0",
        "memory, jobs-0",
        "connections, web-0",
        "in-flight, web-0",
        "messages, web-0",
        "restarts, jobs-0"
    })
    void theMostComesFirstBehindTheMaster(String order, String first) {
        // when
        Ran ran = cli.run("top", "workers", "--sort-by", order, "--no-headers");

        // then
        assertThat(ran.out().lines().map(line -> line.split(" ", 2)[0])).startsWith("master", first);
    }

    @Test
    void onATerminalItIsDrawnAgainUntilQ() throws IOException {
        // given somebody who presses q when the second page is drawn, and another key before
        var told = new ArrayList<String>();
        var keys = new PipedOutputStream();
        var read = new PipedInputStream(keys);
        keys.write('x');
        cli.interactive().input(read).stty(arguments -> {
            told.add(String.join(" ", arguments));
            if (arguments[0].equals("size") && Collections.frequency(told, "size") == 2) {
                press(keys);
            }
            return Optional.of(arguments[0].equals("size") ? "7 40" : "saved");
        });

        // when
        Ran ran = cli.run("top");

        // then
        assertThat(ran.code()).isEqualTo(ExitCode.OK);
        assertThat(ran.out())
                .startsWith("\033[?1049h\033[?25l\033[H3 workers and the master: 1750m CPU, 413")
                .endsWith("\033[J\033[?25h\033[?1049l")
                .contains("\r\n... 2 more: enlarge the window, or choos\033[K");
        assertThat(ran.out().split("\033\\[H", -1)).hasSize(3);
        assertThat(ran.out()
                        .replaceAll("\033\\[[?0-9]*[a-zA-Z]", "")
                        .replace("... ", "\n... ")
                        .replace("choos", "choos\n")
                        .lines())
                .allMatch(line -> line.length() <= 40);
        assertThat(told).startsWith("-g", "-icanon -echo min 1", "size").endsWith("saved");
    }

    private static void press(OutputStream keys) {
        try {
            keys.write('q');
            keys.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aTerminalThatCanDoNothingAndOnceAreShownItOnce() {
        // when
        Ran dumb = cli.interactive().with("TERM", "dumb").run("top");
        Ran once = cli.with("TERM", "xterm").run("top", "--once");

        // then
        assertThat(dumb).isEqualTo(once);
        assertThat(once.out()).startsWith("NAME ").doesNotContain("\033");
    }
}
