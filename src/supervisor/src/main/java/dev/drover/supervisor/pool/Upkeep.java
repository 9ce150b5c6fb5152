package dev.drover.supervisor.pool;

import java.util.HashSet;

/// What is looked for once a second.
final class Upkeep {
    private final PoolCore core;
    private final PoolCore.Moment now;

    Upkeep(PoolCore core, PoolCore.Moment now) {
        this.core = core;
        this.now = now;
    }

    void run() {
        findWhatIsDue();
        rescueStranded();
    }

    /// A timer may be lost, late or double: what is due stands in the state.
    private void findWhatIsDue() {
        for (var place : core.state().places()) {
            for (var backOff : place.backOffs()) {
                if (backOff.waiting() && now.nanos() - backOff.untilNanos() >= 0) {
                    core.endBackOff(place.ordinal(), backOff.number());
                }
            }
            for (var member : place.members()) {
                findWhatIsDue(place.ordinal(), member);
            }
        }
    }

    private void findWhatIsDue(int ordinal, Member member) {
        long overdue = now.nanos() - member.dueNanos();
        if (member.life() instanceof Life.Draining && overdue >= 0) {
            core.happen(ordinal, member.number(), new Life.Event.GraceEnded());
        } else if (member.life() instanceof Life.Hung && overdue >= 0) {
            core.happen(ordinal, member.number(), new Life.Event.DumpTimeEnded());
        } else if (member.life() instanceof Life.Retiring
                && overdue >= core.state().settle().toNanos()) {
            // Much too late to be on its way: each look starts a timer for the next.
            core.checkQueue(ordinal, member.number());
        }
    }

    /// A connection that was in its handshake when its shard was taken out of the table may end in a queue that
    /// nobody accepts from. When that has lasted from one tick to the next, the oldest ready worker is replaced:
    /// its successor leases the free shard with the longest queue.
    private void rescueStranded() {
        var state = core.state();
        var waiting = new HashSet<Integer>();
        if (state.sharded() && !state.stopping()) {
            for (int shard : state.freeShards()) {
                if (now.queues().applyAsInt(shard) > 0) {
                    waiting.add(shard);
                }
            }
        }
        boolean stranded = waiting.stream().anyMatch(state.stranded()::contains);
        core.put(state.withStranded(waiting));
        if (stranded && !helpComes()) {
            state.places().stream()
                    .filter(place -> place.current().filter(Member::ready).isPresent())
                    .min((a, b) -> Long.compare(
                            a.current().orElseThrow().readyNanos(),
                            b.current().orElseThrow().readyNanos()))
                    .ifPresent(place -> core.restart(place.ordinal()));
        }
    }

    /// Whether somebody starts, who may have leased such a shard. One that has been starting for too long is no help.
    private boolean helpComes() {
        long patience = core.state().spec().progressDeadline().toNanos();
        return core.state()
                .members()
                .anyMatch(
                        member -> member.wanted() && !member.ready() && now.nanos() - member.startedNanos() < patience);
    }
}
