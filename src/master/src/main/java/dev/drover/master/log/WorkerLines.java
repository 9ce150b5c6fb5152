package dev.drover.master.log;

import dev.drover.supervisor.output.OutputLine;
import dev.drover.supervisor.output.OutputSink;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/// The workers' output among the master's lines: `web-0 | line`, or in JSON the fields
/// `time pool worker incarnation pid stream message`. It passes no logger and no level.
public final class WorkerLines implements OutputSink {
    private final LineWriter lines;
    private final LogFormat format;

    /// @param lines where they go; waited for, the policy of a full pipe is the supervisor's
    public WorkerLines(LineWriter lines, LogFormat format) {
        this.lines = lines;
        this.format = format;
    }

    @Override
    public void write(OutputLine line) {
        lines.write(
                switch (format) {
                    case TEXT -> line.incarnation().worker() + " | " + line.text();
                    case JSON -> json(line);
                });
    }

    private static String json(OutputLine line) {
        var worker = line.incarnation().worker();
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("time", LogTime.text(line.time()));
        fields.put("pool", worker.pool());
        fields.put("worker", worker);
        fields.put("incarnation", line.incarnation().number());
        fields.put("pid", line.pid());
        fields.put("stream", line.stream().name().toLowerCase(Locale.ROOT));
        fields.put("message", line.text());
        return Json.line(fields);
    }
}
