package dev.drover.master.log;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/// How a line tells its time: UTC, three digits, always as wide.
final class LogTime {
    private static final DateTimeFormatter FORMAT =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSX").withZone(ZoneOffset.UTC);

    private LogTime() {}

    static String text(Instant time) {
        return FORMAT.format(time);
    }
}
