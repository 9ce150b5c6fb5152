package dev.drover.bench;

import java.util.ArrayList;
import java.util.List;

/// Runs that take turns, so that what else the machine does meets both sides.
final class Pairs {
    private Pairs() {}

    /// Medians of the runs, and the median of the ratios of each pair, ours to the peer's.
    record Comparison(double ours, double peer, double ratio) {}

    /// One run.
    @FunctionalInterface
    interface Run {
        double measure() throws Exception;
    }

    static Comparison compare(int count, Run ours, Run peer) throws Exception {
        var our = new ArrayList<Double>();
        var their = new ArrayList<Double>();
        var ratios = new ArrayList<Double>();
        for (int i = 0; i < count; i++) {
            // Who is second meets warm caches, so they take turns in that too.
            boolean first = i % 2 == 0;
            double before = first ? ours.measure() : peer.measure();
            double after = first ? peer.measure() : ours.measure();
            our.add(first ? before : after);
            their.add(first ? after : before);
            ratios.add(our.getLast() / their.getLast());
        }
        return new Comparison(median(our), median(their), median(ratios));
    }

    static double median(List<Double> values) {
        var sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }
}
