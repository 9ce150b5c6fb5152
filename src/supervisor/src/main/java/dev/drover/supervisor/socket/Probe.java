package dev.drover.supervisor.socket;

/// A source port from which this machine reaches exactly one member of the group.
///
/// @param sourcePort 1 to 65535, from a loopback address only
/// @param index the member
record Probe(int sourcePort, int index) {
    private static final int MAX_PORT = 65535;

    Probe {
        if (sourcePort < 1 || sourcePort > MAX_PORT) {
            throw new IllegalArgumentException("cannot probe from port " + sourcePort + ": it must be 1.." + MAX_PORT);
        }
    }
}
