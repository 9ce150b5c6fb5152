package dev.drover.supervisor.metrics;

import java.util.ArrayList;
import java.util.List;

/// What a series tells.
public sealed interface Value {
    /// How often something has happened, or how much of it there was: 0 or more, not going back while a process lives.
    record Count(double value) implements Value {
        public Count {
            check(value, "a counter");
        }
    }

    /// What is now; anything.
    record Gauge(double value) implements Value {}

    /// How many things there were and how large.
    ///
    /// @param bounds upper bounds of the buckets, ascending, without the infinite one; none: only count and sum
    /// @param atMost how many were at most as large as each bound
    /// @param count all of them
    /// @param sum together
    record Distribution(List<Double> bounds, List<Long> atMost, long count, double sum) implements Value {
        public Distribution {
            bounds = List.copyOf(bounds);
            atMost = List.copyOf(atMost);
            if (bounds.size() != atMost.size()) {
                throw new IllegalArgumentException(bounds.size() + " bounds with " + atMost.size() + " counts");
            }
            double lastBound = Double.NEGATIVE_INFINITY;
            long last = 0;
            for (int i = 0; i < bounds.size(); i++) {
                if (!(bounds.get(i) > lastBound) || bounds.get(i).isInfinite() || atMost.get(i) < last) {
                    throw new IllegalArgumentException("buckets must ascend: " + bounds + " with " + atMost);
                }
                lastBound = bounds.get(i);
                last = atMost.get(i);
            }
            if (count < last) {
                throw new IllegalArgumentException("count " + count + " is less than that of the last bucket, " + last);
            }
            check(sum, "a sum");
        }

        /// Of both: of the buckets that both have, for what is between other bounds nobody can tell.
        Distribution plus(Distribution other) {
            var common = new ArrayList<Double>();
            var counts = new ArrayList<Long>();
            for (int mine = 0, its = 0; mine < bounds.size() && its < other.bounds.size(); ) {
                int order = Double.compare(bounds.get(mine), other.bounds.get(its));
                if (order == 0) {
                    common.add(bounds.get(mine));
                    counts.add(atMost.get(mine) + other.atMost.get(its));
                }
                mine += order <= 0 ? 1 : 0;
                its += order >= 0 ? 1 : 0;
            }
            return new Distribution(common, counts, count + other.count, sum + other.sum);
        }

        /// Whether this can follow that in one process, which has the same bounds.
        boolean follows(Distribution before) {
            boolean follows = bounds.equals(before.bounds) && count >= before.count && sum >= before.sum;
            for (int i = 0; follows && i < atMost.size(); i++) {
                follows = atMost.get(i) >= before.atMost.get(i);
            }
            return follows;
        }
    }

    private static void check(double value, String what) {
        if (!(value >= 0) || Double.isInfinite(value)) {
            throw new IllegalArgumentException(what + " is " + value + ": must be a number from 0");
        }
    }

    /// Which kind it is.
    default Kind kind() {
        return switch (this) {
            case Count _ -> Kind.COUNTER;
            case Gauge _ -> Kind.GAUGE;
            case Distribution _ -> Kind.HISTOGRAM;
        };
    }

    /// The kinds.
    enum Kind {
        /// Counts.
        COUNTER,
        /// Gauges.
        GAUGE,
        /// Distributions.
        HISTOGRAM
    }

    /// Of both, where both are of one kind that can be added.
    static Value sum(Value one, Value other) {
        return switch (one) {
            case Count(var first) when other instanceof Count(var second) -> new Count(first + second);
            case Distribution first when other instanceof Distribution second -> first.plus(second);
            case Count _, Distribution _, Gauge _ ->
                throw new IllegalArgumentException("cannot add " + other + " to " + one);
        };
    }

    /// Whether this can follow that in one process without having begun anew.
    default boolean follows(Value before) {
        return switch (this) {
            case Count(var now) -> before instanceof Count(var then) && now >= then;
            case Distribution now -> before instanceof Distribution then && now.follows(then);
            case Gauge _ -> true;
        };
    }
}
