package dev.drover.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Timestamp;
import com.google.rpc.Code;
import dev.drover.cli.fixtures.Cli;
import dev.drover.cli.fixtures.Cli.Ran;
import dev.drover.cli.fixtures.FakeMaster;
import dev.drover.protocol.control.v1.ApplyPoolsRequest;
import dev.drover.protocol.control.v1.ApplyPoolsResponse;
import dev.drover.protocol.control.v1.DeletePoolRequest;
import dev.drover.protocol.control.v1.Operation;
import dev.drover.protocol.control.v1.PauseOrder;
import dev.drover.protocol.control.v1.PoolAdded;
import dev.drover.protocol.control.v1.RestartOrder;
import dev.drover.protocol.control.v1.ResumeOrder;
import dev.drover.protocol.control.v1.Revision;
import dev.drover.protocol.control.v1.RevisionFailure;
import dev.drover.protocol.control.v1.Rollout;
import dev.drover.protocol.control.v1.RolloutPoolRequest;
import dev.drover.protocol.control.v1.RolloutPoolResponse;
import dev.drover.protocol.control.v1.RolloutState;
import dev.drover.protocol.control.v1.ScalePoolRequest;
import dev.drover.protocol.control.v1.SignalWorkerRequest;
import dev.drover.protocol.control.v1.UndoOrder;
import dev.drover.protocol.pool.v1.Condition;
import dev.drover.protocol.pool.v1.Metadata;
import dev.drover.protocol.pool.v1.Template;
import dev.drover.protocol.pool.v1.WorkerPool;
import dev.drover.protocol.pool.v1.WorkerPoolSpec;
import dev.drover.protocol.pool.v1.WorkerPoolStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The verbs that change what a master runs, against one that only speaks.
class ChangeVerbsTest extends VerbTest {

    private static final String POOL = """
            apiVersion: drover.dev/v1
            kind: WorkerPool
            metadata: {name: %s}
            spec: {template: {command: [java]}}
            """;

    private static final ApplyPoolsResponse PLAN = ApplyPoolsResponse.newBuilder()
            .addOperations(Operation.newBuilder().setPool("web").setWords("replicas 2 -> 4"))
            .addOperations(Operation.newBuilder().setPool("web").setWords("new revision (command)"))
            .addOperations(Operation.newBuilder()
                    .setPool("new")
                    .setWords("added")
                    .setPoolAdded(PoolAdded.getDefaultInstance()))
            .addLines("pool web: replicas 2 -> 4, new revision (command)")
            .addLines("pool new: added")
            .build();

    private Path file;

    @BeforeEach
    @SuppressWarnings("NullAway.Init")
    void start() throws IOException {
        master.pools = List.of(pool("NewRevisionCreated"));
        file = Files.writeString(
                directory.resolve("pools.yaml"),
                POOL.formatted("web") + "---\n" + POOL.formatted("new") + "---\n" + POOL.formatted("same"));
    }

    private static WorkerPool pool(String progressing) {
        return WorkerPool.newBuilder()
                .setMetadata(Metadata.newBuilder().setName("web"))
                .setSpec(WorkerPoolSpec.newBuilder().setProgressDeadlineSeconds(1))
                .setStatus(WorkerPoolStatus.newBuilder()
                        .setRevision(2)
                        .addConditions(
                                Condition.newBuilder().setType("Progressing").setReason(progressing)))
                .build();
    }

    private static Rollout rollout(RolloutState state, String message) {
        return Rollout.newBuilder()
                .setPool("web")
                .setRevision(2)
                .setState(state)
                .setMessage(message)
                .build();
    }

    private static final Rollout WAITING = rollout(RolloutState.ROLLOUT_STATE_PROGRESSING, "Waiting: 1 of 2...");
    private static final Rollout DONE = rollout(RolloutState.ROLLOUT_STATE_COMPLETE, "pool \"web\" successfully");

    @Test
    void appliedPoolsAreToldOneByOne() {
        // given
        master.plan = PLAN;

        // when
        Ran ran = cli.run("apply", "-f", file.toString());

        // then
        assertThat(ran).isEqualTo(ok("""
                pool/web configured: replicas 2 -> 4, new revision (command)
                pool/new created
                pool/same unchanged
                """));
        assertThat(master.asked).singleElement().isInstanceOfSatisfying(ApplyPoolsRequest.class, request -> {
            assertThat(request.getDryRun()).isFalse();
            assertThat(request.getPoolsList())
                    .extracting(pool -> pool.getMetadata().getName())
                    .containsExactly("web", "new", "same");
        });
    }

    @Test
    void aDryRunIsToldAsOne() {
        // given
        master.plan = PLAN;

        // when
        Ran ran = cli.input(POOL.formatted("web")).run("apply", "--dry-run", "-f", "-");

        // then
        assertThat(ran).isEqualTo(ok("pool/web configured (dry run): replicas 2 -> 4, new revision (command)\n"));
        assertThat(master.asked)
                .singleElement()
                .isInstanceOfSatisfying(
                        ApplyPoolsRequest.class,
                        request -> assertThat(request.getDryRun()).isTrue());
    }

    @ParameterizedTest
    @CsvSource({"apply", "diff"})
    void aBadFileIsToldByLineAndNobodyIsAsked(String verb) {
        // when
        Ran ran = cli.input(POOL.formatted("Bad")).run(verb, "-f", "-");

        // then
        assertThat(ran.code()).isEqualTo(ExitCode.USAGE);
        assertThat(ran.err().lines())
                .hasSize(2)
                .anyMatch(line -> line.startsWith("-:3: metadata.name: is \"Bad\", must be "))
                .anyMatch(line -> line.equals(
                        "drover: cannot " + verb + ": the files have 1 problem, told above; correct it first"));
        assertThat(master.asked).isEmpty();
    }

    @Test
    void whatTheMasterFindsWrongIsABadFileToo() {
        // given
        master.refusal =
                Optional.of(FakeMaster.refused(Code.INVALID_ARGUMENT, "FIELD_INVALID", "pools[0].x: is wrong"));

        // then
        assertThat(cli.run("apply", "-f", file.toString()))
                .isEqualTo(failed(ExitCode.USAGE, "cannot apply: pools[0].x: is wrong"));
    }

    @Test
    void aChangeThatCannotBeMadeIsToldWithItsReason() {
        // given
        master.refusal =
                Optional.of(FakeMaster.refused(Code.FAILED_PRECONDITION, "CHANGE_REFUSED", "port 80 is taken"));

        // then
        assertThat(cli.run("apply", "-f", file.toString()))
                .isEqualTo(failed(ExitCode.FAILED, "cannot apply: port 80 is taken; nothing was changed"));
    }

    @Test
    void aDiffIsToldByLinesAndItsExitCode() {
        // given
        Ran same = cli.run("diff", "-f", file.toString());
        master.plan = PLAN;

        // when
        Ran different = cli.run("diff", "-f", file.toString());

        // then
        assertThat(same).isEqualTo(ok(""));
        assertThat(different).isEqualTo(new Ran(1, """
                pool web: replicas 2 -> 4, new revision (command)
                pool new: added
                """, ""));
        assertThat(master.asked)
                .allSatisfy(request ->
                        assertThat(((ApplyPoolsRequest) request).getDryRun()).isTrue());
    }

    @Test
    void aDiffThatFailsIsNoDifference() throws IOException {
        // given
        master.refusal = Optional.of(FakeMaster.refused(Code.INTERNAL, "INTERNAL", "ApplyPools failed"));
        Ran refused = cli.run("diff", "-f", file.toString());

        // when
        master.close();

        // then
        assertThat(refused).isEqualTo(failed(ExitCode.USAGE, "cannot diff: ApplyPools failed"));
        assertThat(cli.run("diff", "-f", file.toString()).code()).isEqualTo(ExitCode.UNREACHABLE);
    }

    @ParameterizedTest
    @CsvSource({"web", "pool/web"})
    void aPoolIsScaled(String pool) {
        // when
        Ran ran = cli.run("scale", pool, "--replicas=0", "--resource-version=41");

        // then
        assertThat(ran).isEqualTo(ok("pool/web scaled\n"));
        assertThat(master.asked)
                .containsExactly(ScalePoolRequest.newBuilder()
                        .setName("web")
                        .setReplicas(0)
                        .setResourceVersion("41")
                        .build());
    }

    @Test
    void aPoolThatIsNotThereIsNotFound() {
        // given
        master.refusal = Optional.of(FakeMaster.refused(Code.NOT_FOUND, "POOL_NOT_FOUND", "no pool x"));

        // then
        assertThat(cli.run("scale", "x", "--replicas=1"))
                .isEqualTo(failed(
                        ExitCode.NOT_FOUND, "cannot scale pool x: no pool x; 'drover get pools' shows the pools"));
        assertThat(cli.run("delete", "pool", "x").code()).isEqualTo(ExitCode.NOT_FOUND);
        assertThat(cli.run("rollout", "pause", "x").code()).isEqualTo(ExitCode.NOT_FOUND);
    }

    @Test
    void poolsAreDeletedByName() {
        // when
        Ran names = cli.run("delete", "pool", "web", "jobs");
        Ran targets = cli.run("delete", "pool/web");

        // then
        assertThat(names).isEqualTo(ok("pool \"web\" deleted\npool \"jobs\" deleted\n"));
        assertThat(targets).isEqualTo(ok("pool \"web\" deleted\n"));
        assertThat(master.asked)
                .extracting(request -> ((DeletePoolRequest) request).getName())
                .containsExactly("web", "jobs", "web");
    }

    @Test
    void everyOrderIsGiven() {
        // when
        Ran restart = cli.run("rollout", "restart", "web");
        Ran undo = cli.run("rollout", "undo", "pool/web");
        Ran undoTo = cli.run("rollout", "undo", "web", "--to-revision=3");
        Ran pause = cli.run("rollout", "pause", "web");
        Ran resume = cli.run("rollout", "resume", "web");

        // then
        assertThat(List.of(restart, undo, undoTo, pause, resume))
                .containsExactly(
                        ok("pool/web restarted\n"),
                        ok("pool/web rolled back\n"),
                        ok("pool/web rolled back\n"),
                        ok("pool/web paused\n"),
                        ok("pool/web resumed\n"));
        var web = RolloutPoolRequest.newBuilder().setName("web").build();
        assertThat(master.asked)
                .containsExactly(
                        web.toBuilder()
                                .setRestart(RestartOrder.getDefaultInstance())
                                .build(),
                        web.toBuilder().setUndo(UndoOrder.getDefaultInstance()).build(),
                        web.toBuilder()
                                .setUndo(UndoOrder.newBuilder().setToRevision(3))
                                .build(),
                        web.toBuilder()
                                .setPause(PauseOrder.getDefaultInstance())
                                .build(),
                        web.toBuilder()
                                .setResume(ResumeOrder.getDefaultInstance())
                                .build());
    }

    @Test
    void anOrderThatChangesNothingIsFine() {
        // given
        master.ordered = RolloutPoolResponse.newBuilder()
                .setMessage("the rollout of pool web is paused already")
                .build();

        // then
        assertThat(cli.run("rollout", "pause", "web"))
                .isEqualTo(ok("pool/web unchanged: the rollout of pool web is paused already\n"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "FAILED_PRECONDITION | PAUSED | it is paused, resume it first | 1 |  with 'drover rollout resume'",
                "FAILED_PRECONDITION | NO_HISTORY | revision 1 is the only one | 1 | ''",
                "NOT_FOUND | UNKNOWN_REVISION | kept are 1, 2 | 3 | ; 'drover rollout history' shows the revisions",
            })
    void aRefusedOrderIsToldOnce(Code code, String reason, String why, int exit, String step) {
        // given
        String message = "cannot undo the rollout of pool web: " + why;
        master.refusal = Optional.of(FakeMaster.refused(code, reason, message));

        // then
        String told = step.startsWith("with") ? " " + step : step;
        assertThat(cli.run("rollout", "undo", "web")).isEqualTo(failed(exit, message + told));
    }

    @Test
    void aRolloutIsFollowedToItsEnd() {
        // given
        master.rollouts =
                List.of(WAITING, WAITING, rollout(RolloutState.ROLLOUT_STATE_PROGRESSING, "Waiting: 2 of 2..."), DONE);

        // then
        assertThat(cli.run("rollout", "status", "web", "--watch")).isEqualTo(ok("""
                Waiting: 1 of 2...
                Waiting: 2 of 2...
                pool "web" successfully
                """));
    }

    @Test
    void aLookDoesNotWait() {
        // given
        master.rollouts = List.of(WAITING);

        // then
        assertThat(cli.run("rollout", "status", "web", "--watch=false")).isEqualTo(ok("Waiting: 1 of 2...\n"));
    }

    @ParameterizedTest
    @CsvSource({"--watch=true", "--watch=false"})
    void aRolloutThatHasFailedIsToldWithItsReasonAndTheNextStep(String watch) {
        // given
        master.rollouts = List.of(rollout(
                RolloutState.ROLLOUT_STATE_FAILED, "pool \"web\" exceeded its progress deadline: Exited with code 3."));

        // then
        assertThat(cli.run("rollout", "status", "web", watch))
                .isEqualTo(failed(
                        ExitCode.FAILED,
                        "cannot roll out revision 2 of pool web: pool \"web\" exceeded its progress deadline: Exited"
                                + " with code 3; go back with 'drover rollout undo web', or correct the template and"
                                + " apply it again"));
    }

    @Test
    void aRolloutThatWasRolledBackHasFailed() {
        // given
        var failure = RevisionFailure.newBuilder().setRevision(2).setMessage("No worker became available.");
        master.rollouts = List.of(
                WAITING,
                DONE.toBuilder().setRevision(3).setRolledBackFrom(failure).build());

        // then
        assertThat(cli.run("rollout", "status", "web"))
                .isEqualTo(new Ran(
                        ExitCode.FAILED,
                        "Waiting: 1 of 2...\n",
                        "drover: cannot roll out revision 2 of pool web: No worker became available; it was rolled back"
                                + " by itself, to revision 3 now; correct the template and apply it again\n"));
    }

    @Test
    void aRolloutThatIsNotOverInTimeHasFailed() {
        // given
        master.rollouts = List.of(WAITING);

        // then
        assertThat(cli.run("rollout", "status", "web", "--timeout=500ms"))
                .isEqualTo(new Ran(
                        ExitCode.FAILED,
                        "Waiting: 1 of 2...\n",
                        "drover: cannot see the end of the rollout of pool web within 500 ms: it goes on; wait longer"
                                + " with --timeout, or look with 'drover get workers -o wide'\n"));
    }

    @Test
    void aRolloutThatWasCompleteAndWhoseWorkersFailSinceHasFailed() {
        // given
        master.pools = List.of(pool("NewRevisionAvailable"));
        master.rollouts = List.of(WAITING);

        // then
        assertThat(cli.run("rollout", "status", "web"))
                .isEqualTo(new Ran(
                        ExitCode.FAILED,
                        "Waiting: 1 of 2...\n",
                        "drover: cannot see revision 2 of pool web available again: it was rolled out, and 0 of its"
                                + " workers are available now; look with 'drover describe pool web'\n"));
    }

    @Test
    void aRolloutThatIsOnItsWayIsWaitedForHoweverLong() {
        // given a rollout that is over at the second watch only
        master.rollouts = List.of(WAITING);
        master.onGetPool = () -> master.rollouts = master.got.get() > 1 ? List.of(WAITING, DONE) : List.of(WAITING);

        // then
        assertThat(cli.run("rollout", "status", "web"))
                .isEqualTo(ok("Waiting: 1 of 2...\npool \"web\" successfully\n"));
    }

    @Test
    void aSignalIsSentByWhateverNameItHas() {
        // when
        Ran ran = cli.run("signal", "worker", "web-0", "usr1");

        // then
        assertThat(ran).isEqualTo(ok("worker/web-0 signaled with SIGUSR1 (pid 101)\n"));
        assertThat(master.asked)
                .containsExactly(SignalWorkerRequest.newBuilder()
                        .setName("web-0")
                        .setSignal("USR1")
                        .build());
    }

    @Test
    void anEmptyPlaceGetsNoSignal() {
        // given
        master.refusal =
                Optional.of(FakeMaster.refused(Code.FAILED_PRECONDITION, "NO_PROCESS", "web-0 has no process"));

        // then
        assertThat(cli.run("signal", "worker", "web-0", "SIGHUP"))
                .isEqualTo(failed(
                        ExitCode.FAILED,
                        "cannot signal worker web-0: web-0 has no process; 'drover describe worker' tells why it is"
                                + " empty"));
    }

    @Test
    void historyIsATableOrOneRevision() {
        // given
        master.revisions = List.of(revision(1, 200, "first"), revision(3, 60, "command"));

        // then
        assertThat(cli.run("rollout", "history", "web")).isEqualTo(ok("""
                REVISION   AGE     CHANGE-CAUSE
                1          3m20s   first
                3          60s     command
                """));
        assertThat(cli.run("rollout", "history", "web", "--revision=3")).isEqualTo(ok("""
                number: 3
                createdAt: '2026-01-01T11:59:00Z'
                cause: command
                template:
                  command:
                  - serve
                """));
        assertThat(cli.run("rollout", "history", "web", "--revision=2"))
                .isEqualTo(failed(ExitCode.NOT_FOUND, "cannot find revision 2 of pool web: kept are 1, 3"));
    }

    private static Revision revision(int number, int secondsAgo, String cause) {
        return Revision.newBuilder()
                .setNumber(number)
                .setCreatedAt(Timestamp.newBuilder()
                        .setSeconds(Cli.NOW.minusSeconds(secondsAgo).getEpochSecond()))
                .setCause(cause)
                .setTemplate(Template.newBuilder().addCommand("serve"))
                .build();
    }
}
