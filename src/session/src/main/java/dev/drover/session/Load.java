package dev.drover.session;

/// What a worker has in hand.
///
/// @param connections open connections, 0 or more
/// @param inFlight requests that are being answered, 0 or more
public record Load(int connections, int inFlight) {
    public Load {
        if (connections < 0 || inFlight < 0) {
            throw new IllegalArgumentException(
                    "cannot report " + connections + " connections and " + inFlight + " requests: from 0");
        }
    }
}
