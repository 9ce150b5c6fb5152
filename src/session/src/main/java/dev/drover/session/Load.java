package dev.drover.session;

/// What a worker has in hand, and has done.
///
/// @param connections open connections, 0 or more
/// @param inFlight requests that are being answered, 0 or more
/// @param requests answered since it began, 0 or more; never going back
public record Load(int connections, int inFlight, long requests) {
    public Load {
        if (connections < 0 || inFlight < 0 || requests < 0) {
            throw new IllegalArgumentException("cannot report " + connections + " connections, " + inFlight
                    + " requests in hand and " + requests + " answered: from 0");
        }
    }
}
