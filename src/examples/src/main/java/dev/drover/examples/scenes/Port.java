package dev.drover.examples.scenes;

import java.net.InetAddress;
import java.net.InetSocketAddress;

/// Where a scene listens.
final class Port {
    private static final int DEFAULT = 1337;

    private Port() {}

    /// @param arguments of the program: a port, 1337 without one; 0 lets the kernel choose
    static InetSocketAddress of(String... arguments) {
        int port = arguments.length == 0 ? DEFAULT : Integer.parseInt(arguments[0]);
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }
}
