package dev.drover.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.it.fixtures.Drovers;
import dev.drover.it.fixtures.Load;
import dev.drover.it.fixtures.Loader;
import dev.drover.it.fixtures.Pools;
import dev.drover.it.fixtures.Procs;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// One pool, several sockets of every kind.
@Tag("slow")
class SocketsTest {
    @RegisterExtension
    final Drovers drovers = new Drovers();

    @TempDir
    Path directory;

    @Test
    void oneWorkerServesItsShardedItsSharedAndItsUnixSocket() throws Exception {
        // given
        int shared = Pools.freePort();
        var unix = directory.resolve("app.sock");
        var pool = Pools.hello(2)
                .also("{name: admin, host: 127.0.0.1, port: " + shared + ", distribution: {mode: Shared}}")
                .also("{name: local, protocol: Unix, path: " + unix + "}");
        var drover = drovers.run("-f", pool.write(directory).toString());

        // when
        drover.awaitReady(pool.address(), 2);

        // then
        var admin = new InetSocketAddress(InetAddress.getLoopbackAddress(), shared);
        assertThat(Loader.run(Load.perConnection(admin).requests(50)).failed()).isZero();
        assertThat(get(unix)).contains("ok 7 ");
        drover.workers().forEach(worker -> Procs.signal(worker.pid(), "KILL"));
        assertThat(get(unix)).contains("ok 7 ");
        drover.stop();
        assertThat(unix).doesNotExist();
    }

    @Test
    void theListenersOfAForeignWorkerHaveTheirNames() {
        // given
        var pool = Pools.systemd(1, "sh", "-c", "echo got $LISTEN_FDS $LISTEN_FDNAMES; exec sleep 1000")
                .template("readyWhen: Started")
                .also("{name: admin, host: 127.0.0.1, port: 0}");

        // when
        var drover = drovers.run("-f", pool.write(directory).toString());

        // then
        drover.awaitLog("got 2 http:admin");
    }

    @Test
    void aValueOfTheEnvironmentIsReadFromItsFileAtEachStart() throws Exception {
        // given
        var secret = Files.writeString(directory.resolve("secret"), "first\n");
        var pool = Pools.systemd(1, "sh", "-c", "echo secret=$SECRET; exec sleep 1000")
                .template("readyWhen: Started")
                .template("env: [{name: SECRET, valueFrom: {file: " + secret + "}}]");
        var drover = drovers.run("-f", pool.write(directory).toString());
        drover.awaitLog("secret=first");

        // when
        Files.writeString(secret, "second\n");
        Procs.signal(drover.workers().getFirst().pid(), "KILL");

        // then
        drover.awaitLog("secret=second");
    }

    private static String get(Path socket) throws IOException {
        try (var channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            channel.write(ByteBuffer.wrap("GET /?id=7 HTTP/1.1\r\nHost: local\r\nConnection: close\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII)));
            var answer = new StringBuilder();
            var buffer = ByteBuffer.allocate(4096);
            while (channel.read(buffer) >= 0) {
                answer.append(StandardCharsets.US_ASCII.decode(buffer.flip()));
                buffer.clear();
            }
            return answer.toString();
        }
    }
}
