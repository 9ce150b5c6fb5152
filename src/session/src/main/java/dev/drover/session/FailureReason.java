package dev.drover.session;

/// Why a message or request failed.
public enum FailureReason {
    /// There is nobody of that name with a session.
    NO_RECEIVER(false),
    /// The receiver takes no messages, or no requests.
    NO_HANDLER(false),
    /// The receiver, or the way to it, ended before the outcome was known.
    PEER_GONE(true),
    /// The receiver's handler failed.
    HANDLER_FAILED(true),
    /// No reply came in time.
    DEADLINE_EXCEEDED(true),
    /// The requester no longer wants the reply.
    CANCELLED(true),
    /// A queue was full, here or on the way.
    QUEUE_FULL(false),
    /// The payload is larger than is allowed.
    TOO_LARGE(false);

    private final boolean maybeDelivered;

    FailureReason(boolean maybeDelivered) {
        this.maybeDelivered = maybeDelivered;
    }

    /// Whether the receiver's handler may have it all the same. If not, it is safe to send again.
    public boolean maybeDelivered() {
        return maybeDelivered;
    }
}
