package dev.drover.supervisor.metrics;

import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// Which series: a name as it is asked for, and labels.
///
/// @param family name of the metric, of a counter without `_total`
/// @param labels by name
public record Series(String family, SortedMap<String, String> labels) {
    /// Series of one family, or name, are told apart by no more.
    public static final int MAX_LABELS = 32;

    /// Characters of a name or a value.
    public static final int MAX_CHARS = 256;

    private static final Pattern NAME = Pattern.compile("[a-zA-Z_:][a-zA-Z0-9_:]*");
    private static final Pattern LABEL = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_]*");

    /// What the master tells itself begins so.
    private static final String OURS = "drover_";

    /// Set by the master, or by the format.
    private static final Set<String> TAKEN = Set.of("pool", "worker", "le", "quantile");

    /// @throws IllegalArgumentException which tells what is wrong with name or labels
    public Series {
        if (family.length() > MAX_CHARS || !NAME.matcher(family).matches()) {
            throw new IllegalArgumentException("metric '" + cut(family) + "': a name is at most " + MAX_CHARS
                    + " letters, digits, _ and :, and begins with no digit");
        }
        if (family.startsWith(OURS)) {
            throw new IllegalArgumentException(
                    "metric '" + cut(family) + "': names that begin with " + OURS + " are the master's");
        }
        if (labels.size() > MAX_LABELS) {
            throw new IllegalArgumentException(
                    "metric '" + family + "' has " + labels.size() + " labels: at most " + MAX_LABELS + " are allowed");
        }
        labels.forEach((name, value) -> check(family, name, value));
        labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
    }

    /// The same.
    public static Series of(String family, Map<String, String> labels) {
        return new Series(family, new TreeMap<>(labels));
    }

    private static void check(String family, String name, String value) {
        if (name.length() > MAX_CHARS || !LABEL.matcher(name).matches() || name.startsWith("__")) {
            throw new IllegalArgumentException("metric '" + family + "', label '" + cut(name) + "': a name is at most "
                    + MAX_CHARS + " letters, digits and _, and begins with no digit and no __");
        }
        if (TAKEN.contains(name)) {
            throw new IllegalArgumentException("metric '" + family + "', label '" + name + "': the master sets it");
        }
        if (value.length() > MAX_CHARS) {
            throw new IllegalArgumentException(
                    "metric '" + family + "', label '" + name + "': a value is at most " + MAX_CHARS + " characters");
        }
    }

    private static String cut(String text) {
        return text.substring(0, Math.min(text.length(), 64));
    }
}
