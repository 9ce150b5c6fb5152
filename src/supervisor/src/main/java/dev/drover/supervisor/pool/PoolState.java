package dev.drover.supervisor.pool;

import dev.drover.supervisor.PoolSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// A pool at one moment. Immutable.
///
/// @param spec what is wanted
/// @param generation counts the changes of the spec, from 1
/// @param revisions the templates it had; the template of the spec is that of the wanted one, unless the rollout is
///     paused
/// @param rollout how far it has come with the wanted one
/// @param settle time a retiring incarnation's shards must have been empty; zero: the pool has no shards
/// @param shards listeners open of each sharded socket
/// @param steered the shards that get new connections
/// @param stranded parked shards in which connections were waiting when last looked at
/// @param stopping whether every worker is to stop and none is to be started
/// @param places by ordinal, from 0; those above the wanted count keep their last number when they are empty
public record PoolState(
        PoolSpec spec,
        int generation,
        Revisions revisions,
        Rollout rollout,
        Duration settle,
        int shards,
        Set<Integer> steered,
        Set<Integer> stranded,
        boolean stopping,
        List<Place> places) {

    public PoolState {
        steered = Set.copyOf(steered);
        stranded = Set.copyOf(stranded);
        places = List.copyOf(places);
    }

    /// A pool of which nothing is started yet.
    ///
    /// @param created the time of day, for people
    public static PoolState initial(PoolSpec spec, Instant created, Duration settle, int shards) {
        var revision = new Revision(1, spec.template(), created, "the first", Optional.empty());
        return new PoolState(
                spec,
                1,
                Revisions.first(revision),
                new Rollout.Progressing(1, true, Rollout.NOT_TRYING, Rollout.Seen.NOTHING),
                settle,
                shards,
                Set.of(),
                Set.of(),
                false,
                List.of());
    }

    /// Number of the wanted revision.
    public int revision() {
        return revisions.current().number();
    }

    PoolState withSpec(PoolSpec next) {
        int nextGeneration = next.equals(spec) ? generation : generation + 1;
        return new PoolState(
                next, nextGeneration, revisions, rollout, settle, shards, steered, stranded, stopping, places);
    }

    PoolState with(Revisions next) {
        return next.equals(revisions)
                ? this
                : new PoolState(spec, generation, next, rollout, settle, shards, steered, stranded, stopping, places);
    }

    PoolState with(Rollout next) {
        return next.equals(rollout)
                ? this
                : new PoolState(spec, generation, revisions, next, settle, shards, steered, stranded, stopping, places);
    }

    /// Without shards nothing is steered, and nobody waits in them.
    PoolState withSettle(Duration next) {
        var nextSteered = next.isZero() ? Set.<Integer>of() : steered;
        var nextStranded = next.isZero() ? Set.<Integer>of() : stranded;
        return new PoolState(
                spec, generation, revisions, rollout, next, shards, nextSteered, nextStranded, stopping, places);
    }

    PoolState withShards(int next) {
        return new PoolState(spec, generation, revisions, rollout, settle, next, steered, stranded, stopping, places);
    }

    PoolState withSteered(Set<Integer> next) {
        return new PoolState(spec, generation, revisions, rollout, settle, shards, next, stranded, stopping, places);
    }

    PoolState withStranded(Set<Integer> next) {
        return next.equals(stranded)
                ? this
                : new PoolState(spec, generation, revisions, rollout, settle, shards, steered, next, stopping, places);
    }

    PoolState stopped() {
        return new PoolState(spec, generation, revisions, rollout, settle, shards, steered, stranded, true, places);
    }

    /// The same pool with one place changed. One that is not wanted forgets what it belonged to, but never its last
    /// number: late timers and words of its incarnations must not meet later ones of the same number.
    PoolState with(Place place) {
        var next = new ArrayList<>(places);
        while (next.size() <= place.ordinal()) {
            next.add(Place.empty(next.size()));
        }
        next.set(place.ordinal(), wants(place.ordinal()) ? place : place.unwanted());
        return withPlaces(next);
    }

    /// The same pool in which a revision has got another number.
    PoolState renumbered(int from, Revision to) {
        return with(revisions.moved(from, to))
                .withPlaces(places.stream()
                        .map(place -> place.renumbered(from, to.number()))
                        .toList());
    }

    private PoolState withPlaces(List<Place> next) {
        return new PoolState(spec, generation, revisions, rollout, settle, shards, steered, stranded, stopping, next);
    }

    /// Whether the pool has sharded sockets.
    public boolean sharded() {
        return !settle.isZero();
    }

    /// Whether a place is filled again: after an end, or to replace who is in it.
    boolean replaces() {
        return spec.restart().restarts();
    }

    List<Integer> freeShards() {
        var leased = new BitSet(shards);
        for (var place : places) {
            for (var member : place.members()) {
                leased.set(member.shard());
            }
        }
        var free = new ArrayList<Integer>();
        for (int shard = leased.nextClearBit(0); shard < shards; shard = leased.nextClearBit(shard + 1)) {
            free.add(shard);
        }
        return free;
    }

    /// Every incarnation that is not gone.
    public Stream<Member> members() {
        return places.stream().flatMap(place -> place.members().stream());
    }

    /// A place, empty where nothing was ever started.
    public Place place(int ordinal) {
        return ordinal < places.size() ? places.get(ordinal) : Place.empty(ordinal);
    }

    /// The places that are to be filled, also those nothing was ever started in.
    public List<Place> wantedPlaces() {
        var wanted = new ArrayList<Place>();
        for (int ordinal = 0; wants(ordinal); ordinal++) {
            wanted.add(place(ordinal));
        }
        return wanted;
    }

    /// Whether some wanted place is empty for good: the revision it would be filled from was given up there.
    public boolean failed() {
        return !failedPlaces().isEmpty();
    }

    List<Place> failedPlaces() {
        if (places.stream().noneMatch(Place::gaveUp)) {
            return List.of();
        }
        var aims = Aims.of(this);
        return wantedPlaces().stream()
                .filter(place -> place.gaveUp(aims.repair(place)) && !place.has(Member::wanted))
                .toList();
    }

    boolean wants(int ordinal) {
        return !stopping && ordinal < spec.replicas();
    }

    /// Ordinals that are wanted or still filled, in order.
    public List<Integer> ordinals() {
        var ordinals = new ArrayList<Integer>();
        for (int ordinal = 0; wants(ordinal) || ordinal < places.size(); ordinal++) {
            if (wants(ordinal) || !places.get(ordinal).members().isEmpty()) {
                ordinals.add(ordinal);
            }
        }
        return ordinals;
    }

    /// Whether every incarnation is gone.
    public boolean idle() {
        return members().findAny().isEmpty();
    }
}
