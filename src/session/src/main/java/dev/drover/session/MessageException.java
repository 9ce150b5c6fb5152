package dev.drover.session;

/// A message or request failed.
public final class MessageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final FailureReason reason;

    MessageException(Failure failure) {
        this(failure.reason(), failure.message());
    }

    /// For whoever knows the outcome before a session does.
    ///
    /// @param message for people
    public MessageException(FailureReason reason, String message) {
        // Without a stack: it would show the session's thread, and there may be thousands at once when a worker dies.
        super(message, null, false, false);
        this.reason = reason;
    }

    /// Why. [FailureReason#maybeDelivered] tells whether it is safe to send again.
    public FailureReason reason() {
        return reason;
    }
}
