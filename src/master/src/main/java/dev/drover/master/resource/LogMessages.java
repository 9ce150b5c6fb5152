package dev.drover.master.resource;

import dev.drover.protocol.control.v1.LogLine;
import dev.drover.protocol.control.v1.LogStream;
import dev.drover.protocol.control.v1.ReadLogsResponse;
import dev.drover.supervisor.output.LogReader;
import dev.drover.supervisor.output.OutputLine;

/// Workers' lines on the wire.
public final class LogMessages {
    private LogMessages() {}

    /// What was read at once, as the control API tells it.
    public static ReadLogsResponse of(LogReader.Batch batch) {
        return ReadLogsResponse.newBuilder()
                .addAllLines(batch.lines().stream().map(LogMessages::line).toList())
                .setLost(batch.lost())
                .build();
    }

    private static LogLine line(OutputLine line) {
        return LogLine.newBuilder()
                .setWorker(line.incarnation().worker().toString())
                .setIncarnation(line.incarnation().number())
                .setPid(Math.toIntExact(line.pid()))
                .setStream(
                        switch (line.stream()) {
                            case STDOUT -> LogStream.LOG_STREAM_STDOUT;
                            case STDERR -> LogStream.LOG_STREAM_STDERR;
                        })
                .setTime(Times.timestamp(line.time()))
                .setText(line.text())
                .build();
    }
}
