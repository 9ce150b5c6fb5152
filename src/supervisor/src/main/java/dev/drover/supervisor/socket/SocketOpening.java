package dev.drover.supervisor.socket;

import dev.drover.posix.Errno;
import dev.drover.posix.Listener;
import dev.drover.posix.PosixException;
import dev.drover.posix.SocketProgram;
import dev.drover.supervisor.SocketSpec;
import dev.drover.supervisor.SocketSpec.Distribution;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.Optional;

/// Opens sockets and turns what the system refuses into a [SocketOpenException].
final class SocketOpening {
    /// The system call that steers; replaced in tests by a kernel that cannot.
    @FunctionalInterface
    interface Steering {
        void attach(Listener listener, SocketProgram program);
    }

    private SocketOpening() {}

    static PoolSocket open(SocketSpec spec, int shards, Steering steering) {
        boolean dispatched = spec.distribution() == Distribution.DISPATCHED;
        if (spec.address() instanceof UnixDomainSocketAddress) {
            return dispatched ? DispatchedSocket.openUnix(spec) : SharedSocket.openUnix(spec);
        }
        try {
            if (dispatched) {
                return DispatchedSocket.openTcp(spec);
            }
            if (spec.distribution() == Distribution.SHARED) {
                return SharedSocket.openTcp(spec, Optional.empty());
            }
            try {
                return ShardedSocket.open(spec, shards, steering);
            } catch (SteeringRefused refused) {
                return SharedSocket.openTcp(spec, Optional.of(warning(spec, refused.reason)));
            }
        } catch (PosixException failure) {
            throw OpenFailure.of(spec, failure);
        } catch (IllegalArgumentException failure) {
            throw OpenFailure.of(spec, failure);
        }
    }

    /// The first listener of an address, without SO_REUSEPORT so that an address in use is seen.
    ///
    /// A port that the kernel chose is given back by shutdown(2), and the next listen() takes another; one that was
    /// asked for by number stays (SOCK_BINDPORT_LOCK). So port 0 is bound twice; SO_REUSEADDR allows it while
    /// neither listens.
    static Listener bindFirst(SocketAddress address) {
        var first = Listener.bind(address, false);
        if (!(address instanceof InetSocketAddress inet) || inet.getPort() != 0) {
            return first;
        }
        try (first) {
            return Listener.bind(first.localAddress(), false);
        }
    }

    private static String warning(SocketSpec spec, String reason) {
        return "socket " + OpenFailure.describe(spec) + " is shared by its workers instead of sharded: this kernel "
                + "cannot steer connections (" + reason + "), so starting and stopping workers get some too";
    }

    /// Whether the kernel, a sandbox or a seccomp filter does not know the call, rather than this one use of it.
    static boolean cannotSteer(PosixException failure) {
        return switch (failure.errno()) {
            case Errno.EPERM, Errno.EACCES, Errno.EINVAL, Errno.ENOSYS, Errno.ENOPROTOOPT, Errno.EOPNOTSUPP -> true;
            default -> false;
        };
    }

    /// The kernel cannot steer.
    static final class SteeringRefused extends Exception {
        private static final long serialVersionUID = 1L;

        private final String reason;

        SteeringRefused(PosixException cause) {
            super(cause);
            reason = cause.call() + ": " + OpenFailure.reason(cause);
        }
    }
}
