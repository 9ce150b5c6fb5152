package dev.drover.session;

/// A session cannot be opened.
public final class SessionException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    SessionException(String message) {
        super(message);
    }
}
