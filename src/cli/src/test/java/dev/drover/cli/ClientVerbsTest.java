package dev.drover.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Timestamp;
import dev.drover.cli.fixtures.Cli;
import dev.drover.cli.fixtures.Cli.Ran;
import dev.drover.protocol.control.v1.DrainResponse;
import dev.drover.protocol.control.v1.Event;
import dev.drover.protocol.control.v1.Exit;
import dev.drover.protocol.control.v1.GetMasterResponse;
import dev.drover.protocol.control.v1.GetVersionResponse;
import dev.drover.protocol.control.v1.Lease;
import dev.drover.protocol.control.v1.MasterState;
import dev.drover.protocol.control.v1.ObjectReference;
import dev.drover.protocol.control.v1.Session;
import dev.drover.protocol.control.v1.Setting;
import dev.drover.protocol.control.v1.Socket;
import dev.drover.protocol.control.v1.Worker;
import dev.drover.protocol.control.v1.WorkerState;
import dev.drover.protocol.pool.v1.Condition;
import dev.drover.protocol.pool.v1.Metadata;
import dev.drover.protocol.pool.v1.SocketStatus;
import dev.drover.protocol.pool.v1.Template;
import dev.drover.protocol.pool.v1.WorkerPool;
import dev.drover.protocol.pool.v1.WorkerPoolSpec;
import dev.drover.protocol.pool.v1.WorkerPoolStatus;
import dev.drover.protocol.worker.v1.Load;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The verbs that speak to a master, against one that only speaks.
class ClientVerbsTest extends VerbTest {

    private static final WorkerPool WEB = WorkerPool.newBuilder()
            .setApiVersion("drover.dev/v1")
            .setKind("WorkerPool")
            .setMetadata(Metadata.newBuilder().setName("web").setGeneration(1))
            .setSpec(WorkerPoolSpec.newBuilder()
                    .setReplicas(4)
                    .setTemplate(Template.newBuilder()
                            .setProtocol("Drover")
                            .addCommand("java")
                            .addArgs("-jar")
                            .addArgs("/app.jar")))
            .setStatus(WorkerPoolStatus.newBuilder()
                    .setReplicas(4)
                    .setReadyReplicas(3)
                    .setUpdatedReplicas(4)
                    .setAvailableReplicas(3)
                    .setRevision(2)
                    .addSockets(SocketStatus.newBuilder()
                            .setName("http")
                            .setMode("Sharded")
                            .setAddress("[::]:8080")
                            .setShards(5)
                            .setQueued(1))
                    .addConditions(Condition.newBuilder().setType("Available").setStatus("True"))
                    .addConditions(Condition.newBuilder().setType("Degraded").setStatus("False")))
            .build();

    private static final WorkerPool JOBS = WorkerPool.newBuilder()
            .setApiVersion("drover.dev/v1")
            .setKind("WorkerPool")
            .setMetadata(Metadata.newBuilder().setName("jobs"))
            .setSpec(WorkerPoolSpec.newBuilder()
                    .setTemplate(Template.newBuilder().setProtocol("Systemd")))
            .setStatus(WorkerPoolStatus.newBuilder()
                    .setReplicas(2)
                    .setReadyReplicas(2)
                    .setRevision(1))
            .build();

    private static final Worker READY = Worker.newBuilder()
            .setName("web-0")
            .setPool("web")
            .setIncarnation(1)
            .setRevision(2)
            .setState(WorkerState.WORKER_STATE_READY)
            .setPid(101)
            .setStartedAt(ago(200))
            .setReadySince(ago(199))
            .addLeases(Lease.newBuilder().setSocket("http").setShard(3).setQueued(7))
            .setSession(session(2, 17))
            .build();

    private static final Worker EMPTY = Worker.newBuilder()
            .setName("web-1")
            .setPool("web")
            .setOrdinal(1)
            .setState(WorkerState.WORKER_STATE_BACKING_OFF)
            .setRestarts(3)
            .setLastExit(Exit.newBuilder().setCode(3).setMessage("exited with code 3\033[31m"))
            .build();

    private static final Socket HTTP = Socket.newBuilder()
            .setName("http")
            .setPool("web")
            .setMode("Sharded")
            .setAddress("[::]:8080")
            .setShards(5)
            .setQueued(1)
            .setBacklog(4096)
            .build();

    private static final Event STARTED = event(1, "Normal", "PoolAdded", "WorkerPool", "web", "Wanted: added.")
            .setLastTimestamp(ago(200))
            .build();

    private static final Event FAILED = event(3, "Warning", "Failed", "Worker", "web-0", "Exited with code 3.")
            .setLastTimestamp(ago(5))
            .build();

    private static Event.Builder event(
            int count, String type, String reason, String kind, String name, String message) {
        return Event.newBuilder()
                .setName(name + ".7")
                .setType(type)
                .setReason(reason)
                .setMessage(message)
                .setInvolvedObject(ObjectReference.newBuilder().setKind(kind).setName(name))
                .setCount(count)
                .setFirstTimestamp(ago(200));
    }

    @BeforeEach
    void start() {
        master.pools = List.of(JOBS, WEB);
        master.workers = List.of(READY, EMPTY);
        master.sockets = List.of(HTTP);
    }

    @Test
    void poolsAreATable() {
        assertThat(cli.run("get", "pools")).isEqualTo(ok("""
                NAME   READY   UP-TO-DATE   AVAILABLE   REVISION   SOCKETS
                jobs   2/2     0            0           1          <none>
                web    3/4     4            3           2          [::]:8080
                """));
    }

    @Test
    void wideTellsProtocolCommandAndConditions() {
        assertThat(cli.run("get", "pool", "web", "-o", "wide").out()).isEqualTo("""
                NAME   READY   UP-TO-DATE   AVAILABLE   REVISION   SOCKETS     PROTOCOL   COMMAND              CONDITIONS
                web    3/4     4            3           2          [::]:8080   Drover     java -jar /app.jar   Available=True,Degraded=False
                """);
    }

    @Test
    void workersAreATable() {
        assertThat(cli.run("get", "workers")).isEqualTo(ok("""
                NAME    READY   STATUS             RESTARTS   PID      AGE
                web-0   true    Ready              0          101      3m20s
                web-1   false   CrashLoopBackOff   3          <none>   <none>
                """));
    }

    @Test
    void wideTellsLeasesTheSessionAndTheLastExitWithoutControlCharacters() {
        assertThat(cli.run("get", "workers", "-o", "wide").out().lines().skip(1))
                .containsExactly(
                        "web-0   true    Ready              0          101      3m20s    1             2          http/3(7)   2s"
                                + "          17            1           <none>      <none>",
                        "web-1   false   CrashLoopBackOff   3          <none>   <none>   <none>        <none>     <none>     "
                                + " <none>      <none>        <none>      <none>      exited with code 3 [31m");
    }

    @Test
    void socketsAreATable() {
        assertThat(cli.run("get", "sockets")).isEqualTo(ok("""
                POOL   NAME   MODE      ADDRESS     SHARDS   QUEUED
                web    http   Sharded   [::]:8080   5        1
                """));
    }

    @Test
    void socketIsCalledWithOrWithoutItsPool() {
        assertThat(cli.run("get", "socket", "http", "-o", "name")).isEqualTo(ok("socket/web/http\n"));
        assertThat(cli.run("get", "socket", "web/http", "-o", "yaml")).isEqualTo(ok("""
                name: http
                pool: web
                mode: Sharded
                address: '[::]:8080'
                shards: 5
                queued: 1
                backlog: 4096
                """));
    }

    @Test
    void aSelectorIsTheMastersToRead() {
        // when
        Ran pools = cli.run("get", "pools", "-l", "team in (shop)", "-o", "name");
        Ran workers = cli.run("get", "workers", "--selector=team=shop", "-o", "name");
        Ran sockets = cli.run("get", "sockets", "-l", "team", "-o", "name");
        Ran both = cli.run("get", "pools", "web", "-l", "team");

        // then
        assertThat(List.of(pools.code(), workers.code(), sockets.code())).containsOnly(ExitCode.OK);
        assertThat(master.selectors).containsExactly("team in (shop)", "team=shop", "team");
        assertThat(both)
                .isEqualTo(failed(
                        ExitCode.USAGE, "cannot get pools: names and a selector exclude each other; give one of them"));
    }

    @Test
    void aTableNeedsNoHeaders() {
        assertThat(cli.run("get", "pools", "jobs", "--no-headers")).isEqualTo(ok("jobs   2/2   0   0   1   <none>\n"));
    }

    @Test
    void wordsThatTellHowItStandsAreColouredOnATerminalOnly() {
        // when
        Ran coloured = cli.interactive().run("get", "workers", "--no-headers");
        Ran plain = cli.with("NO_COLOR", "1").run("get", "workers", "--no-headers");

        // then
        assertThat(coloured.out().lines().findFirst()).hasValue("""
                web-0   \033[32mtrue\033[0m    \033[32mReady\033[0m              0   101      3m20s\
                """);
        assertThat(plain.out()).doesNotContain("\033");
    }

    @Test
    void theMasterIsATable() {
        // given
        master.about = GetMasterResponse.newBuilder()
                .setVersion("1.2.3")
                .setPid(7)
                .setStartedAt(ago(60))
                .setState(MasterState.MASTER_STATE_RUNNING)
                .setReady(true)
                .addSettings(Setting.newBuilder().setName("lame-duck").setValue("5"))
                .build();

        // then
        assertThat(cli.run("get", "master")).isEqualTo(ok("""
                NAME     READY   STATUS    VERSION   PID   AGE
                master   true    Running   1.2.3     7     60s
                """));
        assertThat(cli.run("get", "master", "-o", "yaml").out()).contains("- name: lame-duck\n  value: '5'\n");
    }

    @Test
    void namesAreForPipes() {
        assertThat(cli.run("get", "pools", "-o", "name")).isEqualTo(ok("pool/jobs\npool/web\n"));
    }

    @Test
    void jsonOfOneIsItselfAndOfManyAList() {
        assertThat(cli.run("get", "pool", "jobs", "-o", "json").out())
                .startsWith("{\n  \"apiVersion\": \"drover.dev/v1\"");
        assertThat(cli.run("get", "pools", "-o", "json").out()).contains("\"kind\": \"List\"", "\"readyReplicas\": 3");
    }

    @Test
    void yamlOfManyIsDocuments() {
        assertThat(cli.run("get", "workers", "-o", "yaml").out()).contains("name: web-0\n", "\n---\nname: web-1\n");
    }

    @Test
    void workersOfOnePool() {
        assertThat(cli.run("get", "workers", "--pool", "web", "-o", "name").out())
                .contains("worker/web-1");
        assertThat(cli.run("get", "workers", "-p", "none"))
                .isEqualTo(new Ran(ExitCode.NOT_FOUND, "", "drover: cannot get workers: no pool none\n"));
    }

    @Test
    void whatIsMissingIsToldAndTheRestShown() {
        assertThat(cli.run("get", "pools", "web", "shop", "-o", "name"))
                .isEqualTo(new Ran(
                        ExitCode.NOT_FOUND,
                        "pool/web\n",
                        "drover: cannot get pool shop: there is none of that name; see 'drover get pools'\n"));
    }

    @Test
    void nothingIsSaidOnTheErrorStream() {
        // given
        master.pools = List.of();

        // when
        Ran ran = cli.run("get", "pools");

        // then
        assertThat(ran).isEqualTo(new Ran(ExitCode.OK, "", "The master has no pools.\n"));
    }

    @Test
    void workerIsRestarted() {
        // when
        Ran ran = cli.run("restart", "worker", "web-0");

        // then
        assertThat(ran).isEqualTo(ok("worker/web-0 restarting\n"));
        assertThat(master.restarted).containsExactly("web-0");
    }

    @Test
    void unknownWorkerIsNotFound() {
        assertThat(cli.run("restart", "worker", "web-9"))
                .isEqualTo(new Ran(ExitCode.NOT_FOUND, "", "drover: cannot restart worker web-9: no worker web-9\n"));
    }

    @Test
    void eventsAreATableOfKubernetesColumns() {
        // given
        master.events = List.of(STARTED, FAILED);

        // then
        assertThat(cli.run("get", "events")).isEqualTo(ok("""
                LAST SEEN   TYPE      REASON      OBJECT         COUNT   MESSAGE
                3m20s       Normal    PoolAdded   pool/web       1       Wanted: added.
                5s          Warning   Failed      worker/web-0   3       Exited with code 3.
                """));
        assertThat(cli.run("get", "events", "--type", "warning", "-o", "name")).isEqualTo(ok("event/web-0.7\n"));
        assertThat(cli.run("get", "events", "--type", "bad").code()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void drainTellsHowItWent() {
        // given
        var clean = cli.run("drain");
        master.drained =
                Optional.of(DrainResponse.newBuilder().setKilled(1).setCut(2).build());
        var forced = cli.run("drain");
        master.drained = Optional.empty();
        var endless = cli.run("drain", "--wait-timeout", "50ms");

        // then
        assertThat(clean).isEqualTo(ok("master drained\n"));
        assertThat(forced.code()).isEqualTo(ExitCode.FAILED);
        assertThat(forced.err()).contains("killed workers: 1, waiting connections cut off: 2");
        assertThat(endless.code()).isEqualTo(ExitCode.FAILED);
        assertThat(endless.err()).contains("within 50 ms: it goes on");
    }

    @Test
    void stopWaitsUntilTheMasterAnswersNoMore() {
        // given a master in another PID namespace
        master.version = GetVersionResponse.newBuilder().setPid(7).build();
        master.onStop = master::stopListening;

        // when
        Ran ran = cli.run("stop");

        // then
        assertThat(ran).isEqualTo(ok("master stopped (pid 7)\n"));
    }

    @Test
    void stopWaitsUntilTheProcessIsGone() throws IOException {
        // given
        Process process = new ProcessBuilder("sleep", "60").start();
        Instant now = Instant.now();
        master.version = GetVersionResponse.newBuilder()
                .setPid((int) process.pid())
                .setStartedAt(Timestamp.newBuilder().setSeconds(now.getEpochSecond()))
                .build();
        master.onStop = process::destroy;

        // when
        Ran ran = cli.run("stop");

        // then
        assertThat(ran).isEqualTo(ok("master stopped (pid " + process.pid() + ")\n"));
        // Its handle says so a moment before the JDK has reaped it.
        assertThat(process.toHandle().isAlive()).isFalse();
    }

    @Test
    void stopDoesNotWaitForever() {
        // when
        Ran ran = cli.run("stop", "--wait-timeout", "50ms");

        // then
        assertThat(ran.code()).isEqualTo(ExitCode.FAILED);
        assertThat(ran.err()).startsWith("drover: cannot see the end of the master (pid 0) within 50 ms: ");
    }

    @Test
    void stopNeedNotWait() {
        assertThat(cli.run("stop", "--no-wait")).isEqualTo(ok("master stopping (pid 0)\n"));
    }

    @Test
    void versionTellsBothSidesAndTheKernel() {
        // given
        master.version = GetVersionResponse.newBuilder()
                .setVersion("1.2.3")
                .setPid(7)
                .setKernel("Linux 6.1")
                .setSteering(true)
                .build();

        // when
        Ran text = cli.run("version");
        Ran yaml = cli.run("version", "-o", "yaml");

        // then
        assertThat(text.code()).isEqualTo(ExitCode.OK);
        assertThat(text.out())
                .contains("client:\n", "  version:      1.2.3\n", "  steering:     yes  ", "  pidfd:        no ");
        assertThat(yaml.out()).contains("master:\n  version: 1.2.3\n", "  pidfd: false\n");
    }

    @Test
    void tcpReadsWithoutATokenAndWritesWithTheRunDirectorys() throws IOException {
        // given
        Cli tcp = cli.with("DROVER_ADDRESS", master.tcpAddress());

        // when
        Ran read = tcp.run("get", "pools", "-o", "name");
        Ran write = tcp.run("restart", "worker", "web-0");
        Files.delete(directory.resolve("control/token"));
        Ran refused = tcp.run("restart", "worker", "web-0");

        // then
        assertThat(read.code()).isEqualTo(ExitCode.OK);
        assertThat(write.code()).isEqualTo(ExitCode.OK);
        assertThat(refused.code()).isEqualTo(ExitCode.FAILED);
        assertThat(refused.err())
                .startsWith("drover: cannot restart worker web-0: this address may only read; use the control socket");
    }

    @Test
    void flagWinsOverTheEnvironmentWhereverItStands() {
        // given
        String address = "unix:" + directory.resolve("control/control.sock");
        Cli lost = new Cli().with("DROVER_ADDRESS", "unix:/nowhere");

        // then
        assertThat(lost.run("--address", address, "get", "pools").code()).isEqualTo(ExitCode.OK);
        assertThat(lost.run("get", "pools", "--address", address).code()).isEqualTo(ExitCode.OK);
        assertThat(lost.run("get", "pools").code()).isEqualTo(ExitCode.UNREACHABLE);
    }

    @Test
    void masterThatDoesNotAnswerIsUnreachable() {
        // given
        master.hung = true;

        // when
        Ran ran = cli.run("get", "pools", "--timeout", "100ms");

        // then
        assertThat(ran.code()).isEqualTo(ExitCode.UNREACHABLE);
        assertThat(ran.err()).contains(": no answer within 100 ms; give it longer with --timeout");
    }

    @Test
    void masterThatStopsListeningIsUnreachable() {
        // given
        master.stopListening();

        // when
        Ran ran = cli.run("get", "pools");

        // then
        assertThat(ran.code()).isEqualTo(ExitCode.UNREACHABLE);
    }

    private static Session session(int secondsAgo, int connections) {
        return Session.newBuilder()
                .setLastHeartbeatAt(ago(secondsAgo))
                .setLoad(Load.newBuilder().setConnections(connections).setInFlight(1))
                .build();
    }

    private static Timestamp ago(int seconds) {
        return Timestamp.newBuilder()
                .setSeconds(Cli.NOW.getEpochSecond() - seconds)
                .build();
    }
}
