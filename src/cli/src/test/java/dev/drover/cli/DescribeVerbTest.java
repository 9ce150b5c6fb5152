package dev.drover.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Timestamp;
import com.google.protobuf.Value;
import dev.drover.cli.fixtures.Cli;
import dev.drover.cli.fixtures.Cli.Ran;
import dev.drover.protocol.control.v1.Event;
import dev.drover.protocol.control.v1.Exit;
import dev.drover.protocol.control.v1.GetMasterResponse;
import dev.drover.protocol.control.v1.GetVersionResponse;
import dev.drover.protocol.control.v1.Lease;
import dev.drover.protocol.control.v1.MasterState;
import dev.drover.protocol.control.v1.ObjectReference;
import dev.drover.protocol.control.v1.Rollout;
import dev.drover.protocol.control.v1.RolloutState;
import dev.drover.protocol.control.v1.Session;
import dev.drover.protocol.control.v1.Setting;
import dev.drover.protocol.control.v1.Socket;
import dev.drover.protocol.control.v1.Worker;
import dev.drover.protocol.control.v1.WorkerState;
import dev.drover.protocol.pool.v1.Condition;
import dev.drover.protocol.pool.v1.EnvVar;
import dev.drover.protocol.pool.v1.EnvVarSource;
import dev.drover.protocol.pool.v1.HttpGetAction;
import dev.drover.protocol.pool.v1.HttpHeader;
import dev.drover.protocol.pool.v1.Metadata;
import dev.drover.protocol.pool.v1.Probe;
import dev.drover.protocol.pool.v1.RollingUpdate;
import dev.drover.protocol.pool.v1.SocketStatus;
import dev.drover.protocol.pool.v1.Strategy;
import dev.drover.protocol.pool.v1.Template;
import dev.drover.protocol.pool.v1.WorkerPool;
import dev.drover.protocol.pool.v1.WorkerPoolSpec;
import dev.drover.protocol.pool.v1.WorkerPoolStatus;
import dev.drover.protocol.worker.v1.Load;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// `drover describe`, against a master that only speaks.
class DescribeVerbTest extends VerbTest {

    private static final Template TEMPLATE = Template.newBuilder()
            .setProtocol("Drover")
            .addCommand("java")
            .addCommand("-jar")
            .addEnv(EnvVar.newBuilder().setName("API_KEY").setValue("s3cret"))
            .addEnv(EnvVar.newBuilder()
                    .setName("DB_PASSWORD")
                    .setValueFrom(EnvVarSource.newBuilder().setFile("/run/secrets/db")))
            .setReadyWhen("Probed")
            .setReadinessProbe(Probe.newBuilder()
                    .setHttpGet(HttpGetAction.newBuilder()
                            .setPath("/ready")
                            .setPort(Value.newBuilder().setStringValue("http"))
                            .addHttpHeaders(HttpHeader.newBuilder()
                                    .setName("Authorization")
                                    .setValue("Bearer t0ken"))))
            .build();

    private static final WorkerPool WEB = WorkerPool.newBuilder()
            .setMetadata(Metadata.newBuilder()
                    .setName("web")
                    .putLabels("tier", "front")
                    .putLabels("team", "shop")
                    .setGeneration(3)
                    .setResourceVersion("41"))
            .setSpec(WorkerPoolSpec.newBuilder()
                    .setReplicas(2)
                    .addSockets(dev.drover.protocol.pool.v1.Socket.newBuilder()
                            .setName("http")
                            .setProtocol("TCP"))
                    .setTemplate(TEMPLATE)
                    .setStrategy(Strategy.newBuilder()
                            .setRollingUpdate(RollingUpdate.newBuilder()
                                    .setMaxSurge(Value.newBuilder().setStringValue("25%"))
                                    .setMaxUnavailable(Value.newBuilder().setNumberValue(0)))))
            .setStatus(WorkerPoolStatus.newBuilder()
                    .setObservedGeneration(3)
                    .setRevision(2)
                    .setReplicas(2)
                    .setUpdatedReplicas(2)
                    .setReadyReplicas(1)
                    .setAvailableReplicas(1)
                    .setUnavailableReplicas(1)
                    .addSockets(SocketStatus.newBuilder()
                            .setName("http")
                            .setMode("Sharded")
                            .setAddress("[::]:8080")
                            .setShards(3)
                            .setQueued(1))
                    .addConditions(Condition.newBuilder()
                            .setType("Available")
                            .setStatus("False")
                            .setReason("MinimumReplicasUnavailable")
                            .setMessage("1 worker is available, 2 are needed.")
                            .setLastTransitionTime(ago(30))))
            .build();

    private static final Worker READY = Worker.newBuilder()
            .setName("web-0")
            .setPool("web")
            .setIncarnation(2)
            .setRevision(2)
            .setState(WorkerState.WORKER_STATE_READY)
            .setPid(101)
            .setStartedAt(ago(200))
            .setReadySince(ago(199))
            .setRestarts(1)
            .setLastExit(Exit.newBuilder()
                    .setCode(3)
                    .setReason("Error")
                    .setMessage("exited with code 3")
                    .setTime(ago(201))
                    .addLastLines("loading")
                    .addLastLines("no\033[31m configuration"))
            .addLeases(Lease.newBuilder().setSocket("http").setShard(1).setQueued(7))
            .setSession(Session.newBuilder()
                    .setLastHeartbeatAt(ago(2))
                    .setRoundTrip(com.google.protobuf.Duration.newBuilder().setNanos(1_234_567))
                    .setLoad(Load.newBuilder().setConnections(4).setInFlight(1)))
            .build();

    private static final Worker EMPTY = Worker.newBuilder()
            .setName("web-1")
            .setPool("web")
            .setOrdinal(1)
            .setState(WorkerState.WORKER_STATE_PENDING)
            .build();

    private static Event event(String kind, String name, String reason, int count, String message) {
        return Event.newBuilder()
                .setType(reason.equals("Failed") ? "Warning" : "Normal")
                .setReason(reason)
                .setMessage(message)
                .setInvolvedObject(ObjectReference.newBuilder().setKind(kind).setName(name))
                .setCount(count)
                .setFirstTimestamp(ago(200))
                .setLastTimestamp(ago(5))
                .build();
    }

    private static Timestamp ago(int seconds) {
        return Timestamp.newBuilder()
                .setSeconds(Cli.NOW.getEpochSecond() - seconds)
                .build();
    }

    @BeforeEach
    void haveAPool() {
        master.pools = List.of(WEB);
        master.workers = List.of(READY, EMPTY);
        master.rollouts = List.of(Rollout.newBuilder()
                .setPool("web")
                .setReplicas(2)
                .setState(RolloutState.ROLLOUT_STATE_PROGRESSING)
                .setMessage("Waiting: 1 of 2...")
                .build());
        master.sockets = List.of(Socket.newBuilder()
                .setName("http")
                .setPool("web")
                .setMode("Sharded")
                .setAddress("[::]:8080")
                .setShards(3)
                .setQueued(8)
                .setBacklog(4096)
                .build());
        master.events = List.of(
                event("WorkerPool", "web", "PoolAdded", 1, "Wanted: added."),
                event("WorkerPool", "web", "SocketAdded", 1, "Wanted: socket http added."),
                event("WorkerPool", "web", "SocketAdded", 1, "Wanted: socket http-2 added."),
                event("Worker", "web-0", "Failed", 3, "Exited with code 3."),
                event("Worker", "web-1", "Started", 1, "Not asked for."),
                event("Master", "master", "MasterStarted", 1, "Pools: web."));
    }

    @Test
    void aPoolIsToldWholeAndWithoutAValueOfAVariable() {
        // when
        Ran ran = cli.run("describe", "pool", "web");

        // then
        assertThat(ran).isEqualTo(ok("""
                Name:                 web
                Labels:               team=shop
                                      tier=front
                Generation:           3 (observed 3)
                Resource Version:     41
                Revision:             2
                Replicas:             2 desired | 2 updated | 2 total | 1 ready | 1 available | 1 unavailable
                Min Ready:            0s
                Rolling Update:       0 max unavailable, 25% max surge
                Progress Deadline:    0s
                Rollback On Failure:  false
                Termination Grace:    0s
                Restart:              after 0s to 0s, anew after 0s
                Max Restarts:         <none>
                Recycle:              <none>
                Worker Template:
                  Protocol:           Drover
                  Command:
                    java
                    -jar
                  Args:               <none>
                  Working Directory:  <none>
                  Ready When:         Probed
                  Stop Signal:        <none>
                  Startup:            <none>
                  Readiness:          http-get :http/ready headers=Authorization delay=0s timeout=1s period=10s #success=1 #failure=3
                  Liveness:           <none>
                  Environment:
                    API_KEY:      <set>
                    DB_PASSWORD:  <set to the content of the file '/run/secrets/db'>
                Sockets:
                  Name  Mode     Address    Shards  Queued
                  ----  ----     -------    ------  ------
                  http  Sharded  [::]:8080  3       1
                Rollout:
                  State:    Progressing
                  Message:  Waiting: 1 of 2...
                Conditions:
                  Type       Status  Reason                      Since  Message
                  ----       ------  ------                      -----  -------
                  Available  False   MinimumReplicasUnavailable  30s    1 worker is available, 2 are needed.
                Workers:
                  Name   Incarnation  Status   Revision  Restarts  Last Exit
                  ----   -----------  ------   --------  --------  ---------
                  web-0  2            Ready    2         1         exited with code 3
                  web-1  <none>       Pending  <none>    0         <none>
                Events:
                  Type    Reason       Age  Message
                  ----    ------       ---  -------
                  Normal  PoolAdded    5s   Wanted: added.
                  Normal  SocketAdded  5s   Wanted: socket http added.
                  Normal  SocketAdded  5s   Wanted: socket http-2 added.
                """));
    }

    @Test
    void aWorkerIsToldWithItsLastExitAndWithoutControlCharacters() {
        // when
        Ran ran = cli.run("describe", "worker", "web-0");

        // then
        assertThat(ran).isEqualTo(ok("""
                Name:           web-0
                Pool:           web
                Ordinal:        0
                Incarnation:    2
                Revision:       2
                Status:         Ready
                Message:        <none>
                Unhealthy:      <none>
                PID:            101
                Start Time:     Thu, 01 Jan 2026 11:56:40 +0000
                Ready:          True, since Thu, 01 Jan 2026 11:56:41 +0000
                Restart Count:  1
                Leases:
                  Socket  Shard  Queued
                  ------  -----  ------
                  http    1      7
                Session:
                  Last Heartbeat:  2s ago
                  Round Trip:      1.23ms
                  Connections:     4
                  In Flight:       1
                Probes:
                  Readiness:  http-get :http/ready headers=Authorization delay=0s timeout=1s period=10s #success=1 #failure=3
                Last Exit:
                  Reason:     Error
                  Exit Code:  3
                  Message:    exited with code 3
                  Finished:   Thu, 01 Jan 2026 11:56:39 +0000
                  Last Lines:
                    loading
                    no [31m configuration
                Events:
                  Type     Reason  Age                 Message
                  ----     ------  ---                 -------
                  Warning  Failed  5s (x3 over 3m20s)  Exited with code 3.
                """));
    }

    @Test
    void aSocketIsToldWithWhoAcceptsFromIt() {
        // when
        Ran ran = cli.run("describe", "socket", "http");

        // then
        assertThat(ran).isEqualTo(ok("""
                Name:      http
                Pool:      web
                Protocol:  TCP
                Address:   [::]:8080
                Mode:      Sharded
                Policy:    <none>
                Backlog:   4096
                Shards:    3
                Queued:    8
                Leases:
                  Worker  Incarnation  Status  Shard  Queued
                  ------  -----------  ------  -----  ------
                  web-0   2            Ready   1      7
                Events:
                  Type    Reason       Age  Message
                  ----    ------       ---  -------
                  Normal  SocketAdded  5s   Wanted: socket http added.
                """));
    }

    @Test
    void theMasterIsToldWithItsSettings() {
        // given
        master.about = GetMasterResponse.newBuilder()
                .setVersion("1.2.3")
                .setPid(7)
                .setStartedAt(ago(200))
                .setState(MasterState.MASTER_STATE_RUNNING)
                .setReady(true)
                .setRunDirectory("/run/drover")
                .addSettings(Setting.newBuilder().setName("lame-duck").setValue("5"))
                .addPoolFiles("/etc/drover")
                .build();
        master.version = GetVersionResponse.newBuilder()
                .setKernel("Linux 6.1")
                .setJava("25")
                .setSteering(true)
                .build();

        // when
        Ran ran = cli.run("describe", "master");

        // then
        assertThat(ran).isEqualTo(ok("""
                Version:        1.2.3
                PID:            7
                Start Time:     Thu, 01 Jan 2026 11:56:40 +0000
                State:          Running
                Ready:          True
                Run Directory:  /run/drover
                Kernel:         Linux 6.1
                Java:           25
                Capabilities:
                  Steering:       yes
                  Socket Filter:  no
                  Pidfd:          no
                  Close From:     no
                Pool Files:
                  /etc/drover
                Settings:
                  lame-duck:  5
                Pools:
                  Name  Ready  Revision  Sockets
                  ----  -----  --------  -------
                  web   1/2    2         [::]:8080
                Events:
                  Type    Reason         Age  Message
                  ----    ------         ---  -------
                  Normal  MasterStarted  5s   Pools: web.
                """));
    }

    @Test
    void severalAreSetApartAndWhatIsMissingIsTold() {
        // when
        Ran ran = cli.run("describe", "workers", "web-1", "web-0", "web-9");

        // then
        assertThat(ran.out()).contains("Name:           web-0\n", "Exited with code 3.\n\n\nName:           web-1\n");
        assertThat(ran.err())
                .isEqualTo(
                        "drover: cannot describe worker web-9: there is none of that name; see 'drover get workers'\n");
        assertThat(ran.code()).isEqualTo(ExitCode.NOT_FOUND);
    }

    @Test
    void noneOfALabelIsTold() {
        // given
        master.pools = List.of();

        // then
        assertThat(cli.run("describe", "pools", "-l", "team=none"))
                .isEqualTo(new Ran(ExitCode.OK, "", "The master has no pools with such labels.\n"));
        assertThat(master.selectors).containsExactly("team=none");
    }
}
