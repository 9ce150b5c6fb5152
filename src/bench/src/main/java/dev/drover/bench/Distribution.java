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
    private final Path home;

    Distribution() {
        home = Path.of(System.getProperty("drover.home", "target/drover")).toAbsolutePath();
        if (!Files.isExecutable(home.resolve("bin/drover"))) {
            throw new BenchException("there is no distribution in " + home + ": run `make build` first");
        }
    }

    /// What a master is to run.
    ///
    /// @param replicas workers
    /// @param mode how connections reach them
    record Pool(int replicas, String mode) {
        static final Pool SINGLE = new Pool(1, "Sharded");
    }

    /// A master with its workers, once one of them answers.
    ServerProcess startMaster(Pool wanted) throws IOException {
        var address = freeAddress();
        return startMaster(address, poolFile(wanted, address.getPort()));
    }

    /// A master with the pools of a file, once one of their workers answers at that address.
    ServerProcess startMaster(InetSocketAddress address, String poolFile) throws IOException {
        var directory = ScratchDirectory.create();
        var pool = directory.path().resolve("pool.yaml");
        Files.writeString(pool, poolFile);
        return ServerProcess.start(
                master(pool),
                Map.of("DROVER_RUN_DIR", directory.path().resolve("run").toString()),
                directory,
                address);
    }

    /// The command that runs a master with this file, reached by nobody.
    List<String> master(Path pool) {
        return Stream.of(
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
    }

    /// Where it was built: what holds the `Containerfile`.
    Path project() {
        return home.resolve("../..").normalize();
    }

    /// A command to that master.
    List<String> command(ServerProcess master, String... words) {
        return Stream.of(
                        Stream.of(home.resolve("bin/drover").toString()),
                        Stream.of(words),
                        Stream.of("--address", "unix:" + master.directory().resolve("run/control/control.sock")))
                .flatMap(part -> part)
                .toList();
    }

    private String poolFile(Pool pool, int port) {
        var command = hello().stream().map(argument -> '"' + argument + '"').collect(Collectors.joining(", "));
        return """
            apiVersion: drover.dev/v1
            kind: WorkerPool
            metadata:
              name: web
            spec:
              replicas: %d
              sockets:
                - name: http
                  host: 127.0.0.1
                  port: %d
                  distribution:
                    mode: %s
              template:
                command: [%s]
            """.formatted(pool.replicas(), port, pool.mode(), command);
    }

    /// The same worker by itself, once it answers.
    ServerProcess startHello() throws IOException {
        var address = freeAddress();
        var command = new ArrayList<>(hello());
        command.addAll(List.of("--port", Integer.toString(address.getPort())));
        return ServerProcess.start(command, Map.of(), ScratchDirectory.create(), address);
    }

    private List<String> hello() {
        return Jvm.running(Jvm.SMALL, home.resolve("lib/examples") + "/*", "dev.drover.examples.Hello");
    }

    static InetSocketAddress freeAddress() throws IOException {
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return new InetSocketAddress(free.getInetAddress(), free.getLocalPort());
        }
    }
}
