package dev.drover.master.metrics;

import dev.drover.supervisor.metrics.Report;
import dev.drover.supervisor.metrics.Series;
import dev.drover.supervisor.metrics.Value;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/// Reads a page in Prometheus' text format 0.0.4. Pure; strict: a page with a line that is none is no page.
///
/// Metrics without a type are gauges. Quantiles of summaries, which cannot be added up, and timestamps are not kept.
final class PrometheusText {
    private static final String TOTAL = "_total";

    /// A page that is none. The message tells line and reason.
    static final class BadPage extends Exception {
        private static final long serialVersionUID = 1;

        BadPage(int line, String why) {
            super("line " + line + ": " + why);
        }
    }

    private final Map<String, String> types = new HashMap<>();
    private final Map<String, String> help = new HashMap<>();
    private final Map<Series, Value> values = new HashMap<>();
    private final Map<Series, Parts> distributions = new LinkedHashMap<>();
    private final Consumer<String> refused;

    /// What is known of a distribution.
    private static final class Parts {
        private final SortedMap<Double, Long> buckets = new TreeMap<>();
        private double count = Double.NaN;
        private double sum;
    }

    private PrometheusText(Consumer<String> refused) {
        this.refused = refused;
    }

    /// @param refused told of each series that is left out, because of its name or its value, and why
    static Report parse(String page, Consumer<String> refused) throws BadPage {
        var text = new PrometheusText(refused);
        int number = 0;
        for (var line : page.split("\n", -1)) {
            number++;
            var stripped = line.strip();
            if (stripped.startsWith("#")) {
                text.comment(stripped);
            } else if (!stripped.isEmpty()) {
                text.sample(new SampleLine(stripped, number));
            }
        }
        return text.report();
    }

    private void comment(String line) {
        var words = line.split("[ \t]+", 4);
        if (words.length == 4 && words[1].equals("TYPE")) {
            types.put(words[2], words[3]);
        } else if (words.length == 4 && words[1].equals("HELP")) {
            help.put(words[2], words[3].replace("\\n", "\n").replace("\\\\", "\\"));
        }
    }

    private void sample(SampleLine line) throws BadPage {
        var sample = line.read();
        var name = sample.name();
        try {
            if (types.getOrDefault(name, "").equals("counter")) {
                values.put(series(without(name, TOTAL), sample), new Value.Count(sample.value()));
                describe(without(name, TOTAL), name);
            } else if (!isPart(sample)) {
                values.put(series(name, sample), new Value.Gauge(sample.value()));
                describe(name, name);
            }
        } catch (IllegalArgumentException invalid) {
            refused.accept(String.valueOf(invalid.getMessage()));
        }
    }

    /// Whether it belongs to a distribution, or is of no use.
    private boolean isPart(SampleLine.Sample sample) {
        for (var suffix : List.of("", "_bucket", "_count", "_sum")) {
            var family = without(sample.name(), suffix);
            var type = types.getOrDefault(family, "");
            boolean summary = type.equals("summary");
            if (!sample.name().endsWith(suffix) || !(summary || type.equals("histogram"))) {
                continue;
            }
            if (!suffix.isEmpty()) {
                double bound = suffix.equals("_bucket") ? bound(sample) : Double.NaN;
                var parts = distributions.computeIfAbsent(series(family, sample), _ -> new Parts());
                switch (suffix) {
                    case "_count" -> parts.count = sample.value();
                    case "_sum" -> parts.sum = sample.value();
                    default -> parts.buckets.put(bound, (long) sample.value());
                }
                describe(family, family);
            }
            return true;
        }
        return false;
    }

    private static double bound(SampleLine.Sample sample) {
        var le = sample.labels().getOrDefault("le", "");
        try {
            return SampleLine.number(le);
        } catch (NumberFormatException none) {
            throw new IllegalArgumentException("metric '" + sample.name() + "': le is '" + le + "', no number");
        }
    }

    private static Series series(String family, SampleLine.Sample sample) {
        var labels = new TreeMap<>(sample.labels());
        labels.remove("le");
        labels.remove("quantile");
        return new Series(family, labels);
    }

    private void describe(String family, String told) {
        var words = help.get(told);
        if (words != null) {
            help.put(family, words.substring(0, Math.min(words.length(), Series.MAX_CHARS)));
        }
    }

    private static String without(String name, String suffix) {
        return name.endsWith(suffix) ? name.substring(0, name.length() - suffix.length()) : name;
    }

    private Report report() {
        distributions.forEach((series, parts) -> {
            try {
                values.put(series, distribution(parts));
            } catch (IllegalArgumentException invalid) {
                refused.accept("metric '" + series.family() + "': " + invalid.getMessage());
            }
        });
        return new Report(values, help);
    }

    private static Value distribution(Parts parts) {
        var finite = parts.buckets.headMap(Double.POSITIVE_INFINITY);
        var last = parts.buckets.get(Double.POSITIVE_INFINITY);
        double count = Double.isNaN(parts.count) && last != null ? last : parts.count;
        if (!(count >= 0)) {
            throw new IllegalArgumentException("no count");
        }
        return new Value.Distribution(
                List.copyOf(finite.keySet()), List.copyOf(finite.values()), (long) count, parts.sum);
    }
}
