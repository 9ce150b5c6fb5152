package dev.drover.supervisor.pool;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A worker's place: the incarnations that fill it now, oldest first, and what is remembered of those before.
///
/// @param ordinal 0 is the first
/// @param lastNumber number of the newest incarnation so far
/// @param epoch raised to have the present incarnation replaced
/// @param failures failures in a row, the exponent of the back-off
/// @param restarts how often it was filled again after an end that was not asked for
/// @param backingOff whether it stays empty until its timer ends
/// @param members those that are not gone
public record Place(
        int ordinal, int lastNumber, int epoch, int failures, int restarts, boolean backingOff, List<Member> members) {

    public Place {
        members = List.copyOf(members);
    }

    static Place empty(int ordinal) {
        return new Place(ordinal, 0, 0, 0, 0, false, List.of());
    }

    /// What is remembered of a place that is not wanted any more.
    Place emptied() {
        return new Place(ordinal, lastNumber, 0, 0, 0, false, List.of());
    }

    /// The member of that number.
    public Optional<Member> member(int number) {
        return members.stream().filter(member -> member.number() == number).findFirst();
    }

    /// The newest incarnation that is to serve.
    Optional<Member> current() {
        return members.reversed().stream()
                .filter(member -> member.life().wanted())
                .findFirst();
    }

    boolean stale(Member member, int revision) {
        return member.epoch() < epoch || member.revision() < revision;
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
        return new Place(ordinal, lastNumber, epoch, failures, restarts, backingOff, next);
    }

    Place started(Member member) {
        var next = new ArrayList<>(members);
        next.add(member);
        return new Place(ordinal, member.number(), epoch, failures, restarts, false, next);
    }

    Place failed(int failures, boolean backingOff) {
        return new Place(ordinal, lastNumber, epoch, failures, restarts + 1, backingOff, members);
    }

    Place backedOff() {
        return new Place(ordinal, lastNumber, epoch, failures, restarts, false, members);
    }

    Place nextEpoch() {
        return new Place(ordinal, lastNumber, epoch + 1, failures, restarts, false, members);
    }
}
