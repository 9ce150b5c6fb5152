package dev.drover.master.resource;

import com.google.common.net.InetAddresses;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/// Socket addresses as people write them.
public final class Addresses {
    private Addresses() {}

    /// `[::]:8080`, `127.0.0.1:8080`, or a path.
    public static String text(SocketAddress address) {
        return address instanceof InetSocketAddress tcp
                ? InetAddresses.toUriString(tcp.getAddress()) + ":" + tcp.getPort()
                : address.toString();
    }
}
