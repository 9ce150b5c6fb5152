package dev.drover.supervisor.output;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.supervisor.Incarnation;
import dev.drover.supervisor.WorkerId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class OutputLogTest {
    private static final WorkerId WEB_0 = new WorkerId("web", 0);
    private static final WorkerId WEB_1 = new WorkerId("web", 1);
    private static final LogScope WEB = LogScope.of("web");
    private static final int ALL = Integer.MAX_VALUE;
    private static final int FEW = 5;

    private final OutputLog log = new OutputLog();

    private KeptLines begin(WorkerId worker, int number) {
        return log.begin(new Incarnation(worker, number), FEW);
    }

    private void write(KeptLines kept, String... texts) {
        for (var text : texts) {
            log.add(kept, new OutputLine(kept.incarnation(), 1, OutputLine.Stream.STDOUT, text, Instant.EPOCH));
        }
    }

    private static LogReader.Batch take(LogReader reader) throws InterruptedException {
        return reader.take(ALL, ALL, Duration.ZERO);
    }

    private static List<String> texts(LogReader.Batch batch) {
        return batch.lines().stream().map(OutputLine::text).toList();
    }

    private List<String> read(LogScope scope, int tail) throws InterruptedException {
        try (var reader = log.read(scope, tail, false)) {
            return texts(take(reader));
        }
    }

    private List<String> readPrevious(LogScope scope) throws InterruptedException {
        try (var reader = log.readPrevious(scope, ALL).orElseThrow()) {
            return texts(take(reader));
        }
    }

    @Test
    void theLastLinesAreKeptInTheOrderInWhichTheyWereRead() throws InterruptedException {
        // given
        var zero = begin(WEB_0, 1);
        var one = begin(WEB_1, 1);

        // when
        write(zero, "a", "b");
        write(one, "c");
        write(zero, "d", "e", "f", "g");

        // then
        assertThat(read(WEB, ALL)).containsExactly("b", "c", "d", "e", "f", "g");
        assertThat(read(LogScope.of(WEB_0), ALL)).containsExactly("b", "d", "e", "f", "g");
        assertThat(read(WEB, 2)).containsExactly("c", "f", "g");
        assertThat(read(WEB, 0)).isEmpty();
        assertThat(read(LogScope.of("shop"), ALL)).isEmpty();
    }

    @Test
    void anIncarnationsTextIsBoundedButItsLastLineIsWhole() throws InterruptedException {
        // given
        var kept = begin(WEB_0, 1);
        var third = "x".repeat(KeptLines.MAX_BYTES / Character.BYTES / 3);
        var huge = "y".repeat(KeptLines.MAX_BYTES);

        // when
        write(kept, third, third, third, third);
        var bounded = read(WEB, ALL);
        write(kept, huge);

        // then
        assertThat(bounded).hasSize(3);
        assertThat(read(WEB, ALL)).containsExactly(huge);
    }

    @Test
    void aPoolThatKeepsNoLinesKeepsNone() throws InterruptedException {
        // given
        var kept = log.begin(new Incarnation(WEB_0, 1), 0);

        // when
        try (var reader = log.read(WEB, ALL, true)) {
            write(kept, "a");

            // then
            assertThat(texts(take(reader))).containsExactly("a");
        }
        assertThat(read(WEB, ALL)).isEmpty();
    }

    @Test
    void whatHasEndedIsShownUntilTheNextLivesAndThenAsThePrevious() throws InterruptedException {
        // given
        var first = begin(WEB_0, 1);
        write(first, "first");

        // when
        log.end(first);
        var between = read(WEB, ALL);
        var second = begin(WEB_0, 2);
        write(second, "second");
        write(first, "from a descendant");

        // then
        assertThat(between).containsExactly("first");
        assertThat(read(WEB, ALL)).containsExactly("second");
        assertThat(readPrevious(WEB)).containsExactly("first", "from a descendant");
    }

    @Test
    void thePreviousIsTheNewestThatHasEnded() throws InterruptedException {
        // given
        var old = begin(WEB_0, 1);
        var replacement = begin(WEB_0, 2);
        write(old, "old");
        write(replacement, "replacement");

        // when
        var both = read(WEB, ALL);
        log.end(replacement);
        log.end(old);

        // then
        assertThat(both).containsExactly("old", "replacement");
        assertThat(readPrevious(WEB)).containsExactly("replacement");
        assertThat(log.readPrevious(LogScope.of(WEB_1), ALL)).isEmpty();
    }

    @Test
    void aFollowerMissesNothingBetweenWhatIsKeptAndWhatComes() throws InterruptedException {
        // given
        var kept = begin(WEB_0, 1);
        write(kept, "before");

        // when
        try (var reader = log.read(WEB, ALL, true)) {
            write(kept, "after");
            write(begin(new WorkerId("shop", 0), 1), "not asked for");
            write(begin(WEB_1, 1), "of another");

            // then
            assertThat(texts(take(reader))).containsExactly("before");
            assertThat(texts(take(reader))).containsExactly("after", "of another");
            assertThat(take(reader).isEmpty()).isTrue();
        }
    }

    @Test
    void whoReadsTooSlowlyGetsTheNewestLinesAndIsToldHowManyAreLost() throws InterruptedException {
        // given
        var kept = begin(WEB_0, 1);
        int surplus = 10;

        // when
        try (var reader = log.read(WEB, ALL, true)) {
            IntStream.range(0, LogReader.MAX_LINES + surplus).forEach(i -> write(kept, "line " + i));
            var batch = reader.take(100, ALL, Duration.ZERO);
            var rest = take(reader);

            // then
            assertThat(batch.lost()).isEqualTo(surplus);
            assertThat(texts(batch)).hasSize(100).startsWith("line " + surplus);
            assertThat(rest.lost()).isZero();
            assertThat(rest.lines()).hasSize(LogReader.MAX_LINES - 100);
        }
    }

    @Test
    void whatWaitsForASlowReaderIsBoundedInBytesToo() throws InterruptedException {
        // given
        var kept = begin(WEB_0, 1);
        var half = "x".repeat(LogReader.MAX_BYTES / Character.BYTES / 2);
        var huge = "y".repeat(LogReader.MAX_BYTES);

        // when
        try (var reader = log.read(WEB, ALL, true)) {
            write(kept, half, half, half);
            var two = take(reader);
            write(kept, half, huge);
            var one = take(reader);

            // then
            assertThat(two.lost()).isEqualTo(1);
            assertThat(texts(two)).containsExactly(half, half);
            assertThat(one.lost()).isEqualTo(1);
            assertThat(texts(one)).containsExactly(huge);
        }
    }

    @Test
    void aBatchHasNoMoreTextThanAskedForButOneLine() throws InterruptedException {
        // given
        write(begin(WEB_0, 1), "four", "four", "sixsix", "a");

        // when
        try (var reader = log.read(WEB, ALL, false)) {
            // then
            assertThat(texts(reader.take(ALL, 8, Duration.ZERO))).containsExactly("four", "four");
            assertThat(texts(reader.take(ALL, 5, Duration.ZERO))).containsExactly("sixsix");
            assertThat(texts(reader.take(ALL, 5, Duration.ZERO))).containsExactly("a");
        }
    }

    @Test
    void aClosedReaderGetsNothingMore() throws InterruptedException {
        // given
        var kept = begin(WEB_0, 1);
        var reader = log.read(WEB, ALL, true);

        // when
        reader.close();
        write(kept, "late");

        // then
        assertThat(take(reader).isEmpty()).isTrue();
    }

    @Test
    void placesThatAreNoMoreAreForgottenOnceNobodyLivesThere() throws InterruptedException {
        // given
        var gone = begin(WEB_0, 1);
        write(gone, "gone");
        log.end(gone);
        write(begin(WEB_1, 1), "lives");

        // when
        log.keepOnly(_ -> false);

        // then
        assertThat(log.readPrevious(WEB, ALL)).isEmpty();
        assertThat(read(WEB, ALL)).containsExactly("lives");
    }
}
