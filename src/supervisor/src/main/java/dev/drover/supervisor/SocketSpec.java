package dev.drover.supervisor;

import dev.drover.supervisor.dispatch.DispatchPolicy;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.Optional;

/// What a pool listens on.
///
/// @param name DNS label, unique in the pool
/// @param address an [java.net.InetSocketAddress] (port 0: the kernel chooses) or a [UnixDomainSocketAddress]
/// @param backlog connections that may wait in one listener's queue
/// @param distribution how connections reach the workers; a Unix socket cannot be sharded
/// @param policy to whom a connection goes: of a dispatched socket, and of no other
public record SocketSpec(
        String name, SocketAddress address, int backlog, Distribution distribution, Optional<DispatchPolicy> policy) {

    /// How a socket's connections reach the workers.
    public enum Distribution {
        /// A listener for each worker; new connections are steered to those that are ready.
        SHARDED,
        /// One listener from which every worker accepts.
        SHARED,
        /// The supervisor accepts and gives each connection to one worker that is ready. For workers that speak
        /// Drover.
        DISPATCHED
    }

    public SocketSpec {
        if (distribution == Distribution.SHARDED && address instanceof UnixDomainSocketAddress) {
            throw new IllegalArgumentException("socket " + name + ": a Unix socket cannot be sharded");
        }
        if (policy.isPresent() != (distribution == Distribution.DISPATCHED)) {
            throw new IllegalArgumentException(
                    "socket " + name + ": a dispatched socket has a policy, no other has one");
        }
    }

    /// Connections that may wait where nothing else is said.
    private static final int BACKLOG = 4096;

    /// With a backlog of 4096.
    public static SocketSpec of(String name, SocketAddress address, Distribution distribution) {
        return new SocketSpec(name, address, BACKLOG, distribution);
    }

    /// With the policy that is used where none is named: [DispatchPolicy#roundRobin] of a dispatched socket.
    public SocketSpec(String name, SocketAddress address, int backlog, Distribution distribution) {
        this(
                name,
                address,
                backlog,
                distribution,
                distribution == Distribution.DISPATCHED ? Optional.of(DispatchPolicy.roundRobin()) : Optional.empty());
    }

    /// One whose connections the supervisor gives to the worker that the policy chooses.
    public static SocketSpec dispatched(String name, SocketAddress address, int backlog, DispatchPolicy policy) {
        return new SocketSpec(name, address, backlog, Distribution.DISPATCHED, Optional.of(policy));
    }

    /// The same socket with room for so many connections that wait.
    public SocketSpec withBacklog(int connections) {
        return new SocketSpec(name, address, connections, distribution, policy);
    }

    boolean isDispatched() {
        return distribution == Distribution.DISPATCHED;
    }

    /// Whether an open socket can become that one: its backlog is another, or nothing is. Otherwise a socket of its own
    /// is opened, and this one is closed.
    public boolean becomesInPlace(SocketSpec wanted) {
        return withBacklog(wanted.backlog()).equals(wanted);
    }
}
