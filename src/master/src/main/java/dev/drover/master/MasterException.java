package dev.drover.master;

/// The master cannot start or go on. The message is one line for its user.
final class MasterException extends RuntimeException {
    private static final long serialVersionUID = 1;

    MasterException(String message) {
        super(message);
    }

    MasterException(String message, Throwable cause) {
        super(message, cause);
    }
}
