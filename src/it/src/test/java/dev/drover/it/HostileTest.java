package dev.drover.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.it.fixtures.Control;
import dev.drover.it.fixtures.Drovers;
import dev.drover.it.fixtures.Load;
import dev.drover.it.fixtures.Loader;
import dev.drover.it.fixtures.Pools;
import dev.drover.it.fixtures.Procs;
import dev.drover.posix.PosixException;
import dev.drover.posix.Received;
import dev.drover.posix.UnixSocket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// Strangers on the handle socket disturb nobody.
@Tag("slow")
class HostileTest {
    private static final int STRANGERS = 500;

    @RegisterExtension
    final Drovers drovers = new Drovers();

    @TempDir
    Path directory;

    @Test
    void garbageAndSilenceOnTheHandleSocketDisturbNobody() throws Exception {
        // given
        var pool = Pools.hello(2);
        var drover = drovers.run("-f", pool.write(directory).toString());
        drover.awaitReady(pool.address(), 2);
        var socket = drover.runDirectory().resolve("attach/handles.sock");
        int before = drover.descriptorsWithSessions(2);
        var random = new Random(7);
        var strangers = new ArrayList<UnixSocket>();

        // when
        try {
            for (int i = 0; i < STRANGERS; i++) {
                var stranger = UnixSocket.connect(socket, UnixSocket.Type.SEQPACKET);
                strangers.add(stranger);
                if (i % 2 == 0) {
                    sendGarbage(stranger, random);
                }
            }
            var victim = drover.workers().getFirst();
            Procs.signal(victim.pid(), "KILL");
            drover.until(
                    "a replacement to join among strangers",
                    () -> drover.workers().stream()
                            .anyMatch(
                                    worker -> worker.worker().equals(victim.worker()) && worker.pid() != victim.pid()));
            drover.awaitReady(pool.address(), 2);

            // then
            assertThat(Loader.run(Load.perConnection(pool.address()).requests(100))
                            .failed())
                    .isZero();
            var last = strangers.getLast();
            last.setReceiveTimeout(Duration.ofSeconds(20));
            assertThat(last.receive(ByteBuffer.allocate(1024), 0))
                    .as("a silent stranger is cut off")
                    .isInstanceOf(Received.EndOfStream.class);
        } finally {
            strangers.forEach(UnixSocket::close);
        }
        drover.until("the descriptors to be as before", () -> Procs.openDescriptors(drover.pid()) <= before);
    }

    @Test
    void workerThatCannotOpenItsSessionServes() throws Exception {
        // given
        var pool = Pools.hello(2);
        var drover = drovers.run("-f", pool.write(directory).toString());
        drover.awaitReady(pool.address(), 2);
        drover.descriptorsWithSessions(2);
        var victim = drover.workers().getFirst();

        // when
        Files.delete(drover.runDirectory().resolve("attach/session.sock"));
        Procs.signal(victim.pid(), "KILL");
        drover.until(
                "a replacement",
                () -> drover.workers().stream()
                        .anyMatch(worker -> worker.worker().equals(victim.worker()) && worker.pid() != victim.pid()));
        drover.awaitReady(pool.address(), 2);

        // then
        assertThat(Loader.run(Load.perConnection(pool.address()).requests(100)).failed())
                .isZero();
        try (var control = Control.of(drover)) {
            assertThat(control.workers())
                    .extracting(dev.drover.protocol.control.v1.Worker::hasSession)
                    .containsExactlyInAnyOrder(true, false);
        }
    }

    private static void sendGarbage(UnixSocket stranger, Random random) {
        var garbage = new byte[1 + random.nextInt(2000)];
        random.nextBytes(garbage);
        try {
            stranger.send(ByteBuffer.wrap(garbage), List.of(stranger.fd()));
        } catch (PosixException cutOff) {
            // It was the oldest of too many.
            assertThat(cutOff.call()).isEqualTo("sendmsg");
        }
    }
}
