package dev.drover.worker;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.config.NamingConvention;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Names of meters as Prometheus has them, without what the master adds (`_total`).
final class MeterNames implements NamingConvention {
    /// The master sets them.
    private static final Set<String> TAKEN = Set.of("pool", "worker", "le", "quantile");

    private static final String TOTAL = "_total";
    private static final String SECONDS = "_seconds";

    @Override
    public String name(String name, Meter.Type type, @Nullable String baseUnit) {
        var snake = valid(NamingConvention.snakeCase.name(name, type, baseUnit));
        return switch (type) {
            case COUNTER -> withUnit(without(snake, TOTAL), baseUnit);
            case TIMER, LONG_TASK_TIMER -> snake.endsWith(SECONDS) ? snake : snake + SECONDS;
            case GAUGE, DISTRIBUTION_SUMMARY, OTHER -> withUnit(snake, baseUnit);
        };
    }

    @Override
    public String tagKey(String key) {
        var snake = valid(NamingConvention.snakeCase.tagKey(key));
        return TAKEN.contains(snake) || snake.startsWith("__") ? "exported_" + snake : snake;
    }

    private static String withUnit(String name, @Nullable String unit) {
        var suffix = unit == null || unit.isEmpty() ? "" : "_" + valid(unit);
        return name.endsWith(suffix) ? name : name + suffix;
    }

    private static String without(String name, String suffix) {
        return name.endsWith(suffix) ? name.substring(0, name.length() - suffix.length()) : name;
    }

    private static String valid(String name) {
        var valid = name.replaceAll("[^a-zA-Z0-9_]", "_");
        return valid.isEmpty() || Character.isDigit(valid.charAt(0)) ? "m_" + valid : valid;
    }
}
