package dev.drover.supervisor.pool;

import dev.drover.supervisor.pool.PoolCommand.SpawnWorker;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// Brings a pool nearer to what is wanted: empties places that are not, fills those that are, and replaces what
/// is stale, the new incarnation being ready before the old one gives way.
///
/// Bounds: no more than `replicas + surge` incarnations live because of replacing, those that leave included; no
/// fewer than `replicas - unavailable` are available because of replacing. A place whose worker has crashed keeps its
/// room within the first bound.
final class Reconciler {

    private final PoolCore core;
    private final Aims aims;
    private final long now;

    /// Counted again after a change: a pool may have a thousand places.
    private Optional<Room> counted = Optional.empty();

    Reconciler(PoolCore core, PoolCore.Moment moment) {
        this.core = core;
        this.aims = Aims.of(core.state());
        this.now = moment.nanos();
    }

    void reconcile() {
        var ordinals = core.state().ordinals();
        for (int ordinal : ordinals) {
            if (!core.state().wants(ordinal)) {
                retire(ordinal, Member::wanted);
            } else if (core.state().replaces()) {
                giveWay(ordinal);
                fill(ordinal);
            } else {
                fillOnce(ordinal);
            }
        }
        if (core.state().replaces()) {
            replaceStale(ordinals);
        }
    }

    private void replaceStale(List<Integer> ordinals) {
        var wanted = ordinals.stream().filter(core.state()::wants).toList();
        // Those that serve nobody first: replacing them costs nothing.
        replaceEach(wanted, false);
        replaceEach(wanted, true);
    }

    private void replaceEach(List<Integer> ordinals, boolean available) {
        for (int ordinal : ordinals) {
            var place = core.state().place(ordinal);
            boolean underWay = place.has(member -> aims.isWhatIsWanted(place, member));
            if (!underWay && place.has(this::available) == available) {
                replace(place);
            }
        }
    }

    /// An incarnation gives way as soon as a better one of its place is available. One that was never ready has no
    /// clients to wait for: it gives way at once when it serves no purpose any more.
    private void giveWay(int ordinal) {
        var place = core.state().place(ordinal);
        retire(ordinal, member -> member.wanted() && (outranked(place, member) || purposeless(place, member)));
    }

    private boolean outranked(Place place, Member member) {
        return place.has(other -> available(other) && rank(other, member) > 0);
    }

    private int rank(Member one, Member other) {
        int target = aims.target();
        int byRevision = Boolean.compare(one.revision() == target, other.revision() == target);
        int byEpoch = Integer.compare(one.epoch(), other.epoch());
        return byRevision != 0 ? byRevision : byEpoch != 0 ? byEpoch : Integer.compare(one.number(), other.number());
    }

    private boolean purposeless(Place place, Member member) {
        if (member.ready()) {
            return false;
        }
        int repair = aims.repair(place);
        int successor = aims.successor(place);
        boolean known =
                member.revision() == repair || member.revision() == successor || member.revision() == aims.target();
        // It was to replace one of its own revision, and that one is to be replaced by another revision now.
        boolean overtaken = member.revision() == repair
                && repair != successor
                && place.has(other -> other.ready() && other.revision() == repair);
        return !known || overtaken || member.epoch() < place.epoch();
    }

    /// Whoever is in it stays until it ends, and then nobody takes its place. There are two where workers were
    /// replaced until now.
    private void fillOnce(int ordinal) {
        var place = core.state().place(ordinal);
        retire(ordinal, member -> member.wanted() && outranked(place, member));
        if (place.lastNumber() == 0) {
            start(place, aims.successor(place));
        }
    }

    /// A place is filled when nobody in it is ready or will be whom we can rely on.
    private void fill(int ordinal) {
        var place = core.state().place(ordinal);
        int repair = aims.repair(place);
        boolean covered = place.has(member -> member.ready() || (member.wanted() && member.revision() == repair));
        if (covered) {
            return;
        }
        int successor = aims.successor(place);
        if (place.members().isEmpty() && successor != repair && mayGive(place, successor)) {
            give(place, successor);
        } else if (!place.backingOff(repair) && mayFill(place)) {
            start(place, repair);
        }
    }

    private boolean mayFill(Place place) {
        if (place.members().isEmpty()) {
            return true;
        }
        if (core.awaitsExit(place)) {
            return false;
        }
        var room = room();
        return owed(place)
                ? room.alive() + room.vacant() < most()
                : place.members().size() == 1 && room.alive() + room.owed() < most();
    }

    private void replace(Place place) {
        int successor = aims.successor(place);
        if (place.backingOff(successor) || place.has(Member::leaving)) {
            return;
        }
        var room = room();
        if (room.alive() + room.owed() < most()) {
            start(place, successor);
        } else if (mayGive(place, successor)) {
            give(place, successor);
        }
    }

    /// Without surge a worker gives way before there is another.
    private void give(Place place, int revision) {
        counted = Optional.empty();
        core.put(place.givenTo(revision));
        retire(place.ordinal(), Member::wanted);
        if (place.members().isEmpty()) {
            start(core.state().place(place.ordinal()), revision);
        }
    }

    /// Whether the place may do without a worker until that revision has an available one in it.
    private boolean mayGive(Place place, int revision) {
        var spec = core.state().spec();
        if (spec.surge() > 0 || place.backingOff(revision)) {
            return false;
        }
        var room = room();
        int elsewhere = room.pending() - (pending(place) ? 1 : 0);
        int left = room.available() - (place.has(this::available) ? 1 : 0);
        boolean needed = place.has(Member::ready) && left < spec.replicas() - spec.unavailable();
        return elsewhere < spec.unavailable() && !needed;
    }

    private void start(Place place, int revision) {
        int number = place.lastNumber() + 1;
        int shard = core.lease();
        counted = Optional.empty();
        core.put(place.started(Member.spawning(number, shard, revision, place.epoch(), now)));
        var template = core.state().revisions().numbered(revision).orElseThrow().template();
        core.command(new SpawnWorker(place.ordinal(), number, shard, revision, template));
    }

    private void retire(int ordinal, Predicate<Member> which) {
        for (var member : core.state().place(ordinal).members()) {
            if (member.wanted() && which.test(member)) {
                counted = Optional.empty();
                core.happen(ordinal, member.number(), new Life.Event.RetireOrdered(now));
            }
        }
    }

    /// What there is room for.
    ///
    /// @param alive incarnations that live
    /// @param vacant wanted places in which nobody lives: they will be filled without asking
    /// @param owed the same, and those in which only somebody lives whom we cannot rely on
    /// @param available wanted places in which somebody is available
    /// @param pending wanted places that wait for the first worker of what they belong to
    private record Room(int alive, int vacant, int owed, int available, int pending) {}

    private Room room() {
        var room = counted.orElseGet(this::count);
        counted = Optional.of(room);
        return room;
    }

    private Room count() {
        int vacant = 0;
        int owed = 0;
        int available = 0;
        int pending = 0;
        var wanted = core.state().wantedPlaces();
        for (var place : wanted) {
            vacant += place.members().isEmpty() ? 1 : 0;
            owed += owed(place) ? 1 : 0;
            available += place.has(this::available) ? 1 : 0;
            pending += pending(place) ? 1 : 0;
        }
        return new Room((int) core.state().members().count(), vacant, owed, available, pending);
    }

    private boolean owed(Place place) {
        int repair = aims.repair(place);
        return !place.has(member -> member.everReady() || member.revision() == repair);
    }

    private boolean pending(Place place) {
        return aims.repair(place) == aims.successor(place) && !place.has(this::available);
    }

    private int most() {
        return core.state().spec().replicas() + core.state().spec().surge();
    }

    private boolean available(Member member) {
        return member.availableAt(now, core.state().spec().minReady().toNanos());
    }
}
