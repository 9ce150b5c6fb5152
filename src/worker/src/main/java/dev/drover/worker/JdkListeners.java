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
import java.nio.channels.spi.SelectorProvider;

/// Makes a channel of the JDK from a descriptor that listens. The JDK has no public way: this uses the
/// constructor that its own `System.inheritedChannel()` uses, which is there since JDK 16.
final class JdkListeners {
    private static final String FLAG = "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED";

    private JdkListeners() {}

    /// @throws WorkerException when the flag is missing
    static Constructor<?> constructor() {
        try {
            var constructor = Class.forName("sun.nio.ch.ServerSocketChannelImpl")
                    .getDeclaredConstructor(
                            SelectorProvider.class, ProtocolFamily.class, FileDescriptor.class, boolean.class);
            constructor.setAccessible(true);
            return constructor;
        } catch (InaccessibleObjectException closed) {
            throw new WorkerException(
                    "cannot take a listener as a channel of the JDK: start java with " + FLAG, closed);
        } catch (ReflectiveOperationException unknown) {
            throw new WorkerException(
                    "cannot take a listener as a channel of the JDK: Java " + Runtime.version() + " is not known here",
                    unknown);
        }
    }

    static ServerSocketChannel open(Constructor<?> constructor, SocketAddress address, Fd descriptor) {
        try {
            // Public in a package that the same flag opens; FileDescriptor's own constructor would need a second one.
            var newDescriptor = Class.forName("sun.nio.ch.IOUtil").getMethod("newFD", int.class);
            newDescriptor.setAccessible(true);
            var adopted = newDescriptor.invoke(null, descriptor.release());
            return (ServerSocketChannel)
                    constructor.newInstance(SelectorProvider.provider(), family(address), adopted, true);
        } catch (ReflectiveOperationException failure) {
            throw new WorkerException("cannot take the listener at " + address + " as a channel of the JDK", failure);
        }
    }

    private static ProtocolFamily family(SocketAddress address) {
        return switch (address) {
            case UnixDomainSocketAddress _ -> StandardProtocolFamily.UNIX;
            case InetSocketAddress inet when inet.getAddress() instanceof Inet6Address -> StandardProtocolFamily.INET6;
            default -> StandardProtocolFamily.INET;
        };
    }
}
