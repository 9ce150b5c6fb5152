package dev.drover.bench;

import java.util.Locale;
import java.util.Optional;

/// One line of the table.
///
/// @param name what was measured, with the unit of both values
/// @param ours median of the runs
/// @param peer the same for the peer; empty where there is none
/// @param ratio median of the ratios of the pairs
/// @param goal for the ratio or, where there is none, for our value
public record Row(String name, double ours, Optional<Double> peer, Optional<Double> ratio, Optional<Goal> goal) {
    private static final String FORMAT = "%-58s %12s %12s %8s %10s %8s";

    /// A bound of a ratio.
    ///
    /// @param bound the value that is still good
    /// @param atMost whether smaller is better
    public record Goal(double bound, boolean atMost) {
        /// At most this.
        public static Goal atMost(double bound) {
            return new Goal(bound, true);
        }

        /// At least this.
        public static Goal atLeast(double bound) {
            return new Goal(bound, false);
        }

        boolean isReachedBy(double ratio) {
            return atMost ? ratio <= bound : ratio >= bound;
        }

        @Override
        public String toString() {
            return (atMost ? "<= " : ">= ") + bound;
        }
    }

    /// A value with neither peer nor goal.
    public static Row alone(String name, double ours) {
        return new Row(name, ours, Optional.empty(), Optional.empty(), Optional.empty());
    }

    /// A value with a goal of its own.
    public static Row alone(String name, double ours, Goal goal) {
        return new Row(name, ours, Optional.empty(), Optional.empty(), Optional.of(goal));
    }

    /// Two values of which only ours has a goal.
    public static Row beside(String name, double ours, double peer, Goal goal) {
        return new Row(name, ours, Optional.of(peer), Optional.empty(), Optional.of(goal));
    }

    /// A comparison without a goal.
    public static Row of(String name, Pairs.Comparison comparison) {
        return of(name, comparison, Optional.empty());
    }

    /// A comparison.
    public static Row of(String name, Pairs.Comparison comparison, Optional<Goal> goal) {
        return new Row(name, comparison.ours(), Optional.of(comparison.peer()), Optional.of(comparison.ratio()), goal);
    }

    /// False where a goal was missed.
    public boolean isReached() {
        return goal.isEmpty() || goal.get().isReachedBy(ratio.orElse(ours));
    }

    static String header() {
        return FORMAT.formatted("what", "ours", "peer", "ratio", "goal", "reached");
    }

    @Override
    public String toString() {
        return FORMAT.formatted(
                name,
                number(ours),
                peer.map(Row::number).orElse("-"),
                ratio.map(value -> String.format(Locale.ROOT, "%.2f", value)).orElse("-"),
                goal.map(Goal::toString).orElse("-"),
                goal.isEmpty() ? "-" : isReached() ? "yes" : "NO");
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value < 100 ? "%.2f" : "%.0f", value);
    }
}
