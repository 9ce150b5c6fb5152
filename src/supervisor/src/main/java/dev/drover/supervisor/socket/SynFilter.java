package dev.drover.supervisor.socket;

import dev.drover.posix.Listener;
import dev.drover.posix.PosixException;
import dev.drover.posix.SocketProgram;

/// Drops the SYN of new connections and nothing else, so that a listener runs dry: SO_ATTACH_FILTER. There are kernels
/// that want CAP_NET_ADMIN for it, which no container has: there new connections are refused instead, and who would
/// have tried again a second later is told at once.
final class SynFilter {
    private static final int TCP_FLAGS = 13;
    private static final int SYN = 0x02;
    private static final int DROP = 0;
    private static final int KEEP = -1;

    /// A listener's filter sees the packet from the TCP header on, and the ACK that ends a handshake as well.
    static final SocketProgram PROGRAM = SocketProgram.of(
            SocketProgram.loadByte(TCP_FLAGS),
            SocketProgram.jumpIfAnySet(SYN, 0, 1),
            SocketProgram.answer(DROP),
            SocketProgram.answer(KEEP));

    private SynFilter() {}

    /// False where the kernel or a sandbox can do neither.
    static boolean attach(Listener listener) {
        return done(() -> listener.attachFilter(PROGRAM)) || refuse(listener);
    }

    /// What is done where nothing can be filtered.
    static boolean refuse(Listener listener) {
        return done(listener::refuseConnections);
    }

    private static boolean done(Runnable call) {
        try {
            call.run();
            return true;
        } catch (PosixException failure) {
            if (SocketOpening.cannotSteer(failure)) {
                return false;
            }
            throw failure;
        }
    }
}
