package dev.drover.supervisor.pool;

/// What a place remembers of the failures of one revision.
///
/// @param revision its number
/// @param failures in a row, the exponent of the delay
/// @param number of the incarnation that failed last: the timer belongs to it
/// @param waiting whether the revision is not started here before [#untilNanos]
/// @param untilNanos when the delay is over, also when the timer is lost
public record BackOff(int revision, int failures, int number, boolean waiting, long untilNanos) {

    static BackOff none(int revision) {
        return new BackOff(revision, 0, 0, false, 0);
    }

    BackOff over() {
        return new BackOff(revision, failures, number, false, untilNanos);
    }
}
