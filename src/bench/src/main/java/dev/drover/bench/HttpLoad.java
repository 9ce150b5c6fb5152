package dev.drover.bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.regex.Pattern;

/// Requests on kept connections, as fast as the answers come: by `wrk` where it is installed (Debian and Fedora have a
/// package of that name), else by a small client of our own.
final class HttpLoad {
    /// Keeps one worker busy without queueing for long.
    private static final int CONNECTIONS = 16;

    private static final int ANSWER_TIMEOUT_MILLIS = 10_000;
    private static final int MAX_ANSWER = 8192;
    private static final Pattern WRK_RATE = Pattern.compile("Requests/sec:\\s+([\\d.]+)");
    private static final Pattern WRK_ERRORS = Pattern.compile("(Socket errors|Non-2xx).*");
    private static final Pattern LENGTH = Pattern.compile("(?i)\r\ncontent-length: *(\\d+)\r\n");
    private static final Pattern BODY = Pattern.compile("ok \\d+ (\\d+)");

    private HttpLoad() {}

    static String tool() {
        return Commands.find("wrk").map(Path::toString).orElse("own client (for wrk: apt-get install wrk)");
    }

    /// Any failed request fails the run.
    static double requestsPerSecond(InetSocketAddress address, Duration duration) throws Exception {
        var wrk = Commands.find("wrk");
        return wrk.isPresent() ? byWrk(wrk.get(), address, duration) : byOwnClient(address, duration);
    }

    private static double byWrk(Path wrk, InetSocketAddress address, Duration duration) throws Exception {
        var url = "http://" + address.getAddress().getHostAddress() + ":" + address.getPort() + "/?id=1";
        var connections = Integer.toString(CONNECTIONS);
        var command = List.of(wrk.toString(), "-t1", "-c", connections, "-d", duration.toSeconds() + "s", url);
        var output = Commands.run(duration.plusSeconds(30), command);
        var rate = WRK_RATE.matcher(output);
        if (WRK_ERRORS.matcher(output).find() || !rate.find()) {
            throw new BenchException("cannot load " + url + ": " + output);
        }
        return Double.parseDouble(rate.group(1));
    }

    private static double byOwnClient(InetSocketAddress address, Duration duration) throws Exception {
        long start = System.nanoTime();
        long end = start + duration.toNanos();
        var clients = new ArrayList<FutureTask<Long>>();
        for (int i = 0; i < CONNECTIONS; i++) {
            var client = new FutureTask<>(() -> client(address, end));
            clients.add(client);
            Thread.ofVirtual().name("client-" + i).start(client);
        }
        long count = 0;
        for (var client : clients) {
            count += get(client, address);
        }
        return count / ((System.nanoTime() - start) / 1e9);
    }

    private static long get(FutureTask<Long> client, InetSocketAddress address) throws InterruptedException {
        try {
            return client.get();
        } catch (ExecutionException failure) {
            throw new BenchException("cannot load " + address + ": " + failure.getCause());
        }
    }

    private static long client(InetSocketAddress address, long end) throws IOException {
        try (var connection = connect(address)) {
            var request = request("");
            var answer = new byte[MAX_ANSWER];
            long count = 0;
            while (System.nanoTime() - end < 0) {
                connection.getOutputStream().write(request);
                read(connection, answer);
                count++;
            }
            return count;
        }
    }

    private static Socket connect(InetSocketAddress address) throws IOException {
        var connection = new Socket(address.getAddress(), address.getPort());
        connection.setTcpNoDelay(true);
        connection.setSoTimeout(ANSWER_TIMEOUT_MILLIS);
        return connection;
    }

    private static byte[] request(String header) {
        return ("GET /?id=1 HTTP/1.1\r\nHost: localhost\r\n" + header + "\r\n").getBytes(ISO_8859_1);
    }

    /// Reads one answer; its body is the last line, and short.
    private static String read(Socket connection, byte[] answer) throws IOException {
        int length = 0;
        while (length < MAX_ANSWER) {
            int count = connection.getInputStream().read(answer, length, MAX_ANSWER - length);
            if (count < 0) {
                throw new IOException("the connection ended after " + length + " bytes");
            }
            length += count;
            var text = new String(answer, 0, length, ISO_8859_1);
            if (isComplete(text)) {
                return text;
            }
        }
        throw new IOException("an answer of more than " + MAX_ANSWER + " bytes");
    }

    private static boolean isComplete(String text) throws IOException {
        int head = text.indexOf("\r\n\r\n");
        if (head < 0) {
            return false;
        }
        if (!text.startsWith("HTTP/1.1 200 ")) {
            throw new IOException("unexpected answer: " + text);
        }
        var bodyLength = LENGTH.matcher(text);
        if (!bodyLength.find()) {
            throw new IOException("an answer without a length: " + text);
        }
        return text.length() >= head + 4 + Integer.parseInt(bodyLength.group(1));
    }

    /// Who answers on a new connection.
    static long answeringPid(InetSocketAddress address) throws IOException {
        try (var connection = connect(address)) {
            connection.getOutputStream().write(request("Connection: close\r\n"));
            var body = BODY.matcher(read(connection, new byte[MAX_ANSWER]));
            if (!body.find()) {
                throw new IOException("unexpected answer");
            }
            return Long.parseLong(body.group(1));
        }
    }
}
