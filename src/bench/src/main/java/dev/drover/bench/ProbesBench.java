package dev.drover.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;

/// What it costs a master to ask many workers how they are: a pool at rest without probes, then with an HTTP readiness
/// probe and a watchdog in Kubernetes' default period. The workers are small programs that answer and give their signs
/// of life, and do nothing else.
final class ProbesBench {
    private static final int WORKERS = 256;

    /// Percent of a core beyond the same pool without probes.
    private static final Row.Goal GOAL = Row.Goal.atMost(2);

    /// In which the workers have started, and the code that asks them is compiled.
    private static final Duration WARM_UP = Duration.ofSeconds(60);

    private static final Duration RUN = Duration.ofSeconds(30);

    private static final String WORKER = """
            import os, select, socket, time
            master = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            master.connect(os.environ["NOTIFY_SOCKET"])
            listener = socket.socket(fileno=3)
            listener.setblocking(False)
            poll = select.epoll()
            poll.register(3, select.EPOLLIN)
            every = float(os.environ.get("WATCHDOG_USEC", "0")) / 2e6
            master.send(b"READY=1")
            due = time.monotonic()
            while True:
                if every and time.monotonic() >= due:
                    master.send(b"WATCHDOG=1")
                    due = time.monotonic() + every
                poll.poll(max(0, due - time.monotonic()) if every else 60)
                try:
                    connection, _ = listener.accept()
                    with connection:
                        request = connection.recv(65536)
                        number = request.split(b" ", 2)[1].partition(b"id=")[2].decode() if request else ""
                        body = "ok %s %d" % (number, os.getpid())
                        connection.sendall(("HTTP/1.1 200 OK\\r\\nConnection: close\\r\\nContent-Length: %d\\r\\n\\r\\n%s"
                            % (len(body), body)).encode())
                except OSError:
                    pass
            """;

    private static final String PROBES = """
                readinessProbe: {httpGet: {path: /, port: http}}
                livenessProbe: {session: {}}
            """;

    List<Row> run() throws Exception {
        var distribution = new Distribution();
        double rest = cpuPercent(distribution, "");
        double probed = cpuPercent(distribution, PROBES);
        return List.of(
                Row.alone("master with " + WORKERS + " workers at rest, % of a core", rest),
                Row.alone("probes and watchdogs of " + WORKERS + " workers beyond that, %", probed - rest, GOAL));
    }

    private static double cpuPercent(Distribution distribution, String probes)
            throws IOException, InterruptedException {
        try (var directory = ScratchDirectory.create()) {
            var worker = Files.writeString(directory.path().resolve("worker.py"), WORKER);
            var address = Distribution.freeAddress();
            var pool = """
                    apiVersion: drover.dev/v1
                    kind: WorkerPool
                    metadata: {name: web}
                    spec:
                      replicas: %d
                      sockets: [{name: http, host: 127.0.0.1, port: %d}]
                      template:
                        protocol: Systemd
                        command: [%s, -S, -E, %s]
                    """.formatted(WORKERS, address.getPort(), python(), worker);
            try (var master = distribution.startMaster(address, pool + probes)) {
                ServerProcess.pause(WARM_UP);
                var before = ProcessFiles.cpuTime(master.pid());
                ServerProcess.pause(RUN);
                var used = ProcessFiles.cpuTime(master.pid()).minus(before);
                check(master);
                return 100.0 * used.toNanos() / RUN.toNanos();
            }
        }
    }

    /// Itself, and no script that looks for it at each start.
    private static String python() throws IOException, InterruptedException {
        var process = new ProcessBuilder("python3", "-c", "import sys; print(sys.executable)").start();
        var path = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (process.waitFor() != 0 || path.isEmpty()) {
            throw new BenchException("there is no python3: install it (apt-get install python3)");
        }
        return path;
    }

    private static void check(ServerProcess master) {
        long alive = ProcessHandle.of(master.pid()).stream()
                .flatMap(ProcessHandle::children)
                .count();
        if (alive < WORKERS) {
            throw new BenchException("only " + alive + " of " + WORKERS + " workers run");
        }
    }
}
