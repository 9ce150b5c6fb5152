package dev.drover.supervisor;

/// A handle was not taken by the worker it was passed to, which never reads or accepts from it. It is still the
/// caller's, to be passed to another.
public final class PassException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    PassException(String message) {
        super(message);
    }
}
