package dev.drover.supervisor.socket;

/// A socket could not be opened. The message is one line for the operator: the socket, the system's reason, and
/// what to look at.
public final class SocketOpenException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    SocketOpenException(String message, Throwable cause) {
        super(message, cause);
    }
}
