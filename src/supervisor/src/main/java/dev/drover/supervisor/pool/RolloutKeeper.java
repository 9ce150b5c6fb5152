package dev.drover.supervisor.pool;

import dev.drover.supervisor.PoolSpec;
import dev.drover.supervisor.pool.Revision.Failure;
import java.util.HashSet;
import java.util.Optional;
import java.util.OptionalInt;

/// Keeps the books of a rollout within one step: makes revisions, notes progress, gives up, and sees the end.
final class RolloutKeeper {

    private final PoolCore core;
    private final PoolCore.Moment now;
    private boolean progressed;

    RolloutKeeper(PoolCore core, PoolCore.Moment now) {
        this.core = core;
        this.now = now;
    }

    private PoolState state() {
        return core.state();
    }

    private Revisions revisions() {
        return state().revisions();
    }

    private Progress progress() {
        return new Progress(state(), now.nanos());
    }

    /// Something else is wanted. A changed template makes a revision, unless the rollout is paused: then when it is
    /// resumed.
    void change(PoolSpec spec) {
        var before = state().spec();
        boolean fromNothing = before.replicas() == 0;
        boolean otherSockets = spec.inheritsOthersThan(before);
        core.put(state().withSpec(spec));
        // Places that are not wanted any more forget, and other rules may be kept where those before were broken.
        boolean otherRules = !spec.restart().equals(before.restart());
        state().places().forEach(place -> core.put(otherRules ? place.forgiven() : place));
        if (!state().stopping() && !state().rollout().paused()) {
            catchUp(fromNothing, otherSockets);
        }
    }

    /// Makes the revision that the spec wants. One that was complete because nothing was wanted is rolled out when
    /// something is: nobody has seen it working.
    ///
    /// @param otherSockets whether workers must be started anew for those
    private void catchUp(boolean fromNothing, boolean otherSockets) {
        boolean unproven = revisions().good() != state().revision();
        if (!state().spec().template().equals(revisions().current().template())) {
            make(state().spec(), fromNothing);
        } else if (otherSockets && state().replaces()) {
            add(state().spec(), "sockets");
            begin(fromNothing);
        } else if (state().rollout() instanceof Rollout.Complete
                && unproven
                && state().spec().replicas() > 0) {
            begin(true);
        }
    }

    private void make(PoolSpec spec, boolean fromNothing) {
        var changes = revisions().current().template().changesTo(spec.template());
        var cause = changes.isEmpty() ? "template" : String.join(", ", changes);
        var known = revisions().of(spec.template());
        if (known.isPresent()) {
            wantAgain(known.get(), cause, Optional.empty());
        } else {
            add(spec, cause);
        }
        begin(fromNothing);
    }

    private void add(PoolSpec spec, String cause) {
        var next = new Revision(revisions().nextNumber(), spec.template(), now.time(), cause, Optional.empty());
        core.put(state().with(revisions().with(next)));
    }

    /// A revision that is wanted again gets the next number, as a Deployment's does.
    private void wantAgain(Revision old, String cause, Optional<Failure> insteadOf) {
        var next = new Revision(revisions().nextNumber(), old.template(), now.time(), cause, insteadOf);
        core.put(state().renumbered(old.number(), next));
    }

    /// What was given to another revision, and never had a worker of it, is not: each rollout asks anew.
    private void begin(boolean fresh) {
        step(new Rollout.Event.RevisionMade(fresh));
        for (var place : state().places()) {
            core.put(place.givenTo(place.arrived()));
        }
        trim();
    }

    private void step(Rollout.Event event) {
        core.put(state().with(state().rollout().next(event)));
    }

    RolloutOutcome obey(RolloutOrder order) {
        if (state().stopping()) {
            return refused(RolloutOutcome.Reason.STOPPING, "pool " + name() + " is stopping");
        }
        boolean paused = state().rollout().paused();
        return switch (order) {
            case RolloutOrder.Restart() when !state().replaces() -> neverReplaced("restart");
            case RolloutOrder.Undo _ when !state().replaces() -> neverReplaced("undo");
            case RolloutOrder.Restart() -> paused ? refusedWhilePaused("restart") : restart();
            case RolloutOrder.Undo(var revision) -> paused ? refusedWhilePaused("undo") : undo(revision);
            case RolloutOrder.Pause() -> paused ? alreadyPaused() : pause();
            case RolloutOrder.Resume() -> paused ? resume() : notPaused();
        };
    }

    private RolloutOutcome neverReplaced(String verb) {
        return refused(
                RolloutOutcome.Reason.NEVER_REPLACED,
                "cannot " + verb + " the rollout of pool " + name() + ": its workers are started once, never replaced");
    }

    private RolloutOutcome refusedWhilePaused(String verb) {
        return refused(
                RolloutOutcome.Reason.PAUSED,
                "cannot " + verb + " the rollout of pool " + name() + ": it is paused, resume it first");
    }

    private RolloutOutcome alreadyPaused() {
        return new RolloutOutcome.Unchanged("the rollout of pool " + name() + " is paused already");
    }

    private RolloutOutcome notPaused() {
        return refused(
                RolloutOutcome.Reason.NOT_PAUSED, "cannot resume the rollout of pool " + name() + ": it is not paused");
    }

    private RolloutOutcome restart() {
        add(state().spec(), "restart");
        begin(state().spec().replicas() == 0);
        return accepted("restarted");
    }

    private RolloutOutcome undo(OptionalInt wanted) {
        if (wanted.isEmpty() && revisions().previous().isEmpty()) {
            return refused(
                    RolloutOutcome.Reason.NO_HISTORY,
                    "cannot undo the rollout of pool " + name() + ": revision " + state().revision()
                            + " is the only one");
        }
        int number = wanted.orElseGet(() -> revisions().previous().orElseThrow().number());
        var old = revisions().numbered(number);
        if (old.isEmpty()) {
            return refused(
                    RolloutOutcome.Reason.UNKNOWN_REVISION,
                    "cannot undo the rollout of pool " + name() + " to revision " + number + ": kept are "
                            + keptNumbers());
        }
        if (number == state().revision()) {
            return new RolloutOutcome.Unchanged("revision " + number + " of pool " + name() + " is wanted already");
        }
        goBackTo(old.get(), "undo to revision " + number, Optional.empty());
        return accepted("rolled back to revision " + number);
    }

    private String keptNumbers() {
        return String.join(
                ", ",
                revisions().kept().stream()
                        .map(revision -> Integer.toString(revision.number()))
                        .toList());
    }

    private void goBackTo(Revision old, String cause, Optional<Failure> insteadOf) {
        core.put(state().withSpec(state().spec().withTemplate(old.template())));
        wantAgain(old, cause, insteadOf);
        begin(state().spec().replicas() == 0);
    }

    private RolloutOutcome pause() {
        step(new Rollout.Event.PauseOrdered());
        return accepted("paused");
    }

    private RolloutOutcome resume() {
        step(new Rollout.Event.ResumeOrdered());
        catchUp(false, false);
        return accepted("resumed");
    }

    private RolloutOutcome accepted(String what) {
        return new RolloutOutcome.Accepted(state().revision(), "pool " + name() + " " + what);
    }

    private static RolloutOutcome refused(RolloutOutcome.Reason reason, String message) {
        return new RolloutOutcome.Refused(reason, message);
    }

    private String name() {
        return state().spec().name();
    }

    /// A worker that was to serve has failed.
    void failed(int ordinal, Member member, String how) {
        if (member.revision() == state().revision()) {
            step(new Rollout.Event.WorkerFailed(progress().name(ordinal, member) + " " + how));
        }
    }

    /// Notes which places have a worker that is available, and whether that is progress: the first of the wanted
    /// revision in its place. One that comes back after a crash is none, or a revision that crashes for ever would
    /// never be given up.
    void arrive() {
        int target = Aims.of(state()).target();
        var progress = progress();
        for (var place : state().wantedPlaces()) {
            int best = 0;
            for (var member : place.members()) {
                if (progress.isAvailable(member) && (best == 0 || member.revision() == target)) {
                    best = member.revision();
                }
            }
            boolean givenAway = place.revision() == target && place.arrived() != target && best != target;
            boolean known = place.arrived() == best && place.revision() == best;
            if (best != 0 && !givenAway && !known) {
                progressed |= best == state().revision() && place.arrived() != best;
                core.put(place.arrivedAt(best));
            }
        }
    }

    void giveUpIfOverdue() {
        var deadline = state().spec().progressDeadline();
        if (state().stopping()
                || progressed
                || progress().isComplete()
                || !state().rollout().overdue(deadline, now.nanos())) {
            return;
        }
        var failure = new Failure(state().revision(), progress().whatWasSeen());
        step(new Rollout.Event.GivenUp(failure));
        int good = revisions().good();
        if (state().spec().rollbackOnFailure() && good != 0 && good != state().revision()) {
            var cause = "rollback: revision " + failure.revision() + " failed";
            goBackTo(revisions().numbered(good).orElseThrow(), cause, Optional.of(failure));
        }
    }

    /// After the places have been brought nearer: whether it is complete, or since when it does not come on.
    void look() {
        boolean settled =
                state().rollout() instanceof Rollout.Complete && revisions().good() == state().revision();
        if (state().stopping() || settled) {
            return;
        }
        boolean complete = progress().isComplete();
        var before = state().rollout();
        step(new Rollout.Event.PlacesSeen(progress().isTrying(), progressed, complete, now.nanos()));
        if (complete
                && state().replaces()
                && !state().rollout().paused()
                && state().spec().replicas() > 0) {
            core.put(state().with(revisions().proven()));
        }
        if (!state().rollout().equals(before) && state().rollout() instanceof Rollout.Complete) {
            trim();
        }
        startDeadline(before);
    }

    private void startDeadline(Rollout before) {
        if (state().rollout() instanceof Rollout.Progressing progressing
                && progressing.sinceNanos() != Rollout.NOT_TRYING
                && !(before instanceof Rollout.Progressing earlier
                        && earlier.id() == progressing.id()
                        && earlier.sinceNanos() == progressing.sinceNanos())) {
            core.command(new PoolCommand.StartTimer(
                    state().spec().progressDeadline(), new PoolEvent.DeadlineEnded(progressing.id())));
        }
    }

    /// Forgets what nobody can need: bounds the history and what places remember of failures.
    private void trim() {
        var used = new HashSet<Integer>();
        for (var place : state().places()) {
            used.add(place.revision());
            place.members().stream()
                    .filter(Member::wanted)
                    .map(Member::revision)
                    .forEach(used::add);
        }
        core.put(state().with(revisions().trimmed(state().spec().revisionHistoryLimit(), used::contains)));
        var kept = revisions();
        for (var place : state().places()) {
            core.put(place.forgetting(backOff -> !kept.knows(backOff.revision())));
        }
    }
}
