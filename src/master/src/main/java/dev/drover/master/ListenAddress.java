package dev.drover.master;

import com.google.common.net.InetAddresses;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.function.IntSupplier;

/// A TCP address the master itself listens on, as a flag gives it: `127.0.0.1:9090`, `[::1]:0`, `localhost:9000`.
///
/// @param host a literal address
/// @param port 0: the kernel chooses
record ListenAddress(InetAddress host, int port) {
    private static final int MAX_PORT = 65535;

    /// @throws IllegalArgumentException with what is allowed
    static ListenAddress parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 0) {
            throw new IllegalArgumentException("'" + text + "' has no port: write HOST:PORT, [::1]:PORT or 'off'");
        }
        return new ListenAddress(hostOf(text.substring(0, colon)), portOf(text.substring(colon + 1)));
    }

    private static InetAddress hostOf(String text) {
        if (text.equals("localhost")) {
            return InetAddress.ofLiteral("127.0.0.1");
        }
        boolean bracketed = text.startsWith("[") && text.endsWith("]");
        var host = bracketed ? text.substring(1, text.length() - 1) : text;
        // Without its brackets the end of an IPv6 address would be taken for the port.
        if (bracketed == host.contains(":")) {
            try {
                return InetAddress.ofLiteral(host);
            } catch (IllegalArgumentException _) {
                // told below
            }
        }
        throw new IllegalArgumentException(
                "'" + text + "' is no address: write it in digits as 127.0.0.1 or [::1], or 'localhost'");
    }

    private static int portOf(String text) {
        try {
            int port = Integer.parseInt(text);
            if (port >= 0 && port <= MAX_PORT) {
                return port;
            }
        } catch (NumberFormatException _) {
            // told below
        }
        throw new IllegalArgumentException("'" + text + "' is no port: allowed are 0 to " + MAX_PORT);
    }

    /// As a bind takes it.
    InetSocketAddress socketAddress() {
        return new InetSocketAddress(host, port);
    }

    /// The address as it is once somebody listens: port 0 has become the port the kernel chose.
    ListenAddress withChosenPort(IntSupplier chosen) {
        return port == 0 ? new ListenAddress(host, chosen.getAsInt()) : this;
    }

    @Override
    public String toString() {
        return InetAddresses.toUriString(host) + ":" + port;
    }
}
