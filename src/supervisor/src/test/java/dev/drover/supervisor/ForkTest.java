package dev.drover.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.posix.ExitStatus;
import dev.drover.session.FailureReason;
import dev.drover.session.MessageException;
import dev.drover.session.Payload;
import dev.drover.supervisor.pool.RolloutOrder;
import dev.drover.supervisor.socket.fixtures.Await;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The life of forks, with programs that do not know of Drover.
@Timeout(60)
class ForkTest {
    @TempDir
    Path directory;

    private final Parent parent = new Parent();
    private final Supervisor supervisor = parent.supervisor();

    @AfterEach
    void nothingIsLeft() {
        parent.close();
    }

    @Test
    void oneThatCannotStartTellsWhyAndLeavesItsName() {
        // given
        var child = supervisor.fork(Fork.of("child", List.of("/nowhere/program")));

        // when
        var report = Parent.get(child.exited());

        // then
        assertThat(report.message()).contains("/nowhere/program", "ENOENT");
        assertThat(report.status()).isEmpty();
        assertThat(Parent.failure(child.send(Payload.text("hello"))))
                .isInstanceOfSatisfying(
                        MessageException.class,
                        failure -> assertThat(failure.reason()).isEqualTo(FailureReason.NO_RECEIVER))
                .hasMessageContaining("ENOENT");
        assertThat(Parent.failure(child.pass(parent.listen())))
                .isInstanceOf(PassException.class)
                .hasMessageContaining("ENOENT");
        assertThat(Parent.get(supervisor.fork(Parent.shell("child", "exit 0")).exited())
                        .message())
                .isEqualTo("exited with code 0");
    }

    @Test
    void oneThatExitsAtOnceTellsItsCode() {
        // given
        var child = supervisor.fork(Parent.shell("child", "exit 3"));

        // when
        var report = Parent.get(child.exited());

        // then
        assertThat(report.status()).contains(new ExitStatus.Exited(3));
        assertThat(report.wasReady()).isFalse();
    }

    @Test
    void aForkWithoutACommandOrAGoodNameIsRefusedAtOnce() {
        // when / then
        assertThatThrownBy(() -> Fork.of("child", List.of())).hasMessageContaining("no command");
        assertThatThrownBy(() -> Fork.of("Child_1", List.of("true"))).hasMessageContaining("lower-case letters");
    }

    @Test
    void twoOfOneNameCannotLiveAtATime() {
        // given
        supervisor.fork(Parent.shell("child", "exec sleep 1000"));

        // when / then
        assertThatThrownBy(() -> supervisor.fork(Parent.shell("child", "exit 0")))
                .isInstanceOf(SupervisorException.class)
                .hasMessage("cannot fork child: there is a fork or a pool of that name");
    }

    @Test
    void anotherIsForkedWhereOneIsHeardToHaveEnded() {
        // given
        var child = supervisor.fork(Parent.shell("child", "exit 1"));

        // when
        var second = Parent.get(child.exited().thenApply(_ -> supervisor.fork(Parent.shell("child", "exit 2"))));

        // then
        assertThat(Parent.get(second.exited()).status()).contains(new ExitStatus.Exited(2));
    }

    @Test
    void oneThatHasEndedHasNoHoldOverItsSuccessor() {
        // given
        var first = supervisor.fork(Parent.shell("child", "exit 0"));
        Parent.get(first.exited());
        var second = supervisor.fork(Parent.shell("child", "exec sleep 1000"));

        // when
        first.stop();
        var sent = first.send(Payload.text("hello"));
        var passed = first.pass(parent.listen());

        // then
        assertThat(supervisor.snapshot().pools().getFirst().workers().getFirst().phase())
                .isEqualTo(Snapshot.Phase.STARTING);
        assertThat(Parent.failure(sent)).hasMessageContaining("exited with code 0");
        assertThat(Parent.failure(passed)).hasMessageContaining("exited with code 0");
        assertThat(second.exited()).isNotDone();
    }

    @Test
    void whatIsWantedOfPoolsIsNoMatterOfForks() throws InterruptedException {
        // given
        var child = supervisor.fork(Parent.shell("child", "exec sleep 1000"));
        parent.await(WorkerEvent.Forked.class, child);
        var pool = PoolSpec.of("web", 0, List.of("sleep", "1000"));
        supervisor.open(List.of(pool));

        // when
        var changed = supervisor.change(List.of(pool.withTemplate(
                PoolSpec.of("web", 0, List.of("sleep", "2000")).template())));
        boolean restarted = supervisor.restart(child.id());
        boolean scaled = supervisor.scaleBy("child", 1);
        var rolledOut = supervisor.rollout("child", new RolloutOrder.Restart());

        // then
        assertThat(changed).isInstanceOf(ChangeOutcome.Applied.class);
        assertThat(restarted).isFalse();
        assertThat(scaled).isFalse();
        assertThat(rolledOut).isEmpty();
        assertThat(supervisor.snapshot().pools().getFirst().workers())
                .singleElement()
                .satisfies(worker -> assertThat(worker.incarnation()).isOne());
        assertThat(child.exited()).isNotDone();
    }

    @Test
    void oneThatIsToldTwiceToStopStopsOnce() throws InterruptedException {
        // given
        var child = supervisor.fork(Parent.shell("child", "exec sleep 1000"));
        parent.await(WorkerEvent.Forked.class, child);

        // when
        child.stop();
        child.stop();

        // then
        assertThat(Parent.get(child.exited()).message()).isEqualTo("killed by SIGTERM");
        child.stop();
        assertThat(supervisor.snapshot().pools()).isEmpty();
    }

    @Test
    void theEndOfTheSupervisorEndsThoseThatLive() throws InterruptedException {
        // given
        var children = new ArrayList<ForkedWorker>();
        for (int i = 0; i < 5; i++) {
            children.add(supervisor.fork(Parent.shell("child-" + i, "exec sleep 1000")));
        }
        parent.await(WorkerEvent.Forked.class, children.getLast());

        // when
        supervisor.close();

        // then
        assertThat(children)
                .allSatisfy(child ->
                        assertThat(Parent.get(child.exited()).message()).isEqualTo("killed by SIGTERM"));
        assertThatThrownBy(() -> supervisor.fork(Parent.shell("late", "exit 0")))
                .isInstanceOf(SupervisorException.class);
    }

    @Test
    void oneThatDoesNotStopIsKilledWhenItsGraceIsOver() {
        // given
        var deaf = directory.resolve("deaf");
        var command = List.of("/bin/sh", "-c", "trap '' TERM; : > " + deaf + "; sleep 1000 & wait; wait");
        var child = supervisor.fork(new Fork("child", command, List.of(), Optional.empty(), Duration.ofMillis(300)));
        Await.until(() -> Files.exists(deaf), () -> "it does not ignore TERM yet");

        // when
        supervisor.close();

        // then
        assertThat(Parent.get(child.exited()).message()).isEqualTo("killed by SIGKILL");
    }

    @Test
    void theSupervisorIsClosedWhereAForkIsHeardToHaveEnded() {
        // given
        var child = supervisor.fork(Parent.shell("child", "exit 0"));

        // when
        Parent.get(child.exited().thenRun(supervisor::close));

        // then
        assertThat(supervisor.runDirectory()).doesNotExist();
    }

    @Test
    void whatWaitsForOneThatIsNeverReadyFailsWithItsEnd() throws InterruptedException {
        // given
        var child = supervisor.fork(Parent.shell("child", "exec sleep 1000"));
        parent.await(WorkerEvent.Forked.class, child);
        var passed = child.pass(parent.listen());

        // when
        child.stop();

        // then
        assertThat(Parent.failure(passed)).isInstanceOf(PassException.class).hasMessageContaining("killed by SIGTERM");
    }

    @Test
    void noMoreThanABoundedNumberWaitsForOneThatIsNotReady() {
        // given
        var child = supervisor.fork(Parent.shell("child", "exec sleep 1000"));
        var socket = parent.listen();
        var passed = new ArrayList<CompletableFuture<Incarnation>>();
        for (int i = 0; i < Forked.MAX_WAITING; i++) {
            passed.add(child.pass(socket));
        }

        // when
        var last = child.pass(socket);

        // then
        assertThat(Parent.failure(last)).hasMessageContaining("1024 wait");
        assertThat(passed).noneMatch(CompletableFuture::isDone);
    }

    @Test
    void nothingIsPassedOnceTheSupervisorHasStopped() {
        // given
        var child = supervisor.fork(Parent.shell("child", "exec sleep 1000"));
        var socket = parent.listen();
        var waiting = child.pass(socket);

        // when
        supervisor.close();

        // then
        assertThat(Parent.failure(waiting)).isInstanceOf(PassException.class);
        assertThatThrownBy(() -> child.pass(socket))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("it is closed");
    }
}
