package dev.drover.session;

/// A message or request failed.
public final class MessageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final FailureReason reason;

    MessageException(Failure failure) {
        // Without a stack: it would show the session's thread, and there may be thousands at once when a worker dies.
        super(failure.message(), null, false, false);
        this.reason = failure.reason();
    }

    /// Why. [FailureReason#maybeDelivered] tells whether it is safe to send again.
    public FailureReason reason() {
        return reason;
    }
}
