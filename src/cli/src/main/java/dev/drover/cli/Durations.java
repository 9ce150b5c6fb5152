package dev.drover.cli;

import java.time.Duration;
import java.util.regex.Pattern;
import picocli.CommandLine.TypeConversionException;

/// Times as flags give them and as tables show them.
final class Durations {

    private static final Pattern TIME = Pattern.compile("([0-9]{1,9})(ms|s|m|h)?");

    private Durations() {}

    /// `500ms`, `10s`, `10` (seconds), `2m`, `1h`; more than 0.
    static Duration parse(String text) {
        var matcher = TIME.matcher(text);
        Duration time = Duration.ZERO;
        if (matcher.matches()) {
            long number = Long.parseLong(matcher.group(1));
            String unit = matcher.group(2);
            time = switch (unit == null ? "s" : unit) {
                case "ms" -> Duration.ofMillis(number);
                case "m" -> Duration.ofMinutes(number);
                case "h" -> Duration.ofHours(number);
                default -> Duration.ofSeconds(number);
            };
        }
        if (time.isZero()) {
            throw new TypeConversionException("'" + text + "' is no time; write it as 500ms, 10s, 2m or 1h");
        }
        return time;
    }

    /// As kubectl shows ages: two units where the first is small.
    static String shown(Duration age) {
        long seconds = Math.max(0, age.toSeconds());
        if (seconds < 120) {
            return seconds + "s";
        }
        if (seconds < 600) {
            return pair(seconds, 60, "m", 1, "s");
        }
        if (seconds < 3 * 3600) {
            return seconds / 60 + "m";
        }
        if (seconds < 8 * 3600) {
            return pair(seconds, 3600, "h", 60, "m");
        }
        if (seconds < 48 * 3600) {
            return seconds / 3600 + "h";
        }
        return seconds < 8 * 86400 ? pair(seconds, 86400, "d", 3600, "h") : seconds / 86400 + "d";
    }

    private static String pair(long seconds, int first, String firstUnit, int second, String secondUnit) {
        long rest = seconds % first / second;
        return seconds / first + firstUnit + (rest == 0 ? "" : rest + secondUnit);
    }
}
