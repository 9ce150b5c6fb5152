package dev.drover.examples.scenes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.worker.fixtures.RawClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Each scene as a user starts it, and Node's beside it: both show the same.
@Timeout(180)
@Tag("slow")
class ScenesTest {
    private static final Duration STOP_BOUND = Duration.ofSeconds(10);

    private static final String BY_CHILD = "handled by child, pid is ";

    private static final Pattern EVENT = Pattern.compile("\\b(fork|online|listening|ready|disconnect|exit)\\b");

    @TempDir
    Path directory;

    private final List<SceneProcess> started = new ArrayList<>();

    /// Whose program plays the scene.
    enum Way {
        DROVER,
        NODE
    }

    @AfterEach
    void endAll() {
        started.forEach(SceneProcess::close);
    }

    private SceneProcess start(Way way, Class<?> main, String script) {
        return started(
                switch (way) {
                    case DROVER -> SceneProcess.drover(directory, 2, main, "0");
                    case NODE -> SceneProcess.node(directory, script, "0");
                });
    }

    private SceneProcess start(int cpus, Class<?> main) {
        return started(SceneProcess.drover(directory, cpus, main, "0"));
    }

    private SceneProcess started(SceneProcess scene) {
        started.add(scene);
        return scene;
    }

    private static Predicate<Set<String>> different(int count) {
        return replies -> replies.size() >= count;
    }

    private static void signal(String name, long pid) throws IOException, InterruptedException {
        var kill = new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start();
        assertThat(kill.waitFor()).isZero();
    }

    /// Until every thread has come to it: what is still running takes what it is given.
    private static void stop(long pid) throws IOException, InterruptedException {
        signal("STOP", pid);
        long end = System.nanoTime() + STOP_BOUND.toNanos();
        while (!isStopped(pid)) {
            assertThat(System.nanoTime()).as("%d is not stopped in time", pid).isLessThan(end);
            LockSupport.parkNanos(1_000_000);
        }
    }

    private static boolean isStopped(long pid) throws IOException {
        try (var threads = Files.list(Path.of("/proc/" + pid + "/task"))) {
            return threads.allMatch(thread -> {
                try {
                    var stat = Files.readString(thread.resolve("stat"));
                    return stat.charAt(stat.lastIndexOf(')') + 2) == 'T';
                } catch (IOException _) {
                    // It has ended.
                    return true;
                }
            });
        }
    }

    @Test
    void everyCpuHasAWorkerWithAPortOfItsOwn() {
        // given
        var scene = start(3, Workers.class);
        var ports = new ArrayList<Integer>();

        // when
        for (int i = 0; i < 3; i++) {
            ports.add(Integer.parseInt(scene.awaitLine("worker-" + i + "-0 listening at .*:(\\d+)$")
                    .group(1)));
        }

        // then
        assertThat(ports)
                .doesNotHaveDuplicates()
                .extracting(SceneProcess::reply)
                .containsOnly("Hello World");
        assertThat(scene.stop()).isEmpty();
        assertThat(scene.lines()).hasSize(3);
    }

    @Test
    void aWorkerOfNodeSaysTheSame() {
        // given
        var scene = started(SceneProcess.node(directory, "workers.js"));

        // when
        var reply = SceneProcess.reply(scene.port());

        // then
        assertThat(reply).isEqualTo("Hello World");
    }

    @Test
    void everyCpuHasAWorkerOnOnePortAndOneThatIsKilledIsReplaced() throws Exception {
        // given
        var scene = start(2, WorkersOnOnePort.class);
        scene.awaitLine("^2 workers");
        int port = scene.port();
        assertThat(SceneProcess.reply(port)).isEqualTo("Hello World");
        var workers = scene.children();

        // when
        for (long pid : workers) {
            signal("KILL", pid);
        }

        // then
        assertThat(SceneProcess.reply(port)).isEqualTo("Hello World");
        assertThat(scene.stop()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void parentAndChildHearEachOther(Way way) {
        // given
        var scene = start(way, Messages.class, "messages.js");

        // when
        int code = scene.awaitExit();

        // then
        assertThat(code).isZero();
        scene.awaitLine("^parent got message: ");
        // The child's own output takes another way.
        scene.awaitLine("^child got message: ");
        assertThat(scene.lines())
                .containsExactlyInAnyOrder(
                        "child got message: {\"hello\":\"world\"}", "parent got message: {\"foo\":\"bar\"}");
    }

    @ParameterizedTest
    @EnumSource
    void parentAndChildAcceptFromOneListener(Way way) {
        // given
        var scene = start(way, OneChild.class, "one-child.js");

        // when
        var replies = SceneProcess.repliesUntil(scene.port(), different(2));

        // then
        assertThat(replies).containsExactlyInAnyOrder("handled by parent", "handled by child");
    }

    @Test
    void noChildOutlivesAParentThatIsKilled() throws Exception {
        // given
        var scene = start(2, OneChild.class);
        scene.port();
        var children = scene.descendants();
        assertThat(children).isNotEmpty();

        // when
        signal("KILL", scene.pid());

        // then
        for (var child : children) {
            assertThat(child.onExit().get(20, TimeUnit.SECONDS).isAlive()).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource
    void twoChildrenAcceptFromOneListenerAndTheParentDoesNot(Way way) {
        // given
        var scene = start(way, TwoChildren.class, "two-children.js");

        // when
        var replies = SceneProcess.repliesUntil(scene.port(), different(2));

        // then
        assertThat(replies)
                .hasSize(2)
                .isSubsetOf(scene.children().stream().map(pid -> BY_CHILD + pid).toList());
    }

    @ParameterizedTest
    @EnumSource
    void aChildIsSentTheConnection(Way way) {
        // given
        var scene = start(way, SentConnection.class, "connection.js");

        // when
        var reply = SceneProcess.reply(scene.port());

        // then
        assertThat(reply)
                .isIn(scene.children().stream().map(pid -> BY_CHILD + pid).toList());
    }

    @Test
    void aConnectionThatTheDeadHadNotTakenIsAnsweredByTheOtherChild() throws Exception {
        // given
        var scene = start(2, SentConnection.class);
        int port = scene.port();
        var first = SceneProcess.reply(port);
        stop(pidIn(first));

        // when
        try (var client = RawClient.connect(port).get("/")) {
            signal("KILL", pidIn(first));

            // then
            assertThat(client.answer().body()).startsWith(BY_CHILD).doesNotContain(first);
        }
        assertThat(SceneProcess.reply(port)).startsWith(BY_CHILD).isNotEqualTo(first);
        assertThat(scene.stop()).isEmpty();
    }

    @Test
    void aConnectionThatTheDeadHadNotTakenIsDispatchedToAnotherWorker() throws Exception {
        // given
        var scene = start(2, DispatchedConnections.class);
        int port = scene.port();
        var both = SceneProcess.repliesUntil(port, different(2));
        var first = both.iterator().next();
        stop(pidIn(first));

        // when: in turn, so that one of them is given to it
        try (var one = RawClient.connect(port).get("/");
                var two = RawClient.connect(port).get("/")) {
            signal("KILL", pidIn(first));

            // then
            assertThat(List.of(one.answer().body().strip(), two.answer().body().strip()))
                    .allSatisfy(reply -> assertThat(reply).startsWith(BY_CHILD).isNotEqualTo(first));
        }
        assertThat(scene.stop()).isEmpty();
    }

    private static long pidIn(String reply) {
        return Long.parseLong(reply.substring(BY_CHILD.length()));
    }

    @ParameterizedTest
    @EnumSource
    void aClusterReplacesWorkersAndGivesUpWhenTheyExitTooOften(Way way) throws Exception {
        // given
        var scene =
                way == Way.DROVER ? start(1, Cluster.class) : started(SceneProcess.node(directory, "cluster.js", "0"));
        scene.awaitLine("^worker-1\\b.* online");
        scene.awaitLine("^worker-1\\b.* listening");

        // when
        for (int worker = 1; worker <= 11; worker++) {
            signal(
                    "KILL",
                    Long.parseLong(scene.awaitLine("^worker-" + worker + "\\b.* fork pid (\\d+)$")
                            .group(1)));
        }

        // then
        scene.awaitLine("^giving up");
        assertThat(scene.awaitExit()).isEqualTo(1);
        var events = scene.lines().stream()
                .filter(line -> line.startsWith("worker-1-0 ") || line.startsWith("worker-1 "))
                .flatMap(line -> EVENT.matcher(line).results())
                .map(MatchResult::group)
                .toList();
        assertThat(events).startsWith("fork").contains("online", "listening");
        var last = events.subList(events.size() - 2, events.size());
        switch (way) {
            case DROVER -> assertThat(last).containsExactly("disconnect", "exit");
            case NODE -> assertThat(last).containsExactlyInAnyOrder("disconnect", "exit");
        }
    }
}
