package dev.drover.master.log;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.jboss.logmanager.ExtFormatter;
import org.jboss.logmanager.ExtLogRecord;
import org.jboss.logmanager.LogContext;

/// Writes the master's own log records as lines. Never waits for the reader of the output.
///
/// Fields in JSON: `time level logger message`, and `error` with the stack trace.
public final class LogHandler extends Handler {
    private final LineWriter lines;

    LogHandler(LineWriter lines, LogFormat format) {
        this.lines = lines;
        setFormatter(new LineFormatter(format));
        setLevel(Level.INFO);
    }

    /// Installs the handler on the root logger. Levels are Quarkus' configuration; its own console handler is off,
    /// because it writes past the [LineWriter] and knows no JSON without a further extension.
    public static void install(LineWriter lines, LogFormat format) {
        LogContext.getLogContext().getLogger("").addHandler(new LogHandler(lines, format));
    }

    @Override
    public void publish(LogRecord record) {
        if (isLoggable(record)) {
            lines.offer(getFormatter().format(record));
        }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}

    /// Makes a record a line.
    private static final class LineFormatter extends ExtFormatter {
        private final LogFormat format;

        LineFormatter(LogFormat format) {
            this.format = format;
        }

        @Override
        public String format(ExtLogRecord record) {
            return switch (format) {
                case TEXT -> text(record);
                case JSON -> json(record);
            };
        }

        private String text(ExtLogRecord record) {
            var line = "%s %-5s %s"
                    .formatted(
                            LogTime.text(record.getInstant()), record.getLevel().getName(), formatMessage(record));
            var error = record.getThrown();
            if (error == null) {
                return line;
            }
            // A stack trace is for our own bugs; a warning names its cause in the one line.
            return record.getLevel().intValue() > Level.WARNING.intValue()
                    ? line + "\n" + trace(error)
                    : line + ": " + error;
        }

        private String json(ExtLogRecord record) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("time", LogTime.text(record.getInstant()));
            fields.put("level", record.getLevel().getName());
            fields.put("logger", String.valueOf(record.getLoggerName()));
            fields.put("message", formatMessage(record));
            var error = record.getThrown();
            if (error != null) {
                fields.put("error", trace(error));
            }
            return Json.line(fields);
        }

        private static String trace(Throwable error) {
            var text = new StringWriter();
            error.printStackTrace(new PrintWriter(text, true));
            return text.toString().stripTrailing();
        }
    }
}
