package dev.drover.supervisor.pool;

import dev.drover.supervisor.RestartPolicy;
import java.util.List;
import java.util.stream.Stream;

/// What a place remembers of the failures of one revision.
///
/// @param revision its number
/// @param failures in a row, the exponent of the delay
/// @param number of the incarnation that failed last: the timer belongs to it
/// @param waiting whether the revision is not started here before [#untilNanos], or not at all
/// @param untilNanos when the delay is over, also when the timer is lost
/// @param gaveUp whether the revision is not started here any more
/// @param endNanos when its workers ended without having been told to, oldest first; those that count only, and none
///     where nothing limits them
public record BackOff(
        int revision, int failures, int number, boolean waiting, long untilNanos, boolean gaveUp, List<Long> endNanos) {

    public BackOff {
        endNanos = List.copyOf(endNanos);
    }

    static BackOff none(int revision) {
        return new BackOff(revision, 0, 0, false, 0, false, List.of());
    }

    /// One more has ended; gives up where that is too much.
    BackOff ended(int incarnation, long nowNanos, RestartPolicy policy) {
        if (policy.limit().isEmpty()) {
            return new BackOff(revision, failures, incarnation, waiting, untilNanos, gaveUp, List.of());
        }
        var limit = policy.limit().get();
        var counted = Stream.concat(
                        endNanos.stream()
                                .filter(end -> nowNanos - end < limit.window().toNanos()),
                        Stream.of(nowNanos))
                .toList();
        boolean tooMany = counted.size() > limit.maxRestarts();
        // More are never needed to tell.
        var kept = counted.subList(Math.max(0, counted.size() - limit.maxRestarts() - 1), counted.size());
        return new BackOff(revision, failures, incarnation, tooMany || waiting, untilNanos, tooMany, kept);
    }

    /// It may be started at once.
    BackOff atOnce(int inARow) {
        return new BackOff(revision, inARow, number, gaveUp, untilNanos, gaveUp, endNanos);
    }

    /// It may be started at that moment.
    BackOff until(int inARow, long nanos) {
        return new BackOff(revision, inARow, number, true, nanos, gaveUp, endNanos);
    }

    /// The delay is over.
    BackOff over() {
        return new BackOff(revision, failures, number, gaveUp, untilNanos, gaveUp, endNanos);
    }

    /// It is asked for by its name.
    BackOff forgiven() {
        return new BackOff(revision, failures, number, false, untilNanos, false, List.of());
    }

    /// Whether there is nothing to remember.
    boolean isEmpty() {
        return failures == 0 && endNanos.isEmpty();
    }
}
