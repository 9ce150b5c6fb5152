package dev.drover.supervisor;

import dev.drover.session.Load;

/// What the workers of a pool have in hand, as those with a session last told.
///
/// @param telling workers that tell
/// @param connections open
/// @param inFlight requests that are being answered
record PoolLoad(int telling, long connections, long inFlight) {
    static final PoolLoad NONE = new PoolLoad(0, 0, 0);

    static PoolLoad of(Load load) {
        return new PoolLoad(1, load.connections(), load.inFlight());
    }

    PoolLoad plus(PoolLoad other) {
        return new PoolLoad(telling + other.telling, connections + other.connections, inFlight + other.inFlight);
    }

    /// After the number of workers; empty where nobody tells.
    String words() {
        return telling == 0
                ? ""
                : ", " + Counted.of(connections, "connection") + " and " + Counted.of(inFlight, "request")
                        + " in hand as " + telling + " of them last told";
    }
}
