package dev.drover.supervisor.socket;

import dev.drover.posix.Errno;
import dev.drover.posix.PosixException;

/// A socket could not be opened. The message is one line for the operator: the socket, the system's reason, and
/// what to look at.
public final class SocketOpenException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    SocketOpenException(String message, Throwable cause) {
        super(message, cause);
    }

    /// Whether somebody has the address already.
    public boolean addressInUse() {
        return getCause() instanceof PosixException failure && failure.errno() == Errno.EADDRINUSE;
    }
}
