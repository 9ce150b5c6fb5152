package dev.drover.master;

import dev.drover.poolfile.Defaults;
import dev.drover.protocol.pool.v1.Metadata;
import dev.drover.protocol.pool.v1.Socket;
import dev.drover.protocol.pool.v1.Template;
import dev.drover.protocol.pool.v1.WorkerPool;
import dev.drover.protocol.pool.v1.WorkerPoolSpec;
import java.nio.file.Path;
import java.util.List;

/// The pool of a master that was given no file: a hello service on port 8080, one worker per CPU. It is an ordinary
/// resource, so that `get pools -o yaml` shows how a pool is written.
final class DefaultPool {
    private static final int PORT = 8080;

    /// Small and quick to start: a worker that says hello needs no second compiler and no parallel collector.
    private static final List<String> JVM_FLAGS = List.of(
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseCompactObjectHeaders",
            "-Xmx32m",
            "-Xss512k",
            "-Xshare:auto",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow");

    private DefaultPool() {}

    /// @param java the program that runs the workers
    /// @param home where the distribution is
    static WorkerPool of(Path java, Path home) {
        var template = Template.newBuilder()
                .addCommand(java.toString())
                .addAllCommand(JVM_FLAGS)
                .addCommand("-cp")
                .addCommand(home.resolve("lib/examples") + "/*")
                .addCommand("dev.drover.examples.Hello");
        return Defaults.of(WorkerPool.newBuilder()
                .setApiVersion("drover.dev/v1")
                .setKind("WorkerPool")
                .setMetadata(Metadata.newBuilder().setName("web"))
                .setSpec(WorkerPoolSpec.newBuilder()
                        .addSockets(Socket.newBuilder().setName("http").setPort(PORT))
                        .setTemplate(template))
                .build());
    }
}
