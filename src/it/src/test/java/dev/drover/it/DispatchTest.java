package dev.drover.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.it.fixtures.Control;
import dev.drover.it.fixtures.DroverProcess;
import dev.drover.it.fixtures.Drovers;
import dev.drover.it.fixtures.Load;
import dev.drover.it.fixtures.Loader;
import dev.drover.it.fixtures.Pools;
import dev.drover.it.fixtures.Procs;
import dev.drover.protocol.control.v1.WorkerState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// The master accepts and chooses the worker.
@Tag("slow")
class DispatchTest {
    @RegisterExtension
    final Drovers drovers = new Drovers();

    @TempDir
    Path directory;

    private DroverProcess serve(Pools pool, int workers) {
        var drover = drovers.run("-f", pool.write(directory).toString());
        drover.until(workers + " ready workers", () -> ready(drover) == workers);
        return drover;
    }

    private static long ready(DroverProcess drover) {
        return drover.stdout()
                .lines()
                .filter(line -> line.contains("Worker ready"))
                .count();
    }

    @Test
    void roundRobinGivesExactlyTheSameNumberToEach() throws Exception {
        // given
        var pool = Pools.hello(4).socket("distribution: {mode: Dispatched}");
        serve(pool, 4);

        // when
        var result = Loader.run(Load.perConnection(pool.address()).clients(16).requests(20_000));

        // then
        assertThat(result.failures()).as("%s", result.firstFailures()).isEmpty();
        assertThat(result.answersByPid()).hasSize(4);
        assertThat(result.answersByPid().values()).containsOnly(5_000L);
    }

    @Test
    void whoPassesConnectionsIsInNoHurryWhileThereAreMany() throws Exception {
        // given
        var pool = Pools.hello(1).socket("distribution: {mode: Dispatched}");
        var drover = serve(pool, 1);
        var atRest = Procs.batchThreads(drover.pid());
        var first = drover.workers().getFirst().pid();

        // when
        try (var load =
                Loader.start(Load.perConnection(pool.address()).clients(16).duration(Load.ENDLESS))) {
            drover.until(
                    "master and worker in no hurry",
                    () -> Procs.batchThreads(drover.pid()).equals(List.of("drover-loop"))
                            && Procs.batchThreads(first).equals(List.of("drover-handles")));
            Procs.signal(first, "KILL");
            drover.until("a replacement", () -> ready(drover) == 2);
            load.stop();
        }

        // then
        assertThat(atRest).isEmpty();
        drover.until(
                "the master as before", () -> Procs.batchThreads(drover.pid()).isEmpty());
        assertThat(Procs.batchThreads(drover.workers().getLast().pid())).isSubsetOf("drover-handles");
    }

    @Test
    void aClientStaysWithItsWorkerAndAWorkerThatDiesMovesNoOthersClients() throws Exception {
        // given
        var pool = Pools.hello(4).socket("distribution: {mode: Dispatched, policy: ClientAddress}");
        var drover = serve(pool, 4);
        var before = askFromEverywhere(pool.address());
        assertThat(new HashSet<>(before.values())).as("who serves").hasSizeGreaterThan(2);

        // when
        var victim = drover.workers().stream()
                .filter(worker -> before.containsValue(worker.pid()))
                .findFirst()
                .orElseThrow();
        Procs.signal(victim.pid(), "KILL");
        drover.until("its replacement", () -> ready(drover) == 5);
        var after = askFromEverywhere(pool.address());

        // then
        long successor = drover.workers().stream()
                .filter(worker -> worker.worker().equals(victim.worker()))
                .findFirst()
                .orElseThrow()
                .pid();
        before.forEach((client, pid) ->
                assertThat(after.get(client)).as(client).isEqualTo(pid == victim.pid() ? successor : pid));
    }

    /// Who answers each of forty clients, five times each the same.
    private static Map<String, Long> askFromEverywhere(InetSocketAddress target) throws IOException {
        var answers = new HashMap<String, Long>();
        for (int round = 0; round < 5; round++) {
            for (int i = 1; i <= 40; i++) {
                var client = "127.0.0." + i;
                try (var socket = new Socket()) {
                    socket.bind(new InetSocketAddress(InetAddress.ofLiteral(client), 0));
                    socket.connect(target);
                    long pid = ask(socket);
                    assertThat(answers.computeIfAbsent(client, _ -> pid))
                            .as(client)
                            .isEqualTo(pid);
                }
            }
        }
        return answers;
    }

    /// One request on a connection that stays open.
    private static long ask(Socket socket) throws IOException {
        socket.setSoTimeout((int) DroverProcess.PATIENCE.toMillis());
        socket.getOutputStream().write("GET /?id=7 HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        var buffer = new byte[4096];
        int length = 0;
        while (!isWhole(buffer, length)) {
            int count = socket.getInputStream().read(buffer, length, buffer.length - length);
            assertThat(count).as("the connection goes on").isPositive();
            length += count;
        }
        var text = new String(buffer, 0, length, StandardCharsets.US_ASCII);
        return Long.parseLong(text.substring(text.lastIndexOf(' ') + 1).strip());
    }

    /// The body is `ok 7 PID`, the last header the pid too.
    private static boolean isWhole(byte[] buffer, int length) {
        var text = new String(buffer, 0, length, StandardCharsets.US_ASCII);
        int end = text.indexOf("\r\n\r\n");
        if (end < 0) {
            return false;
        }
        int contentLength = text.lines()
                .filter(line -> line.startsWith("Content-Length: "))
                .mapToInt(line -> Integer.parseInt(line.substring("Content-Length: ".length())))
                .sum();
        return length >= end + 4 + contentLength;
    }

    @Test
    void leastConnectionsSparesThoseWhoseClientsStay() throws Exception {
        // given: forty clients that stay, ten with each of four workers; then those of two workers leave
        int each = 10;
        var pool = Pools.hello(4).socket("distribution: {mode: Dispatched, policy: LeastConnections}");
        var drover = serve(pool, 4);
        try (var staying = new Staying()) {
            for (int i = 0; i < 4 * each; i++) {
                staying.open(pool.address());
            }
            assertThat(staying.counts().values()).containsExactly(each, each, each, each);
            var free = Set.copyOf(List.copyOf(staying.counts().keySet()).subList(0, 2));
            free.forEach(staying::leave);

            // then: those who come next are with these two, as soon as the master knows who has left
            drover.until("newcomers to be with the two", () -> {
                Loader.run(Load.perConnection(pool.address()).requests(10).rate(20));
                return newcomers(pool.address(), 2 * each - SHORT_CLIENTS).equals(free);
            });
        }
    }

    /// So many of the short connections just before may not be known to have ended: a worker tells ten times a second.
    private static final int SHORT_CLIENTS = 6;

    /// Who has them, all at the same time.
    private static Set<Long> newcomers(InetSocketAddress target, int count) throws IOException {
        try (var newcomers = new Staying()) {
            for (int i = 0; i < count; i++) {
                newcomers.open(target);
            }
            return newcomers.counts().keySet();
        }
    }

    /// Clients that have had an answer and stay.
    private static final class Staying implements AutoCloseable {
        private final Map<Long, List<Socket>> sockets = new HashMap<>();

        void open(InetSocketAddress target) throws IOException {
            var socket = new Socket();
            socket.connect(target);
            sockets.computeIfAbsent(ask(socket), _ -> new ArrayList<>()).add(socket);
        }

        Map<Long, Integer> counts() {
            return sockets.entrySet().stream()
                    .collect(Collectors.toMap(
                            Map.Entry::getKey, entry -> entry.getValue().size()));
        }

        void leave(long pid) {
            for (var socket : sockets.getOrDefault(pid, List.of())) {
                try {
                    socket.close();
                } catch (IOException failure) {
                    throw new UncheckedIOException(failure);
                }
            }
        }

        @Override
        public void close() {
            sockets.keySet().forEach(this::leave);
        }
    }

    @Test
    void oneWorkerServesItsShardedItsSharedAndItsDispatchedSockets() throws Exception {
        // given
        int shared = Pools.freePort();
        int sharded = Pools.freePort();
        var unix = directory.resolve("app.sock");
        var pool = Pools.hello(2)
                .socket("distribution: {mode: Dispatched}")
                .also("{name: admin, host: 127.0.0.1, port: " + shared + ", distribution: {mode: Shared}}")
                .also("{name: api, host: 127.0.0.1, port: " + sharded + "}")
                .also("{name: local, protocol: Unix, path: " + unix + ", distribution: {mode: Dispatched}}");
        var drover = serve(pool, 2);

        // when
        var dispatched = Loader.run(Load.perConnection(pool.address()).requests(40));
        var others = List.of(
                Loader.run(Load.perConnection(loopback(shared)).requests(40)),
                Loader.run(Load.perConnection(loopback(sharded)).requests(40)));
        var overUnix = new HashSet<String>();
        for (int i = 0; i < 4; i++) {
            overUnix.add(get(UnixDomainSocketAddress.of(unix)));
        }

        // then
        assertThat(dispatched.answersByPid().values()).containsOnly(20L);
        assertThat(others).allSatisfy(result -> assertThat(result.failed()).isZero());
        assertThat(overUnix).hasSize(2).allMatch(answer -> answer.contains("ok 7 "));
        drover.stop();
        assertThat(unix).doesNotExist();
    }

    private static InetSocketAddress loopback(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    private static String get(SocketAddress address) throws IOException {
        try (var channel = SocketChannel.open(address)) {
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

    @Test
    void noRequestIsLostWhileAllWorkersAreReplaced() throws Exception {
        // given
        int workers = 3;
        int rounds = 5;
        var pool = Pools.hello(workers).socket("distribution: {mode: Dispatched}");
        var drover = serve(pool, workers);

        // when
        try (var control = Control.of(drover);
                var keepAlive =
                        Loader.start(Load.keepAlive(pool.address()).clients(4).duration(Load.ENDLESS));
                var perConnection = Loader.start(
                        Load.perConnection(pool.address()).clients(4).duration(Load.ENDLESS))) {
            for (int i = 0; i < rounds * workers; i++) {
                replace(drover, control, "web-" + i % workers);
                keepAlive.awaitAnswers(20, DroverProcess.PATIENCE);
                perConnection.awaitAnswers(20, DroverProcess.PATIENCE);
            }

            // then
            assertThat(List.of(keepAlive.stop(), perConnection.stop())).allSatisfy(result -> {
                assertThat(result.failures()).as("%s", result.firstFailures()).isEmpty();
                assertThat(result.answered()).isGreaterThan(20L * rounds * workers);
            });
        }
    }

    @Test
    void noRequestIsLostWhileARevisionIsRolledOutAndTheNextOneFails() throws Exception {
        // given
        int workers = 3;
        var pool =
                Pools.hello(workers).socket("distribution: {mode: Dispatched}").spec("progressDeadlineSeconds: 10");
        var drover = serve(pool, workers);

        // when
        try (var keepAlive =
                        Loader.start(Load.keepAlive(pool.address()).clients(4).duration(Load.ENDLESS));
                var perConnection = Loader.start(
                        Load.perConnection(pool.address()).clients(4).duration(Load.ENDLESS))) {
            perConnection.awaitAnswers(100, DroverProcess.PATIENCE);
            pool.template("env: [{name: REVISION, value: 'next'}]").write(directory);
            drover.signal("HUP");
            drover.awaitLog("Rollout complete pool=web revision=2");
            pool.command("sleep", "1000").write(directory);
            drover.signal("HUP");
            drover.awaitLog("Rollout failed pool=web");
            keepAlive.awaitAnswers(100, DroverProcess.PATIENCE);
            perConnection.awaitAnswers(100, DroverProcess.PATIENCE);

            // then
            assertThat(List.of(keepAlive.stop(), perConnection.stop()))
                    .allSatisfy(result -> assertThat(result.failures())
                            .as("%s", result.firstFailures())
                            .isEmpty());
        }
    }

    private static void replace(DroverProcess drover, Control control, String name) {
        int before = incarnations(control, name).stream().max(Integer::compare).orElseThrow();
        control.restart(name);
        drover.until("the next incarnation of " + name + " alone and ready", () -> {
            var present = control.workers().stream()
                    .filter(worker -> worker.getName().equals(name))
                    .toList();
            return present.size() == 1
                    && present.getFirst().getIncarnation() > before
                    && present.getFirst().getState() == WorkerState.WORKER_STATE_READY;
        });
    }

    private static List<Integer> incarnations(Control control, String name) {
        return control.workers().stream()
                .filter(worker -> worker.getName().equals(name))
                .map(worker -> worker.getIncarnation())
                .toList();
    }
}
