package dev.drover.handoff;

/// The master answered, and does not want this worker. Trying again with the same token does not help.
public final class JoinRefusedException extends HandoffException {
    private static final long serialVersionUID = 1L;

    private final JoinRefusal reason;

    JoinRefusedException(String worker, JoinRefusal reason, String message) {
        super("cannot join as " + worker + ": the master refused (" + reason + "): " + message);
        this.reason = reason;
    }

    /// For programs.
    public JoinRefusal reason() {
        return reason;
    }
}
