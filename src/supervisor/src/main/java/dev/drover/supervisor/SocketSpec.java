package dev.drover.supervisor;

import java.net.SocketAddress;

/// What a pool listens on.
///
/// @param name DNS label, unique in the pool
/// @param address an [java.net.InetSocketAddress] (port 0: the kernel chooses) or a
///     [java.net.UnixDomainSocketAddress]
/// @param backlog connections that may wait in one listener's queue
/// @param distribution how connections reach the workers; Unix sockets are always shared
public record SocketSpec(String name, SocketAddress address, int backlog, Distribution distribution) {

    /// How a socket's connections reach the workers.
    public enum Distribution {
        /// A listener for each worker; new connections are steered to those that are ready.
        SHARDED,
        /// One listener from which every worker accepts.
        SHARED
    }

    public SocketSpec {
        if (distribution == Distribution.SHARDED && address instanceof java.net.UnixDomainSocketAddress) {
            throw new IllegalArgumentException("socket " + name + ": a Unix socket cannot be sharded");
        }
    }
}
