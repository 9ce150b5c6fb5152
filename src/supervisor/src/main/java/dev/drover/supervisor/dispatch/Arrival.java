package dev.drover.supervisor.dispatch;

import java.net.SocketAddress;
import java.util.Optional;

/// A connection that the supervisor has accepted and is about to give to a worker.
public interface Arrival {
    /// The pool's name of the socket it came to.
    String socketName();

    /// The client: an [java.net.InetSocketAddress], or a [java.net.UnixDomainSocketAddress] that is empty unless the
    /// client has bound its socket. Empty when the client is gone already. Costs a system call.
    Optional<SocketAddress> peerAddress();

    /// This end of it, which of a wildcard listener is more than where that listens. Costs a system call.
    SocketAddress localAddress();
}
