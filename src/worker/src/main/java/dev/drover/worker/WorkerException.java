package dev.drover.worker;

/// What keeps a program from being a worker, or a listener from being used; the message says what to do.
public final class WorkerException extends RuntimeException {
    private static final long serialVersionUID = 1;

    WorkerException(String message) {
        super(message);
    }

    WorkerException(String message, Throwable cause) {
        super(message, cause);
    }
}
