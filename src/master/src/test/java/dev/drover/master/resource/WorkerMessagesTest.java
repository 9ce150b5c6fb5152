package dev.drover.master.resource;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.master.fixtures.Snapshots;
import dev.drover.protocol.control.v1.Exit;
import dev.drover.protocol.control.v1.Lease;
import dev.drover.protocol.control.v1.Session;
import dev.drover.protocol.control.v1.Worker;
import dev.drover.protocol.control.v1.WorkerState;
import dev.drover.protocol.worker.v1.Load;
import dev.drover.supervisor.Snapshot.Phase;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class WorkerMessagesTest {
    @Test
    void readyWorkerIsToldWithItsLeasesAndItsPredecessorsEnd() {
        assertThat(WorkerMessages.of(Snapshots.web(true).workers().getFirst()))
                .isEqualTo(Worker.newBuilder()
                        .setName("web-0")
                        .setPool("web")
                        .setIncarnation(2)
                        .setState(WorkerState.WORKER_STATE_READY)
                        .setPid(77)
                        .setRevision(2)
                        .setStartedAt(Times.timestamp(Snapshots.NOW))
                        .setReadySince(Times.timestamp(Snapshots.NOW.plusSeconds(1)))
                        .setRestarts(1)
                        .setLastExit(Exit.newBuilder()
                                .setSignal("SIGKILL")
                                .setTime(Times.timestamp(Snapshots.NOW))
                                .setMessage("killed by SIGKILL")
                                .setReason("Error")
                                .addLastLines("last words"))
                        .addLeases(
                                Lease.newBuilder().setSocket("http").setShard(2).setQueued(7))
                        .setStatusText("serving")
                        .setSession(Session.newBuilder()
                                .setLastHeartbeatAt(Times.timestamp(Snapshots.NOW.plusSeconds(2)))
                                .setRoundTrip(Times.duration(Duration.ofMillis(3)))
                                .setLoad(Load.newBuilder().setConnections(3).setInFlight(2)))
                        .build());
    }

    @Test
    void ofTheLastLinesThoseAreToldThatAreNotTooLongForAList() {
        // given
        var half = "x".repeat(WorkerMessages.MAX_LAST_CHARS / 2);

        // then
        assertThat(WorkerMessages.few(List.of())).isEmpty();
        assertThat(WorkerMessages.few(List.of("a", half, half))).containsExactly(half, half);
        assertThat(WorkerMessages.few(List.of("a", half + half + half))).containsExactly(half + half);
    }

    @Test
    void emptyPlaceHasNoProcessAndNoTimes() {
        assertThat(WorkerMessages.of(Snapshots.web(true).workers().getLast()))
                .isEqualTo(Worker.newBuilder()
                        .setName("web-1")
                        .setPool("web")
                        .setOrdinal(1)
                        .setState(WorkerState.WORKER_STATE_BACKING_OFF)
                        .build());
    }

    @Test
    void everyPhaseHasAState() {
        var states = Arrays.stream(WorkerState.values()).map(Enum::name);
        assertThat(Arrays.stream(Phase.values()).map(phase -> "WORKER_STATE_" + phase))
                .isSubsetOf(states.toList());
    }
}
