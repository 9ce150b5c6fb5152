package dev.drover.master;

import dev.drover.poolfile.Defaults;
import dev.drover.protocol.pool.v1.Metadata;
import dev.drover.protocol.pool.v1.Socket;
import dev.drover.protocol.pool.v1.Template;
import dev.drover.protocol.pool.v1.WorkerPool;
import dev.drover.protocol.pool.v1.WorkerPoolSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// The pool of a master that was given no file: a hello service on port 8080, one worker per CPU. It is an ordinary
/// resource, so that `get pools -o yaml` shows how a pool is written.
final class DefaultPool {
    private static final int PORT = 8080;

    /// Small and quick to start: a worker that says hello needs no second compiler and no parallel collector. What
    /// the others are for tells `bin/drover`. The AOT cache is trained (`lib/train`) with the same.
    private static final List<String> JVM_FLAGS = List.of(
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseCompactObjectHeaders",
            "-XX:-UsePerfData",
            "-XX:+IgnoreUnrecognizedVMOptions",
            "-XX:+UnlockDiagnosticVMOptions",
            "-XX:-AOTReplayTraining",
            "-Xmx32m",
            "-Xss512k",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-Djdk.reflect.useNativeAccessorOnly=true",
            "-Dio.netty.allocator.maxOrder=5");

    private DefaultPool() {}

    /// @param java the program that runs the workers
    /// @param home where the distribution is
    static WorkerPool of(Path java, Path home) {
        var template = Template.newBuilder()
                .addCommand(java.toString())
                .addAllCommand(JVM_FLAGS)
                .addAllCommand(cacheFlags(home.resolve("lib/examples/hello.aot")))
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

    /// A cache of another JVM is left aside; what the JVM would say of it on every worker's output is kept quiet.
    private static List<String> cacheFlags(Path cache) {
        return Files.isReadable(cache)
                ? List.of("-XX:AOTCache=" + cache, "-Xlog:disable", "-Xlog:all=error:stderr", "-Xlog:aot*=off:stderr")
                : List.of();
    }
}
