package dev.drover.master.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.supervisor.Incarnation;
import dev.drover.supervisor.WorkerId;
import dev.drover.supervisor.journal.Event.Kind;
import dev.drover.supervisor.journal.Event.Subject;
import dev.drover.supervisor.journal.Journal;
import dev.drover.supervisor.journal.Reason;
import dev.drover.supervisor.output.OutputLine;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LinesTest {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.006Z");

    @Test
    void workersLineCarriesItsWorker() {
        assertThat(workerLine(LogFormat.TEXT, "say \"hi\"")).isEqualTo("web-0 | say \"hi\"\n");
        assertThat(workerLine(LogFormat.JSON, "say \"hi\"\t\\")).isEqualTo("""
                        {"time":"2026-01-02T03:04:05.006Z","pool":"web","worker":"web-0","incarnation":3,"pid":77,\
                        "stream":"stderr","message":"say \\"hi\\"\\t\\\\"}
                        """);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "TEXT | 2026-01-02T03:04:05.006Z WARN  Pool web: java.lang.IllegalStateException: broken",
                "JSON | {\"time\":\"2026-01-02T03:04:05.006Z\",\"level\":\"WARN\",\"logger\":\"dev.drover\","
                        + "\"message\":\"Pool web\",\"error\":\"java.lang.IllegalStateException: broken\\n\\tat "
            })
    void warningIsOneLineWithItsCause(LogFormat format, String expected) {
        // when
        var lines = masterLine(format, org.jboss.logmanager.Level.WARN);

        // then
        assertThat(lines).startsWith(expected).hasLineCount(1);
    }

    @Test
    void errorIsToldWithItsTrace() {
        assertThat(masterLine(LogFormat.TEXT, org.jboss.logmanager.Level.ERROR))
                .startsWith("2026-01-02T03:04:05.006Z ERROR Pool web\njava.lang.IllegalStateException: broken\n\tat ");
    }

    @Test
    void debugIsNotWritten() {
        assertThat(masterLine(LogFormat.TEXT, org.jboss.logmanager.Level.DEBUG)).isEmpty();
    }

    @Test
    void eventIsALineWithItsFields() {
        assertThat(eventLines(LogFormat.JSON, new Subject(Kind.WORKER, "my-web-0"), Reason.OOM_KILLED, "Was \"big\"."))
                .isEqualTo("""
                        {"time":"2026-01-02T03:04:05.006Z","level":"INFO","logger":"dev.drover.events",\
                        "message":"Was \\"big\\".","event":"my-web-0.1","reason":"OOMKilled","type":"Warning",\
                        "kind":"Worker","name":"my-web-0","pool":"my-web","worker":"my-web-0","count":1,\
                        "firstTimestamp":"2026-01-02T03:04:05.006Z","lastTimestamp":"2026-01-02T03:04:05.006Z"}
                        """);
        assertThat(eventLines(LogFormat.JSON, Subject.pool("web"), Reason.SCALED, "s"))
                .contains("\"kind\":\"WorkerPool\",\"name\":\"web\",\"pool\":\"web\",\"count\":1")
                .contains("\"type\":\"Normal\"");
        assertThat(eventLines(LogFormat.JSON, Subject.MASTER, Reason.STOPPING, "s"))
                .contains("\"kind\":\"Master\",\"name\":\"master\",\"count\":1");
    }

    @Test
    void eventThatHappensAgainIsALineWithItsCount() {
        // given
        var out = new ByteArrayOutputStream();
        var journal = new Journal(() -> NOW);

        // when
        try (var lines = new LineWriter(out)) {
            EventLines.install(journal, lines, LogFormat.JSON);
            journal.record(Subject.MASTER, Reason.FILES_READ, "one");
            journal.record(Subject.MASTER, Reason.FILES_READ, "two");
            journal.record(Subject.MASTER, Reason.FILES_READ, "one");
        }

        // then
        assertThat(out.toString(StandardCharsets.UTF_8).lines())
                .satisfiesExactly(
                        line -> assertThat(line).contains("\"event\":\"master.1\"", "\"count\":1,"),
                        line -> assertThat(line).contains("\"event\":\"master.2\"", "\"count\":1,"),
                        line -> assertThat(line).contains("\"event\":\"master.1\"", "\"count\":2,"));
    }

    @Test
    void eventsAreNoLinesForPeople() {
        assertThat(eventLines(LogFormat.TEXT, Subject.MASTER, Reason.STOPPING, "s"))
                .isEmpty();
    }

    private static String eventLines(LogFormat format, Subject subject, Reason reason, String message) {
        var out = new ByteArrayOutputStream();
        try (var lines = new LineWriter(out)) {
            var journal = new Journal(() -> NOW);
            EventLines.install(journal, lines, format);
            journal.record(subject, reason, message);
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    private static String workerLine(LogFormat format, String text) {
        var out = new ByteArrayOutputStream();
        try (var lines = new LineWriter(out)) {
            var incarnation = new Incarnation(new WorkerId("web", 0), 3);
            new WorkerLines(lines, format).write(new OutputLine(incarnation, 77, OutputLine.Stream.STDERR, text, NOW));
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    private static String masterLine(LogFormat format, Level level) {
        var out = new ByteArrayOutputStream();
        try (var lines = new LineWriter(out)) {
            var line = new LogRecord(level, "Pool web");
            line.setInstant(NOW);
            line.setLoggerName("dev.drover");
            line.setThrown(new IllegalStateException("broken"));
            new LogHandler(lines, format).publish(line);
        }
        return out.toString(StandardCharsets.UTF_8);
    }
}
