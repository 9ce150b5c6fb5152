package dev.drover.cli;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;

/// Where a master listens.
sealed interface Address {

    /// Before an address that is encrypted.
    String SCHEME = "https://";

    /// A Unix socket; who may open it may do everything.
    record Unix(Path path) implements Address {
        @Override
        public String toString() {
            return "unix:" + path;
        }
    }

    /// A TCP address, encrypted.
    record Tls(Tcp tcp) implements Address {
        @Override
        public String toString() {
            return SCHEME + tcp;
        }
    }

    /// A TCP address.
    record Tcp(String host, int port) implements Address {

        /// Looked up now.
        InetSocketAddress resolve() throws UnknownHostException {
            return new InetSocketAddress(InetAddress.getByName(host), port);
        }

        @Override
        public String toString() {
            return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
        }
    }

    /// `unix:/run/drover/control/control.sock`, `127.0.0.1:9090`, `[::1]:9090`, `localhost:9090`,
    /// `https://drover.example:9443`.
    static Address parse(String text) {
        if (text.startsWith(SCHEME)) {
            return new Tls(tcp(text, text.substring(SCHEME.length()).replaceFirst("/$", "")));
        }
        if (text.startsWith("unix:") && text.length() > "unix:".length()) {
            return new Unix(Path.of(text.substring("unix:".length()).replaceFirst("^//(?=/)", ""))
                    .toAbsolutePath());
        }
        return tcp(text, text);
    }

    private static Tcp tcp(String given, String text) {
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? "" : text.substring(0, colon).replaceFirst("^\\[(.*)]$", "$1");
        // Without its brackets the end of an IPv6 address would be taken for the port.
        boolean bare = host.contains(":") && !text.startsWith("[");
        int port = colon < 0 ? 0 : port(text.substring(colon + 1));
        if (host.isEmpty() || bare || port == 0) {
            throw new CliException(
                    ExitCode.USAGE,
                    "cannot use the address '" + given
                            + "': write unix:PATH, HOST:PORT or https://HOST:PORT, as in"
                            + " unix:/run/drover/control/control.sock, 127.0.0.1:9090 or https://[::1]:9443");
        }
        return new Tcp(host, port);
    }

    private static int port(String text) {
        try {
            int port = Integer.parseInt(text);
            return port > 0 && port <= 65535 ? port : 0;
        } catch (NumberFormatException _) {
            return 0;
        }
    }
}
