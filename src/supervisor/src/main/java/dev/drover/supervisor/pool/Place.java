package dev.drover.supervisor.pool;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// A worker's place: the incarnations that fill it now, oldest first, and what is remembered of those before.
///
/// @param ordinal 0 is the first
/// @param lastNumber number of the newest incarnation so far
/// @param epoch raised to have the present incarnation replaced
/// @param revision the revision it belongs to: of the last incarnation that was available, or one it was given to; 0:
///     none yet
/// @param arrived the revision of the last incarnation that was available in it; 0: none yet
/// @param restarts how often it was filled again after an end that was not asked for
/// @param backOffs what is remembered of failures, one for a revision
/// @param members those that are not gone
public record Place(
        int ordinal,
        int lastNumber,
        int epoch,
        int revision,
        int arrived,
        int restarts,
        List<BackOff> backOffs,
        List<Member> members) {

    public Place {
        backOffs = List.copyOf(backOffs);
        members = List.copyOf(members);
    }

    static Place empty(int ordinal) {
        return new Place(ordinal, 0, 0, 0, 0, 0, List.of(), List.of());
    }

    /// What is remembered of a place that is not wanted any more: whoever still leaves it, and else only its last
    /// number.
    Place unwanted() {
        return members.isEmpty()
                ? new Place(ordinal, lastNumber, 0, 0, 0, 0, List.of(), List.of())
                : new Place(ordinal, lastNumber, epoch, 0, 0, restarts, List.of(), members);
    }

    /// The member of that number.
    public Optional<Member> member(int number) {
        for (var member : members) {
            if (member.number() == number) {
                return Optional.of(member);
            }
        }
        return Optional.empty();
    }

    boolean has(Predicate<Member> which) {
        for (var member : members) {
            if (which.test(member)) {
                return true;
            }
        }
        return false;
    }

    /// The newest incarnation that is to serve.
    Optional<Member> current() {
        return members.reversed().stream().filter(Member::wanted).findFirst();
    }

    /// Whether some revision is not started here for a while.
    public boolean backingOff() {
        return backOffs.stream().anyMatch(BackOff::waiting);
    }

    boolean backingOff(int revision) {
        return backOff(revision).waiting();
    }

    BackOff backOff(int revision) {
        for (var backOff : backOffs) {
            if (backOff.revision() == revision) {
                return backOff;
            }
        }
        return BackOff.none(revision);
    }

    /// Whether some revision is not started here any more.
    public boolean gaveUp() {
        return backOffs.stream().anyMatch(BackOff::gaveUp);
    }

    boolean gaveUp(int revision) {
        return backOff(revision).gaveUp();
    }

    /// The most failures in a row of a revision.
    public int failures() {
        return backOffs.stream().mapToInt(BackOff::failures).max().orElse(0);
    }

    /// The same place with one member in another state; one that is gone is left out.
    Place with(Member changed) {
        var next = new ArrayList<Member>(members.size());
        for (var member : members) {
            var kept = member.number() == changed.number() ? changed : member;
            if (kept.life().alive()) {
                next.add(kept);
            }
        }
        return withMembers(next);
    }

    Place started(Member member) {
        var next = new ArrayList<>(members);
        next.add(member);
        return new Place(ordinal, member.number(), epoch, revision, arrived, restarts, backOffs, next);
    }

    Place with(BackOff changed) {
        var next = new ArrayList<BackOff>(backOffs.size() + 1);
        for (var backOff : backOffs) {
            if (backOff.revision() != changed.revision()) {
                next.add(backOff);
            }
        }
        if (!changed.isEmpty()) {
            next.add(changed);
        }
        return withBackOffs(next);
    }

    /// Without what is remembered of revisions that do not matter any more.
    Place forgetting(Predicate<BackOff> which) {
        return backOffs.stream().noneMatch(which)
                ? this
                : withBackOffs(backOffs.stream().filter(which.negate()).toList());
    }

    Place restarted() {
        return new Place(ordinal, lastNumber, epoch, revision, arrived, restarts + 1, backOffs, members);
    }

    /// A worker of that revision is available in it.
    Place arrivedAt(int number) {
        return new Place(ordinal, lastNumber, epoch, number, number, restarts, backOffs, members);
    }

    /// It is left to that revision: its worker gives way before there is another.
    Place givenTo(int number) {
        return new Place(ordinal, lastNumber, epoch, number, arrived, restarts, backOffs, members);
    }

    /// What was given up here is tried again.
    Place forgiven() {
        return gaveUp()
                ? withBackOffs(backOffs.stream()
                        .map(backOff -> backOff.gaveUp() ? backOff.forgiven() : backOff)
                        .toList())
                : this;
    }

    Place nextEpoch() {
        var forgiven = backOffs.stream().map(BackOff::forgiven).toList();
        return new Place(ordinal, lastNumber, epoch + 1, revision, arrived, restarts, forgiven, members);
    }

    /// As [#nextEpoch], but what has failed here waits on: nobody has asked for it.
    Place recycled() {
        return new Place(ordinal, lastNumber, epoch + 1, revision, arrived, restarts, backOffs, members);
    }

    /// Whether a worker that is worn out is being replaced here.
    boolean recycles() {
        return has(member -> member.worn() && member.epoch() < epoch);
    }

    Place renumbered(int from, int to) {
        return new Place(
                ordinal,
                lastNumber,
                epoch,
                revision == from ? to : revision,
                arrived == from ? to : arrived,
                restarts,
                // It is wanted again: it is tried at once.
                backOffs.stream().filter(backOff -> backOff.revision() != from).toList(),
                members.stream().map(member -> member.renumbered(from, to)).toList());
    }

    private Place withMembers(List<Member> next) {
        return new Place(ordinal, lastNumber, epoch, revision, arrived, restarts, backOffs, next);
    }

    private Place withBackOffs(List<BackOff> next) {
        return new Place(ordinal, lastNumber, epoch, revision, arrived, restarts, next, members);
    }
}
