package dev.drover.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The built distribution, and its hello service with and without it.
final class Distribution {
    /// Those of the default pool, so that both sides are its worker.
    private static final List<String> FLAGS = List.of(
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseCompactObjectHeaders",
            "-Xmx32m",
            "-Xss512k",
            "-Xshare:auto",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow");

    private final Path home;

    Distribution() {
        home = Path.of(System.getProperty("drover.home", "target/drover")).toAbsolutePath();
        if (!Files.isExecutable(home.resolve("bin/drover"))) {
            throw new BenchException("there is no distribution in " + home + ": run `make build` first");
        }
    }

    /// A master with one worker, once that answers.
    ServerProcess startMaster() throws IOException {
        var address = freeAddress();
        var directory = Files.createTempDirectory("drvb");
        var pool = directory.resolve("pool.yaml");
        var command = hello().stream().map(argument -> '"' + argument + '"').collect(Collectors.joining(", "));
        Files.writeString(pool, poolFile(address.getPort(), command));
        var arguments = Stream.of(
                        home.resolve("bin/drover"),
                        "run",
                        "-f",
                        pool,
                        "--control-address",
                        "off",
                        "--management-address",
                        "off")
                .map(Object::toString)
                .toList();
        return ServerProcess.start(
                arguments, Map.of("DROVER_RUN_DIR", directory.resolve("run").toString()), directory, address);
    }

    private static String poolFile(int port, String command) {
        return """
            apiVersion: drover.dev/v1
            kind: WorkerPool
            metadata:
              name: web
            spec:
              replicas: 1
              sockets:
                - name: http
                  host: 127.0.0.1
                  port: %d
              template:
                command: [%s]
            """.formatted(port, command);
    }

    /// The same worker by itself, once it answers.
    ServerProcess startHello() throws IOException {
        var address = freeAddress();
        var command = new ArrayList<>(hello());
        command.addAll(List.of("--port", Integer.toString(address.getPort())));
        return ServerProcess.start(command, Map.of(), Files.createTempDirectory("drvb"), address);
    }

    private List<String> hello() {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(FLAGS);
        command.addAll(List.of("-cp", home.resolve("lib/examples") + "/*", "dev.drover.examples.Hello"));
        return command;
    }

    private static InetSocketAddress freeAddress() throws IOException {
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return new InetSocketAddress(free.getInetAddress(), free.getLocalPort());
        }
    }
}
