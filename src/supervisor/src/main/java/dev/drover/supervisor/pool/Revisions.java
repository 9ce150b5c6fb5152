package dev.drover.supervisor.pool;

import dev.drover.supervisor.Template;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;

/// The revisions of a pool that are remembered, and which of them is known to work. Immutable.
///
/// @param kept by number; the last is the wanted one
/// @param good number of the revision of which every wanted worker was last seen available at once; 0: none yet
public record Revisions(List<Revision> kept, int good) {

    public Revisions {
        kept = List.copyOf(kept);
    }

    static Revisions first(Revision revision) {
        return new Revisions(List.of(revision), 0);
    }

    /// The one that is wanted.
    public Revision current() {
        return kept.getLast();
    }

    /// The one of that number.
    public Optional<Revision> numbered(int number) {
        for (var revision : kept) {
            if (revision.number() == number) {
                return Optional.of(revision);
            }
        }
        return Optional.empty();
    }

    /// The one before the wanted one: what an undo goes back to.
    public Optional<Revision> previous() {
        return kept.size() > 1 ? Optional.of(kept.get(kept.size() - 2)) : Optional.empty();
    }

    boolean knows(int number) {
        return numbered(number).isPresent();
    }

    /// The one with this template: the good one, or else the newest.
    Optional<Revision> of(Template template) {
        return numbered(good)
                .filter(revision -> revision.template().equals(template))
                .or(() -> kept.reversed().stream()
                        .filter(revision -> revision.template().equals(template))
                        .findFirst());
    }

    int nextNumber() {
        return current().number() + 1;
    }

    Revisions with(Revision next) {
        var all = new ArrayList<>(kept);
        all.add(next);
        return new Revisions(all, good);
    }

    /// The same with one that is wanted again, under its new number.
    Revisions moved(int from, Revision to) {
        var rest = kept.stream().filter(revision -> revision.number() != from).toList();
        return new Revisions(rest, good == from ? to.number() : good).with(to);
    }

    Revisions proven() {
        return good == current().number() ? this : new Revisions(kept, current().number());
    }

    /// Without those that are neither wanted, nor good, nor in use, nor among the newest `limit` others.
    Revisions trimmed(int limit, IntPredicate inUse) {
        int old = kept.size() - 1;
        var rest = new ArrayList<Revision>(kept.size());
        for (int i = 0; i < kept.size(); i++) {
            int number = kept.get(i).number();
            if (i >= old - limit || number == good || inUse.test(number)) {
                rest.add(kept.get(i));
            }
        }
        return rest.size() == kept.size() ? this : new Revisions(rest, good);
    }
}
