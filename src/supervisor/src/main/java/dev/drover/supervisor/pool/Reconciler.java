package dev.drover.supervisor.pool;

import dev.drover.supervisor.pool.PoolCommand.SpawnWorker;

/// Brings a pool nearer to what is wanted: empties places that are not, fills those that are, and replaces what
/// is stale, the new incarnation being ready before the old one gives way.
///
/// Bounds: no more than `replicas + surge` incarnations live because of replacing, those that leave included; no
/// fewer than `replicas - unavailable` are available because of replacing.
final class Reconciler {

    private final PoolCore core;
    private final long now;

    Reconciler(PoolCore core, PoolCore.Moment moment) {
        this.core = core;
        this.now = moment.nanos();
    }

    void reconcile() {
        for (int ordinal : core.state().ordinals()) {
            if (core.state().wants(ordinal)) {
                retireReplaced(ordinal);
                fill(ordinal);
            } else {
                empty(ordinal);
            }
        }
        core.state().ordinals().stream().filter(core.state()::wants).forEach(this::replace);
    }

    private void empty(int ordinal) {
        for (var member : core.state().place(ordinal).members()) {
            if (member.life().wanted()) {
                core.happen(ordinal, member.number(), new Life.Event.RetireOrdered(now));
            }
        }
    }

    /// An older incarnation gives way as soon as a newer one of its place is available. One that was never ready
    /// has no clients to wait for.
    private void retireReplaced(int ordinal) {
        var place = core.state().place(ordinal);
        long minReady = core.state().spec().minReady().toNanos();
        boolean covered = false;
        for (var member : place.members().reversed()) {
            boolean neverServed = place.stale(member, core.state().revision()) && !member.ready();
            if (member.life().wanted() && (covered || neverServed)) {
                core.happen(ordinal, member.number(), new Life.Event.RetireOrdered(now));
            }
            covered |= member.availableAt(now, minReady);
        }
    }

    private void fill(int ordinal) {
        var place = core.state().place(ordinal);
        if (place.current().isPresent() || place.backingOff()) {
            return;
        }
        if (place.lastNumber() > 0 && !core.state().spec().restart().restarts()) {
            return;
        }
        if (place.members().isEmpty() || (place.members().size() == 1 && claimed() < most())) {
            start(place);
        }
    }

    private void replace(int ordinal) {
        var state = core.state();
        var place = state.place(ordinal);
        var current = place.current();
        if (current.isEmpty() || place.backingOff() || !place.stale(current.get(), state.revision())) {
            return;
        }
        if (place.members().size() == 1 && claimed() < most()) {
            start(place);
        } else if (state.spec().surge() == 0
                && available() - 1 >= state.spec().replicas() - state.spec().unavailable()) {
            core.happen(ordinal, current.get().number(), new Life.Event.RetireOrdered(now));
        }
    }

    private void start(Place place) {
        var state = core.state();
        int number = place.lastNumber() + 1;
        int shard = core.lease();
        var life = new Life.Spawning(false, false);
        core.put(place.started(new Member(number, life, shard, state.revision(), place.epoch(), now, 0, false)));
        core.command(new SpawnWorker(
                place.ordinal(), number, shard, state.revision(), state.spec().template()));
    }

    /// Incarnations that live, and one for each place that will be filled again without asking.
    private long claimed() {
        var state = core.state();
        long vacant = state.ordinals().stream()
                .filter(ordinal -> state.place(ordinal).members().isEmpty())
                .count();
        return state.members().count() + vacant;
    }

    private int most() {
        return core.state().spec().replicas() + core.state().spec().surge();
    }

    private long available() {
        long minReady = core.state().spec().minReady().toNanos();
        return core.state()
                .members()
                .filter(member -> member.availableAt(now, minReady))
                .count();
    }
}
