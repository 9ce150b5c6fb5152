package dev.drover.supervisor.output;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.posix.ExitStatus;
import dev.drover.posix.Pipe;
import dev.drover.posix.Signals;
import dev.drover.supervisor.Incarnation;
import dev.drover.supervisor.OutputPolicy;
import dev.drover.supervisor.OutputPolicy.WhenFull;
import dev.drover.supervisor.WorkerId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class OutputPumpTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration BOUND = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(200);
    private static final Incarnation WEB = new Incarnation(new WorkerId("web", 0), 1);
    private static final Incarnation OTHER = new Incarnation(new WorkerId("web", 1), 1);
    private static final OutputPolicy DROP = new OutputPolicy(5, 1024, WhenFull.DROP);
    private static final OutputPolicy BLOCK = new OutputPolicy(5, 1024, WhenFull.BLOCK);
    /// One line is in the hands of the sink.
    private static final int SHARE_LINES = LineQueue.MAX_LINES / LineQueue.SHARE - 1;

    private static final Pattern MARKER = Pattern.compile("\\.\\.\\. (\\d+) lines? dropped");

    private final CollectingSink sink = new CollectingSink();
    private final int descriptors = pipesAndPollers();
    private final OutputPump pump = new OutputPump(sink, InstantSource.fixed(NOW));

    @AfterEach
    void noDescriptorIsLeft() {
        sink.shut(false);
        pump.close();
        assertThat(pipesAndPollers()).isEqualTo(descriptors);
    }

    @Test
    void linesAreTaggedAndInOrder() throws Exception {
        try (var shell = Shell.start(pump.attach(WEB, DROP), "echo one; echo two; echo oops >&2; printf three")) {
            // when
            shell.awaitExit();
            var last = shell.capture().conclude(BOUND).get(10, SECONDS);
            pump.close();

            // then
            assertThat(last).containsExactlyInAnyOrder("one", "two", "three", "oops");
            assertThat(sink.lines())
                    .filteredOn(line -> line.stream() == OutputLine.Stream.STDOUT)
                    .containsExactlyElementsOf(
                            List.of(stdout(shell, "one"), stdout(shell, "two"), stdout(shell, "three")));
            assertThat(sink.lines()).contains(new OutputLine(WEB, shell.pid(), OutputLine.Stream.STDERR, "oops", NOW));
            assertThat(shell.capture().droppedLines()).isZero();
        }
    }

    private static OutputLine stdout(Shell shell, String text) {
        return new OutputLine(WEB, shell.pid(), OutputLine.Stream.STDOUT, text, NOW);
    }

    @Test
    void longLinesAreCutAndGoOn() throws Exception {
        try (var shell = Shell.start(pump.attach(WEB, DROP), "head -c 2500 /dev/zero | tr '\\0' x; echo; echo end")) {
            // when
            shell.awaitExit();
            var last = shell.capture().conclude(BOUND).get(10, SECONDS);

            // then
            assertThat(last).containsExactly("x".repeat(1024), "x".repeat(1024), "x".repeat(452), "end");
        }
    }

    @Test
    void lastWordsOfAKilledWorkerAreKept() throws Exception {
        try (var shell = Shell.start(pump.attach(WEB, DROP), "seq 1 2000; printf 'last words'; kill -9 $$")) {
            // when
            var status = shell.awaitExit();
            var last = shell.capture().conclude(BOUND).get(10, SECONDS);

            // then
            assertThat(status).isEqualTo(new ExitStatus.Killed(Signals.SIGKILL, false));
            assertThat(last).containsExactly("1997", "1998", "1999", "2000", "last words");
            assertThat(shell.capture().lastLines()).isEqualTo(last);
            assertThat(shell.capture().conclude(BOUND).get(10, SECONDS)).isEqualTo(last);
        }
    }

    @Test
    void linesWaitUntilTheProcessIsKnown() throws Exception {
        try (var streams = pump.attach(WEB, DROP)) {
            // given
            streams.stdout().write(ByteBuffer.wrap("early\n".getBytes(StandardCharsets.UTF_8)));
            try (var shell = Shell.start(pump.attach(OTHER, DROP), "echo other")) {
                sink.await(line -> line.text().equals("other"));
                assertThat(sink.textsOf(WEB)).isEmpty();

                // when
                streams.capture().started(shell.pid());

                // then
                sink.await(line -> line.equals(stdout(shell, "early")));
            }
        }
    }

    @Test
    void processThatWasNeverSpawnedLeavesNothing() throws Exception {

        // given
        int before = pipesAndPollers();
        var streams = pump.attach(WEB, DROP);

        // when
        streams.close();

        // then
        await("the read ends to be closed", () -> pipesAndPollers() == before);
        assertThat(streams.capture().conclude(BOUND).get(10, SECONDS)).isEmpty();
    }

    @Test
    void blockedSinkDoesNotHoldUpAWorkerWhoseLinesMayBeDropped() throws Exception {

        // given
        sink.shut(true);
        try (var shell = Shell.start(pump.attach(WEB, DROP), "seq 1 100000")) {
            // when
            shell.awaitExit();
            var last = shell.capture().conclude(BOUND).get(10, SECONDS);
            sink.shut(false);
            sink.await(line -> MARKER.matcher(line.text()).matches());
            pump.close();

            // then
            assertThat(last).containsExactly("99996", "99997", "99998", "99999", "100000");
            assertThat(shell.capture().droppedLines())
                    .isPositive()
                    .isEqualTo(pump.droppedLines())
                    .isEqualTo(markedIn(sink.textsOf(WEB)));
            assertThat(numbersIn(sink.textsOf(WEB))).isSorted().doesNotHaveDuplicates();
            assertThat(numbersIn(sink.textsOf(WEB)).size() + shell.capture().droppedLines())
                    .isEqualTo(100_000);
        }
    }

    @Test
    void markerStandsWhereLinesAreMissing() throws Exception {

        // given
        sink.shut(true);
        var go = Pipe.open();
        try (go;
                var shell =
                        Shell.start(pump.attach(WEB, DROP), "seq 1 20000; read line <&3; echo after", go.readEnd())) {
            await("lines to be dropped", () -> shell.capture().lastLines().contains("20000"));

            // when
            sink.shut(false);
            sink.await(line -> MARKER.matcher(line.text()).matches());
            go.writeEnd().close();
            sink.await(line -> line.text().equals("after"));

            // then
            var texts = sink.textsOf(WEB);
            int marker = IntStream.range(0, texts.size())
                    .filter(i -> MARKER.matcher(texts.get(i)).matches())
                    .findFirst()
                    .orElseThrow();
            assertThat(texts.subList(0, marker))
                    .isEqualTo(IntStream.rangeClosed(1, marker)
                            .mapToObj(Integer::toString)
                            .toList());
            assertThat(texts.subList(marker, texts.size()))
                    .containsExactly("... " + (20_000 - marker) + " lines dropped", "after");
        }
    }

    @Test
    void blockedSinkHoldsUpOnlyTheWorkerThatMustNotLoseLines() throws Exception {

        // given
        sink.shut(true);
        try (var held = Shell.start(pump.attach(WEB, BLOCK), "seq 1 100000");
                var other = Shell.start(pump.attach(OTHER, DROP), "seq 1 100000")) {
            // when
            other.awaitExit();
            other.capture().conclude(BOUND).get(10, SECONDS);
            await("the queue to hold a share", () -> pump.waitingLines() >= SHARE_LINES);
            boolean wasHeld = held.isRunning();
            sink.shut(false);
            held.awaitExit();
            var last = held.capture().conclude(BOUND).get(10, SECONDS);
            pump.close();

            // then
            assertThat(wasHeld).isTrue();
            assertThat(held.capture().droppedLines()).isZero();
            assertThat(sink.textsOf(WEB))
                    .isEqualTo(IntStream.rangeClosed(1, 100_000)
                            .mapToObj(Integer::toString)
                            .toList());
            assertThat(last).containsExactly("99996", "99997", "99998", "99999", "100000");
            assertThat(other.capture().droppedLines()).isPositive();
        }
    }

    @Test
    void accountOfABlockedWorkerIsBounded() throws Exception {

        // given
        sink.shut(true);
        try (var shell = Shell.start(pump.attach(WEB, BLOCK), "seq 1 2500; kill -9 $$")) {
            shell.awaitExit();

            // when
            var last = shell.capture().conclude(SHORT).get(10, SECONDS);

            // then
            assertThat(last).containsExactly("2496", "2497", "2498", "2499", "2500");
            assertThat(shell.capture().droppedLines()).isPositive();
            sink.shut(false);
            sink.await(line -> MARKER.matcher(line.text()).matches());
            assertThat(numbersIn(sink.textsOf(WEB)).size() + markedIn(sink.textsOf(WEB)))
                    .isEqualTo(2500);
        }
    }

    @Test
    void descendantThatHoldsThePipeHoldsNobody() throws Exception {
        var go = Pipe.open();
        try (go;
                var shell = Shell.start(
                        pump.attach(WEB, BLOCK), "(read line <&3; echo late) & printf 'last words'", go.readEnd())) {
            // given
            shell.awaitExit();

            // when
            var last = shell.capture().conclude(BOUND).get(10, SECONDS);
            go.writeEnd().close();

            // then
            assertThat(last).containsExactly("last words");
            sink.await(line -> line.text().equals("late"));
            await("it to be kept", () -> shell.capture().lastLines().equals(List.of("last words", "late")));
        }
    }

    @Test
    void eightWritersAtFullSpeedStayWithinTheBounds() throws Exception {

        // given
        sink.shut(true);
        var shells = new ArrayList<Shell>();
        for (int i = 0; i < 8; i++) {
            var policy = i % 2 == 0 ? DROP : new OutputPolicy(5, 16384, WhenFull.DROP);
            var script = i % 2 == 0 ? "yes | head -c 4000000" : "head -c 8000000 /dev/zero | tr '\\0' x";
            shells.add(Shell.start(pump.attach(new Incarnation(new WorkerId("web", i), 1), policy), script));
        }

        // when
        int highest = 0;
        for (var shell : shells) {
            shell.awaitExit();
            highest = Math.max(highest, pump.waitingBytes());
            assertThat(pump.waitingLines()).isLessThanOrEqualTo(LineQueue.MAX_LINES);
        }
        sink.shut(false);

        // then
        assertThat(highest).isPositive().isLessThanOrEqualTo(LineQueue.MAX_BYTES);
        for (var shell : shells) {
            shell.capture().conclude(BOUND).get(10, SECONDS);
        }
        pump.close();
        for (var shell : shells) {
            assertThat(shell.capture().droppedLines())
                    .isEqualTo(markedIn(sink.textsOf(shell.capture().incarnation())));
            shell.close();
        }
    }

    @Test
    void closeReadsAndWritesWhatIsThere() {
        try (var shell = Shell.start(pump.attach(WEB, BLOCK), "seq 1 5000; exec sleep 60")) {
            await("the lines", () -> shell.capture().lastLines().contains("5000"));

            // when
            pump.close();

            // then
            assertThat(sink.textsOf(WEB)).hasSize(5000);
            assertThat(pump.waitingLines()).isZero();
            assertThatThrownBy(() -> pump.attach(OTHER, DROP))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("cannot capture the output of web-1.1: the pump is closed");
        }
    }

    @Test
    void closeGivesUpOnASinkThatBlocks() {
        sink.shut(true);
        var hasty = new OutputPump(sink, InstantSource.fixed(NOW), SHORT);
        try (var shell = Shell.start(hasty.attach(WEB, BLOCK), "seq 1 100000")) {
            await("the queue to fill", () -> hasty.waitingLines() >= SHARE_LINES);
            var asked = shell.capture().conclude(BOUND);

            // when
            hasty.close();

            // then
            assertThat(hasty.waitingLines()).isPositive();
            assertThat(asked).isCompleted();
        }
    }

    @Test
    void lineTheSinkThrowsAtIsCounted() throws Exception {
        OutputSink broken = line -> {
            if (line.text().equals("bad")) {
                throw new IllegalStateException("broken");
            }
            sink.write(line);
        };
        try (var other = new OutputPump(broken, InstantSource.fixed(NOW));
                var shell = Shell.start(other.attach(WEB, DROP), "echo bad; echo bad; echo good")) {
            // when
            sink.await(line -> line.text().equals("good"));

            // then
            assertThat(shell.capture().droppedLines()).isEqualTo(2);
        }
    }

    @Test
    void askingBeforeTheEndTellsNothingTooEarly() throws Exception {
        sink.shut(true);
        try (var shell = Shell.start(pump.attach(WEB, BLOCK), "seq 1 100000")) {
            await("the queue to fill", () -> pump.waitingLines() >= SHARE_LINES);

            // when
            var asked = shell.capture().conclude(BOUND);

            // then
            assertThatThrownBy(() -> asked.get(50, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
            sink.shut(false);
            assertThat(asked.get(10, SECONDS)).isNotEmpty();
        }
    }

    private static List<Integer> numbersIn(List<String> texts) {
        return texts.stream()
                .filter(text -> !MARKER.matcher(text).matches())
                .map(Integer::valueOf)
                .toList();
    }

    private static long markedIn(List<String> texts) {
        return texts.stream()
                .map(MARKER::matcher)
                .filter(Matcher::matches)
                .mapToLong(marker -> Long.parseLong(marker.group(1)))
                .sum();
    }

    private static void await(String what, BooleanSupplier there) {
        long deadline = System.nanoTime() + BOUND.toNanos();
        while (!there.getAsBoolean()) {
            assertThat(System.nanoTime() - deadline).as("waited for " + what).isNegative();
            LockSupport.parkNanos(1_000_000);
        }
    }

    private static int pipesAndPollers() {
        try (var entries = Files.list(Path.of("/proc/self/fd"))) {
            return (int) entries.filter(OutputPumpTest::isPipeOrPoller).count();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static boolean isPipeOrPoller(Path entry) {
        try {
            var target = Files.readSymbolicLink(entry).toString();
            return target.startsWith("pipe:") || target.startsWith("anon_inode:");
        } catch (IOException _) {
            // The descriptor through which the directory is read, or one that was closed meanwhile.
            return false;
        }
    }
}
