package dev.drover.bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.drover.bench.ContainerEngine.Container;
import dev.drover.bench.ContainerEngine.Published;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// The image with its default pool beside Node's cluster in a container of the same base: how long from the start of a
/// container's first process until somebody is served, and what its processes hold at rest. Two CPUs each, so two
/// workers.
final class ImageBench {
    private static final String IMAGE = "localhost/drover-bench";

    /// In seconds.
    private static final Row.Goal HEALTH_GOAL = Row.Goal.atMost(0.7);

    private static final Row.Goal ANSWER_GOAL = Row.Goal.atMost(1.2);

    /// In MiB.
    private static final Row.Goal MASTER_GOAL = Row.Goal.atMost(140);

    private static final Row.Goal WORKER_GOAL = Row.Goal.atMost(85);

    private static final Duration START_BOUND = Duration.ofSeconds(60);
    private static final int ANSWER_TIMEOUT_MILLIS = 2000;
    private static final Duration BETWEEN_TRIES = Duration.ofMillis(2);

    /// After which what the start has thrown up has settled.
    private static final Duration REST = Duration.ofSeconds(10);

    private final int pairs;
    private final ContainerEngine engine = ContainerEngine.ofEnvironment();
    private final List<Double> health = new ArrayList<>();

    ImageBench(int pairs) {
        this.pairs = pairs;
    }

    /// What the processes of a container hold, in MiB, without what is a shell.
    private record Memory(double first, double worker) {}

    List<Row> run() throws Exception {
        var project = new Distribution().project();
        engine.run(
                "build",
                "--quiet",
                "--file=" + project.resolve("Containerfile"),
                "--tag=" + IMAGE,
                "--build-arg=BASE_IMAGE=" + engine.base(),
                project.toString());
        var times = Pairs.compare(pairs, this::startOurs, this::startNode);
        var ours = memory(this::ours);
        var nodes = memory(this::node);
        return List.of(
                Row.alone("image: to the first health answer, s", Pairs.median(health), HEALTH_GOAL),
                Row.beside("image: to the first answer, beside Node, s", times.ours(), times.peer(), ANSWER_GOAL),
                Row.beside("image: master at rest, beside Node's, RSS MiB", ours.first(), nodes.first(), MASTER_GOAL),
                Row.beside(
                        "image: worker at rest, beside Node's, RSS MiB", ours.worker(), nodes.worker(), WORKER_GOAL));
    }

    /// How a container is started.
    @FunctionalInterface
    private interface Start {
        Container at(List<Published> addresses) throws IOException, InterruptedException;
    }

    private Container ours(List<Published> addresses) throws IOException, InterruptedException {
        return engine.start(addresses, List.of("--read-only", "--tmpfs=/tmp", "--cap-drop=ALL", IMAGE));
    }

    private Container node(List<Published> addresses) throws IOException, InterruptedException {
        var command = Sources.node("cluster.js").stream()
                .map(Path::of)
                .map(ImageBench::real)
                .toList();
        // It ends with its input.
        var words = Stream.of(
                command.stream().map(file -> "--volume=" + file + ":" + file + ":ro"),
                Stream.of("--interactive", engine.base()),
                command.stream().map(Path::toString),
                Stream.of("rr", "8080", "2", "0.0.0.0"));
        return engine.start(addresses, words.flatMap(part -> part).toList());
    }

    private static Path real(Path file) {
        try {
            return file.toRealPath();
        } catch (IOException failure) {
            throw new BenchException("cannot find " + file + ": " + failure);
        }
    }

    private double startOurs() throws IOException, InterruptedException {
        var management = Published.of(9000);
        var service = Published.of(8080);
        try (var container = ours(List.of(service, management))) {
            long healthy = awaitAnswer(management.address(), "/q/health/live");
            long answered = awaitAnswer(service.address(), "/?id=1");
            health.add(secondsUntil(healthy, container));
            return secondsUntil(answered, container);
        }
    }

    private double startNode() throws IOException, InterruptedException {
        var service = Published.of(8080);
        try (var container = node(List.of(service))) {
            return secondsUntil(awaitAnswer(service.address(), "/?id=1"), container);
        }
    }

    /// From the start of a container's first process to a moment of [System#nanoTime].
    private static double secondsUntil(long moment, Container container) throws IOException, InterruptedException {
        var age = ProcessFiles.age(container.pid());
        return age.minusNanos(System.nanoTime() - moment).toNanos() / 1e9;
    }

    /// @return when it was there, of [System#nanoTime]
    private static long awaitAnswer(InetSocketAddress address, String path) throws InterruptedException {
        long start = System.nanoTime();
        while (System.nanoTime() - start < START_BOUND.toNanos()) {
            if (isAnswered(address, path)) {
                return System.nanoTime();
            }
            ServerProcess.pause(BETWEEN_TRIES);
        }
        throw new BenchException("there is no answer from " + address + path + " within " + START_BOUND);
    }

    private static boolean isAnswered(InetSocketAddress address, String path) {
        try (var connection = new Socket(address.getAddress(), address.getPort())) {
            connection.setSoTimeout(ANSWER_TIMEOUT_MILLIS);
            var request = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
            connection.getOutputStream().write(request.getBytes(ISO_8859_1));
            return new String(connection.getInputStream().readNBytes(12), ISO_8859_1).equals("HTTP/1.1 200");
        } catch (IOException _) {
            return false; // Not there yet.
        }
    }

    private static Memory memory(Start start) throws IOException, InterruptedException {
        var service = Published.of(8080);
        try (var container = start.at(List.of(service))) {
            awaitAnswer(service.address(), "/?id=1");
            ServerProcess.pause(REST);
            long first = container.pid();
            var workers = new ArrayList<Double>();
            for (var process :
                    ProcessHandle.of(first).orElseThrow().descendants().toList()) {
                if (!ProcessFiles.name(process.pid()).equals("sh")) {
                    workers.add(ProcessFiles.rssMiB(process.pid()));
                }
            }
            return new Memory(ProcessFiles.rssMiB(first), Pairs.median(workers));
        }
    }
}
