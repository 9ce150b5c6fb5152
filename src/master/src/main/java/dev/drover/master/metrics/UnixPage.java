package dev.drover.master.metrics;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Pattern;

/// Gets a page over HTTP from a Unix socket. Blocks, for as long as the peer likes: an interrupt ends it.
final class UnixPage {
    /// Bytes of a page with its head: 2000 series have some 300 KiB.
    static final int MAX_BYTES = 1 << 20;

    private static final Pattern OK = Pattern.compile("HTTP/1\\.[01] 200(?: .*)?");
    private static final String HEAD_END = "\r\n\r\n";

    private UnixPage() {}

    /// @param httpPath `/metrics`
    /// @throws IOException tells why there is no page
    static String get(Path socket, String httpPath) throws IOException {
        try (var channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            // HTTP/1.0: the page ends with the connection, and comes in one piece.
            var request =
                    "GET " + httpPath + " HTTP/1.0\r\nHost: localhost\r\nAccept: text/plain; version=0.0.4\r\n\r\n";
            var bytes = ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            return body(read(channel));
        }
    }

    private static String read(SocketChannel channel) throws IOException {
        var page = new ByteArrayOutputStream();
        var buffer = ByteBuffer.allocate(16 << 10);
        while (channel.read(buffer) >= 0) {
            page.write(buffer.array(), 0, buffer.position());
            buffer.clear();
            if (page.size() > MAX_BYTES) {
                throw new IOException("more than " + MAX_BYTES + " bytes");
            }
        }
        return page.toString(StandardCharsets.UTF_8);
    }

    private static String body(String answer) throws IOException {
        int end = answer.indexOf(HEAD_END);
        int line = answer.indexOf("\r\n");
        if (end < 0 || !OK.matcher(answer.substring(0, line)).matches()) {
            var first = answer.lines().findFirst().orElse("");
            throw new IOException("no page: '" + first.substring(0, Math.min(first.length(), 64)) + "'");
        }
        return answer.substring(end + HEAD_END.length());
    }
}
