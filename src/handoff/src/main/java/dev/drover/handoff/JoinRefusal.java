package dev.drover.handoff;

/// Why a worker was not accepted.
public enum JoinRefusal {
    /// Wrong or used token, unknown worker or incarnation: the master does not tell which.
    NOT_EXPECTED,

    /// The peer's user or process group is not the worker's.
    WRONG_PEER,

    /// The master does not speak the worker's protocol version.
    PROTOCOL_VERSION,

    /// The first frame was no Join, or could not be read.
    MALFORMED
}
