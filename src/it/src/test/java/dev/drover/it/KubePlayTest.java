package dev.drover.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.it.fixtures.DroverProcess;
import dev.drover.it.fixtures.Engine;
import dev.drover.it.fixtures.Load;
import dev.drover.it.fixtures.Loader;
import dev.drover.it.fixtures.Pools;
import dev.drover.it.fixtures.Waits;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `deploy/kube-play.yaml` under podman.
@Tag("image")
class KubePlayTest {
    private static final Path MANIFEST =
            DroverProcess.home().toAbsolutePath().getParent().resolveSibling("deploy/kube-play.yaml");

    @TempDir
    Path directory;

    @Test
    void thePodServesOnItsPortOfTheMachine() throws Exception {
        // given
        int port = Pools.freePort();
        var manifest = Files.writeString(
                        directory.resolve("pod.yaml"),
                        Files.readString(MANIFEST)
                                .replace("localhost/drover:latest", Engine.image())
                                .replace("hostPort: 8080", "hostPort: " + port))
                .toString();

        // when
        Engine.must("kube", "play", manifest);

        // then
        try {
            var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
            var answered = new HashSet<Long>();
            Waits.until(
                    "both workers to answer",
                    () -> {
                        answered.addAll(Loader.run(Load.perConnection(address).requests(4))
                                .answersByPid()
                                .keySet());
                        return answered.size() == 2;
                    },
                    DroverProcess.PATIENCE,
                    () -> Engine.run(List.of("pod", "logs", "drover")).toString());
            assertThat(Engine.run(List.of("exec", "drover-master", "drover", "get", "pools", "-o", "name"))
                            .line())
                    .isEqualTo("pool/web");
        } finally {
            Engine.must("kube", "play", "--down", manifest);
        }
    }
}
