package dev.drover.handoff;

/// Inside the codec: this frame breaks the contract. Without a stack trace, because whoever sends garbage decides how
/// often it is made; never leaves [WorkerFrames] and [MasterFrames].
final class MalformedFrameException extends Exception {
    private static final long serialVersionUID = 1L;

    private final JoinRefusal reason;

    MalformedFrameException(String why) {
        this(JoinRefusal.MALFORMED, why);
    }

    private MalformedFrameException(JoinRefusal reason, String why) {
        super(why, null, false, false);
        this.reason = reason;
    }

    /// Its own kind, because the answer to a Join tells it.
    static MalformedFrameException protocolVersion(int version) {
        return new MalformedFrameException(
                JoinRefusal.PROTOCOL_VERSION,
                "protocol version " + Integer.toUnsignedString(version) + ": only " + Wire.PROTOCOL_VERSION
                        + " is spoken here");
    }

    JoinRefusal reason() {
        return reason;
    }

    String why() {
        return Wire.why(this);
    }
}
