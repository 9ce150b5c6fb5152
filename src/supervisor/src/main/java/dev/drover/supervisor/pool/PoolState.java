package dev.drover.supervisor.pool;

import dev.drover.supervisor.PoolSpec;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// A pool at one moment. Immutable.
///
/// @param spec what is wanted
/// @param generation counts the changes of the spec, from 1
/// @param revision counts the changes of the template, from 1
/// @param settle time a retiring incarnation's shards must have been empty; zero: the pool has no shards
/// @param shards listeners open of each sharded socket
/// @param steered the shards that get new connections
/// @param stranded parked shards in which connections were waiting when last looked at
/// @param stopping whether every worker is to stop and none is to be started
/// @param places by ordinal; those above the wanted count keep their last number when they are empty
public record PoolState(
        PoolSpec spec,
        int generation,
        int revision,
        Duration settle,
        int shards,
        Set<Integer> steered,
        Set<Integer> stranded,
        boolean stopping,
        SortedMap<Integer, Place> places) {

    public PoolState {
        steered = Set.copyOf(steered);
        stranded = Set.copyOf(stranded);
        places = Collections.unmodifiableSortedMap(new TreeMap<>(places));
    }

    /// A pool of which nothing is started yet.
    public static PoolState initial(PoolSpec spec, Duration settle, int shards) {
        return new PoolState(spec, 1, 1, settle, shards, Set.of(), Set.of(), false, new TreeMap<>());
    }

    PoolState withSpec(PoolSpec next) {
        int nextGeneration = next.equals(spec) ? generation : generation + 1;
        int nextRevision = next.template().equals(spec.template()) ? revision : revision + 1;
        return new PoolState(next, nextGeneration, nextRevision, settle, shards, steered, stranded, stopping, places);
    }

    PoolState withShards(int next) {
        return new PoolState(spec, generation, revision, settle, next, steered, stranded, stopping, places);
    }

    PoolState withSteered(Set<Integer> next) {
        return new PoolState(spec, generation, revision, settle, shards, next, stranded, stopping, places);
    }

    PoolState withStranded(Set<Integer> next) {
        return new PoolState(spec, generation, revision, settle, shards, steered, next, stopping, places);
    }

    PoolState stopped() {
        return new PoolState(spec, generation, revision, settle, shards, steered, stranded, true, places);
    }

    /// The same pool with one place changed. Of one that is neither filled nor wanted only the last number is kept:
    /// late timers and words of its incarnations must not meet later ones of the same number.
    PoolState with(Place place) {
        var next = new TreeMap<>(places);
        boolean over = place.members().isEmpty() && !wants(place.ordinal());
        next.put(place.ordinal(), over ? place.emptied() : place);
        return new PoolState(spec, generation, revision, settle, shards, steered, stranded, stopping, next);
    }

    /// Whether the pool has sharded sockets.
    public boolean sharded() {
        return !settle.isZero();
    }

    List<Integer> freeShards() {
        var leased = members().map(Member::shard).collect(Collectors.toSet());
        return IntStream.range(0, shards)
                .filter(shard -> !leased.contains(shard))
                .boxed()
                .toList();
    }

    /// Every incarnation that is not gone.
    public Stream<Member> members() {
        return places.values().stream().flatMap(place -> place.members().stream());
    }

    /// A place, empty where nothing was ever started.
    public Place place(int ordinal) {
        var place = places.get(ordinal);
        return place == null ? Place.empty(ordinal) : place;
    }

    boolean wants(int ordinal) {
        return !stopping && ordinal < spec.replicas();
    }

    /// Ordinals that are wanted or still filled.
    public List<Integer> ordinals() {
        return Stream.concat(
                        places.values().stream()
                                .filter(place -> !place.members().isEmpty())
                                .map(Place::ordinal),
                        IntStream.range(0, stopping ? 0 : spec.replicas()).boxed())
                .distinct()
                .sorted()
                .toList();
    }

    /// Whether every incarnation is gone.
    public boolean idle() {
        return members().findAny().isEmpty();
    }
}
