package dev.drover.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;

/// Runs of several that take turns, as [Pairs] does with two.
///
/// @param <K> who
/// @param <R> what one run gives
final class Rounds<K extends Enum<K>, R> {
    private final Map<K, List<R>> results;

    private Rounds(Map<K, List<R>> results) {
        this.results = results;
    }

    static <K extends Enum<K>, R> Rounds<K, R> run(int count, Map<K, Callable<R>> contenders) throws Exception {
        var results =
                new EnumMap<K, List<R>>(contenders.keySet().iterator().next().getDeclaringClass());
        var order = new ArrayList<>(contenders.entrySet());
        for (int i = 0; i < count; i++) {
            for (var contender : order) {
                results.computeIfAbsent(contender.getKey(), _who -> new ArrayList<>())
                        .add(contender.getValue().call());
            }
            // Who is later meets warm caches.
            Collections.rotate(order, 1);
        }
        return new Rounds<>(results);
    }

    /// All of these, one after the other.
    static <K extends Enum<K>, R> Rounds<K, R> joined(List<Rounds<K, R>> all) {
        var results = new HashMap<K, List<R>>();
        for (var rounds : all) {
            rounds.results.forEach((who, values) ->
                    results.computeIfAbsent(who, _who -> new ArrayList<>()).addAll(values));
        }
        return new Rounds<>(results);
    }

    private List<R> of(K who) {
        return results.getOrDefault(who, List.of());
    }

    Pairs.Comparison compare(K ours, K peer, ToDoubleFunction<R> value) {
        return new Pairs.Comparison(
                median(ours, value),
                median(peer, value),
                Pairs.median(each(ours, peer, value, (our, their) -> our / their)));
    }

    double median(K who, ToDoubleFunction<R> value) {
        return Pairs.median(of(who).stream().map(value::applyAsDouble).toList());
    }

    /// What one has more than the other in the same round.
    double difference(K more, K less, ToDoubleFunction<R> value) {
        return Pairs.median(each(more, less, value, (our, their) -> our - their));
    }

    /// Of the two values of a round.
    @FunctionalInterface
    private interface Both {
        double of(double ours, double theirs);
    }

    private List<Double> each(K ours, K peer, ToDoubleFunction<R> value, Both both) {
        var values = new ArrayList<Double>();
        for (int i = 0; i < of(ours).size(); i++) {
            values.add(both.of(value.applyAsDouble(of(ours).get(i)), value.applyAsDouble(of(peer).get(i))));
        }
        return values;
    }
}
