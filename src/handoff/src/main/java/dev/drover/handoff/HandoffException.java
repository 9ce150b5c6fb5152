package dev.drover.handoff;

/// The handle socket cannot be used: it is not there, the other end is gone, does not answer or breaks the protocol.
public class HandoffException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /// With the whole sentence: `cannot <verb> <what>: <cause>`.
    public HandoffException(String message) {
        super(message);
    }

    /// With the failure below it.
    public HandoffException(String message, Throwable cause) {
        super(message, cause);
    }
}
