package dev.drover.worker;

import dev.drover.posix.Fd;
import java.io.FileDescriptor;
import java.lang.reflect.Constructor;
import java.lang.reflect.InaccessibleObjectException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import org.jspecify.annotations.Nullable;

/// Makes channels of the JDK from descriptors. The JDK has no public way: this uses the constructors that its own
/// `System.inheritedChannel()` uses, which are there since JDK 16.
final class JdkChannels {
    private static final String FLAG = "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED";

    private JdkChannels() {}

    /// Of a descriptor that listens.
    ///
    /// @throws WorkerException when the flag is missing
    static Constructor<?> listenerConstructor() {
        return constructor(
                "a listener",
                "sun.nio.ch.ServerSocketChannelImpl",
                SelectorProvider.class,
                ProtocolFamily.class,
                FileDescriptor.class,
                boolean.class);
    }

    /// Of a descriptor that is connected.
    ///
    /// @throws WorkerException when the flag is missing
    static Constructor<?> connectionConstructor() {
        return constructor(
                "a connection",
                "sun.nio.ch.SocketChannelImpl",
                SelectorProvider.class,
                ProtocolFamily.class,
                FileDescriptor.class,
                SocketAddress.class);
    }

    private static Constructor<?> constructor(String what, String name, Class<?>... parameters) {
        try {
            var constructor = Class.forName(name).getDeclaredConstructor(parameters);
            constructor.setAccessible(true);
            return constructor;
        } catch (InaccessibleObjectException closed) {
            throw new WorkerException(
                    "cannot take " + what + " as a channel of the JDK: start java with " + FLAG, closed);
        } catch (ReflectiveOperationException unknown) {
            throw new WorkerException(
                    "cannot take " + what + " as a channel of the JDK: Java " + Runtime.version()
                            + " is not known here",
                    unknown);
        }
    }

    /// Takes the descriptor over.
    static ServerSocketChannel open(Constructor<?> constructor, SocketAddress address, Fd descriptor) {
        try {
            return (ServerSocketChannel)
                    constructor.newInstance(SelectorProvider.provider(), family(address), adopted(descriptor), true);
        } catch (ReflectiveOperationException failure) {
            throw new WorkerException("cannot take the listener at " + address + " as a channel of the JDK", failure);
        }
    }

    /// Takes the descriptor over.
    ///
    /// @param listener where it was accepted, whose family is the connection's also for a client of the other
    /// @param remote the other end; null when that is gone already
    static SocketChannel connected(
            Constructor<?> constructor, SocketAddress listener, @Nullable SocketAddress remote, Fd descriptor) {
        try {
            return (SocketChannel)
                    constructor.newInstance(SelectorProvider.provider(), family(listener), adopted(descriptor), remote);
        } catch (ReflectiveOperationException failure) {
            throw new WorkerException("cannot take a connection at " + listener + " as a channel of the JDK", failure);
        }
    }

    private static Object adopted(Fd descriptor) throws ReflectiveOperationException {
        // Public in a package that the same flag opens; FileDescriptor's own constructor would need a second one.
        var newDescriptor = Class.forName("sun.nio.ch.IOUtil").getMethod("newFD", int.class);
        newDescriptor.setAccessible(true);
        return newDescriptor.invoke(null, descriptor.release());
    }

    private static ProtocolFamily family(SocketAddress address) {
        return switch (address) {
            case UnixDomainSocketAddress _ -> StandardProtocolFamily.UNIX;
            case InetSocketAddress inet when inet.getAddress() instanceof Inet6Address -> StandardProtocolFamily.INET6;
            default -> StandardProtocolFamily.INET;
        };
    }
}
