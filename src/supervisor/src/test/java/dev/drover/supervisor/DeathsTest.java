package dev.drover.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.posix.ChildProcess;
import dev.drover.posix.ExitStatus;
import dev.drover.posix.Poller;
import dev.drover.posix.Signals;
import dev.drover.posix.SpawnRequest;
import dev.drover.supervisor.output.OutputPump;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// With real processes, and a counter of the test instead of the kernel's.
class DeathsTest {
    private static final Duration DEADLINE = Duration.ofSeconds(30);
    private static final Template TEMPLATE = new Template(
            Template.Protocol.SYSTEMD,
            List.of("sleep", "1000"),
            Optional.empty(),
            List.of(),
            Template.ReadyWhen.STARTED,
            Signals.SIGTERM);
    private static final String KILLED = "killed by SIGKILL";

    private final AtomicLong counter = new AtomicLong(7);
    private final List<WorkerProcess> workers = new ArrayList<>();
    private final Deaths deaths = new Deaths(new OomKills(counter::get), workers::stream);
    private final Poller poller = Poller.open();
    private final OutputPump pump = new OutputPump(_ -> {}, InstantSource.system());

    @AfterEach
    void close() {
        workers.forEach(worker -> {
            worker.kill();
            awaitEnd(worker);
            worker.child().orElseThrow().reap();
            worker.release();
        });
        poller.close();
        pump.close();
    }

    private WorkerProcess start() {
        var incarnation = new Incarnation(new WorkerId("web", workers.size()), 1);
        var worker = new WorkerProcess(incarnation, TEMPLATE, 0, "token", Instant.EPOCH, 0);
        try (var output = pump.attach(incarnation, OutputPolicy.DEFAULT)) {
            var child = ChildProcess.spawn(new SpawnRequest(
                    TEMPLATE.command(),
                    Map.of("PATH", "/usr/bin:/bin"),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.of(output.stdout()),
                    Optional.of(output.stderr()),
                    List.of()));
            output.capture().started(child.pid());
            worker.spawned(
                    child, output.capture(), poller.add(child.pidfd(), Set.of(Poller.Interest.READABLE), _ -> {}));
        }
        workers.add(worker);
        return worker;
    }

    /// Looks at this one only, and leaves it a zombie.
    private static void awaitEnd(WorkerProcess worker) {
        try (var own = Poller.open()) {
            var watch = own.add(worker.child().orElseThrow().pidfd(), Set.of(Poller.Interest.READABLE), _ -> {});
            assertThat(own.poll(DEADLINE)).isPositive();
            watch.cancel();
        }
    }

    /// By a hand that is not ours.
    private static WorkerProcess end(WorkerProcess worker, int signal) {
        worker.child().orElseThrow().signal(signal);
        awaitEnd(worker);
        return worker;
    }

    private Death deathOf(WorkerProcess worker) {
        return deaths.of(worker, worker.child().orElseThrow().reap().orElseThrow(), 1);
    }

    @Test
    void aKillOfTheKernelIsTold() {
        // given
        var worker = end(start(), Signals.SIGKILL);
        counter.incrementAndGet();

        // then
        assertThat(deathOf(worker))
                .isEqualTo(new Death(new ExitStatus.Killed(Signals.SIGKILL, false), KILLED + ": out of memory", true));
    }

    @Test
    void aKillOfSomebodyElseIsASigkill() {
        // given
        var worker = end(start(), Signals.SIGKILL);

        // then
        assertThat(deathOf(worker).how()).isEqualTo(KILLED);
        assertThat(deathOf(end(start(), Signals.SIGKILL)).outOfMemory()).isFalse();
    }

    @Test
    void ourOwnKillsAndOtherEndsAreNeverTakenForIt() {
        // given
        var ours = start();
        ours.kill();
        awaitEnd(ours);
        var terminated = end(start(), Signals.SIGTERM);
        counter.addAndGet(2);

        // then
        assertThat(deathOf(ours).outOfMemory()).isFalse();
        assertThat(deathOf(terminated))
                .extracting(Death::how, Death::outOfMemory)
                .containsExactly("killed by SIGTERM", false);
    }

    @Test
    void thoseWhoDiedTogetherAreToldWhenTheKernelHasKilledAsMany() {
        // given
        var one = end(start(), Signals.SIGKILL);
        var two = end(start(), Signals.SIGKILL);
        start();
        counter.addAndGet(2);

        // then
        assertThat(deathOf(one).outOfMemory()).isTrue();
        assertThat(deathOf(two).outOfMemory()).isTrue();
    }

    @Test
    void whoOfThoseItWasIsNotGuessed() {
        // given
        var one = end(start(), Signals.SIGKILL);
        var two = end(start(), Signals.SIGKILL);
        counter.incrementAndGet();

        // when
        var first = deathOf(one);
        var second = deathOf(two);

        // then
        assertThat(List.of(first, second)).allSatisfy(death -> {
            assertThat(death.outOfMemory()).isFalse();
            assertThat(death.how())
                    .isEqualTo(KILLED + ": 2 workers were at once, and the kernel has killed 1 for lack of memory,"
                            + " without telling whom");
        });
        assertThat(deathOf(end(start(), Signals.SIGKILL)).how()).isEqualTo(KILLED);
    }
}
