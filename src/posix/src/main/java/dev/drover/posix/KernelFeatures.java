package dev.drover.posix;

import java.lang.foreign.Arena;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.function.BooleanSupplier;

/// What this kernel and C library let us do; found by trying, because sandboxes and seccomp say no where versions
/// say yes.
///
/// @param steering a program chooses the shard of a new connection
/// @param socketFilter a program drops packets of a listener
/// @param pidfd children are held and awaited by descriptor
/// @param closeFrom the C library closes all other descriptors of a child; without it they are listed one by one
public record KernelFeatures(boolean steering, boolean socketFilter, boolean pidfd, boolean closeFrom) {
    private static final int KEEP_ALL = -1;

    /// Tries each; never throws. Takes about a millisecond.
    public static KernelFeatures probe() {
        return new KernelFeatures(
                works(KernelFeatures::canSteer),
                works(KernelFeatures::canFilter),
                works(KernelFeatures::hasPidfd),
                works(KernelFeatures::hasCloseFrom));
    }

    private static boolean works(BooleanSupplier trial) {
        try {
            return trial.getAsBoolean();
        } catch (PosixException refused) {
            return false;
        }
    }

    private static boolean canSteer() {
        try (var listener = Listener.bind(loopback(), true)) {
            listener.attachSteering(SocketProgram.of(SocketProgram.answer(0)));
            return true;
        }
    }

    private static boolean canFilter() {
        try (var listener = Listener.bind(loopback(), false)) {
            listener.attachFilter(SocketProgram.of(SocketProgram.answer(KEEP_ALL)));
            listener.detachFilter();
            return true;
        }
    }

    private static InetSocketAddress loopback() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    private static boolean hasPidfd() {
        int number = SysProcess.pidfdOpen(Math.toIntExact(Processes.currentPid()));
        PosixException.check(number, "pidfd_open", "cannot open a pidfd");
        try (var pidfd = new Fd(number)) {
            int nothing = 0;
            int result = pidfd.use(n -> SysProcess.pidfdSendSignal(n, nothing));
            PosixException.check(result, "pidfd_send_signal", "cannot signal by pidfd");
            return true;
        }
    }

    private static boolean hasCloseFrom() {
        try (var arena = Arena.ofConfined()) {
            var actions = SysSpawn.newFileActions(arena);
            try {
                return SysSpawn.addCloseFrom(actions, 3);
            } finally {
                SysSpawn.destroyFileActions(actions);
            }
        }
    }
}
