package dev.drover.supervisor.pool;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.supervisor.pool.Revision.Failure;
import dev.drover.supervisor.pool.Rollout.Event;
import dev.drover.supervisor.pool.Rollout.Seen;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every phase x event of a rollout, as one table.
class RolloutTest {
    private static final long EARLIER = 1_000;
    private static final long NOW = 5_000;
    private static final Failure FAILURE = new Failure(1, "It did not work.");
    private static final Seen ONE = new Seen(1, "web-0.1 exited with code 1");

    /// Columns: what the rollout becomes, `=` for "nothing changes".
    private static final String TABLE = """
            phase           | MadeFresh    | Made         | PauseOrdered  | ResumeOrdered | WorkerFailed    | SeenIdle      | SeenTrying    | SeenProgress  | SeenComplete | GivenUp
            Idle            | NextFresh    | Next         | PausedIdle    | =             | IdleOne         | =             | TryingNow     | TryingNow     | Complete     | Failed
            IdleOne         | NextFresh    | Next         | PausedIdleOne | =             | IdleTwo         | =             | TryingNowOne  | TryingNowOne  | Complete     | Failed
            Trying          | NextFresh    | Next         | PausedIdle    | =             | TryingOne       | Idle          | =             | TryingNow     | Complete     | Failed
            TryingFresh     | NextFresh    | Next         | PausedFresh   | =             | TryingFreshOne  | IdleFresh     | =             | TryingFreshNow| Complete     | Failed
            Complete        | NextFresh    | Next         | PausedComplete| =             | =               | =             | =             | =             | =            | =
            Failed          | NextFresh    | Next         | PausedFailed  | =             | =               | =             | =             | =             | Complete     | =
            PausedIdle      | PausedFreshNext| PausedNext | =             | Idle          | PausedIdleOne   | =             | =             | =             | =            | =
            PausedFresh     | PausedFreshNext| PausedNext | =             | IdleFresh     | PausedFreshOne  | =             | =             | =             | =            | =
            PausedComplete  | PausedFreshNext| PausedNext | =             | Complete      | =               | =             | =             | =             | =            | =
            PausedFailed    | PausedFreshNext| PausedNext | =             | Failed        | =               | =             | =             | =             | =            | =
            """;

    private static final Map<String, Rollout> PHASES = Map.ofEntries(
            Map.entry("Idle", progressing(1, false, Rollout.NOT_TRYING, Seen.NOTHING)),
            Map.entry("IdleOne", progressing(1, false, Rollout.NOT_TRYING, ONE)),
            Map.entry("IdleTwo", progressing(1, false, Rollout.NOT_TRYING, new Seen(2, ONE.last()))),
            Map.entry("IdleFresh", progressing(1, true, Rollout.NOT_TRYING, Seen.NOTHING)),
            Map.entry("Trying", progressing(1, false, EARLIER, Seen.NOTHING)),
            Map.entry("TryingOne", progressing(1, false, EARLIER, ONE)),
            Map.entry("TryingNow", progressing(1, false, NOW, Seen.NOTHING)),
            Map.entry("TryingNowOne", progressing(1, false, NOW, ONE)),
            Map.entry("TryingFresh", progressing(1, true, EARLIER, Seen.NOTHING)),
            Map.entry("TryingFreshOne", progressing(1, true, EARLIER, ONE)),
            Map.entry("TryingFreshNow", progressing(1, true, NOW, Seen.NOTHING)),
            Map.entry("Next", progressing(2, false, Rollout.NOT_TRYING, Seen.NOTHING)),
            Map.entry("NextFresh", progressing(2, true, Rollout.NOT_TRYING, Seen.NOTHING)),
            Map.entry("Complete", new Rollout.Complete(1)),
            Map.entry("Failed", new Rollout.Failed(1, FAILURE)),
            Map.entry("PausedIdle", new Rollout.Paused(progressing(1, false, Rollout.NOT_TRYING, Seen.NOTHING))),
            Map.entry("PausedIdleOne", new Rollout.Paused(progressing(1, false, Rollout.NOT_TRYING, ONE))),
            Map.entry("PausedFresh", new Rollout.Paused(progressing(1, true, Rollout.NOT_TRYING, Seen.NOTHING))),
            Map.entry("PausedFreshOne", new Rollout.Paused(progressing(1, true, Rollout.NOT_TRYING, ONE))),
            Map.entry("PausedNext", new Rollout.Paused(progressing(2, false, Rollout.NOT_TRYING, Seen.NOTHING))),
            Map.entry("PausedFreshNext", new Rollout.Paused(progressing(2, true, Rollout.NOT_TRYING, Seen.NOTHING))),
            Map.entry("PausedComplete", new Rollout.Paused(new Rollout.Complete(1))),
            Map.entry("PausedFailed", new Rollout.Paused(new Rollout.Failed(1, FAILURE))));

    private static final Map<String, Event> EVENTS = Map.ofEntries(
            Map.entry("MadeFresh", new Event.RevisionMade(true)),
            Map.entry("Made", new Event.RevisionMade(false)),
            Map.entry("PauseOrdered", new Event.PauseOrdered()),
            Map.entry("ResumeOrdered", new Event.ResumeOrdered()),
            Map.entry("WorkerFailed", new Event.WorkerFailed(ONE.last())),
            Map.entry("SeenIdle", new Event.PlacesSeen(false, false, false, NOW)),
            Map.entry("SeenTrying", new Event.PlacesSeen(true, false, false, NOW)),
            Map.entry("SeenProgress", new Event.PlacesSeen(true, true, false, NOW)),
            Map.entry("SeenComplete", new Event.PlacesSeen(false, true, true, NOW)),
            Map.entry("GivenUp", new Event.GivenUp(FAILURE)));

    private static Rollout progressing(int id, boolean fresh, long since, Seen seen) {
        return new Rollout.Progressing(id, fresh, since, seen);
    }

    record Cell(String phase, String event, String expected) {}

    static Stream<Cell> cells() {
        var lines = TABLE.lines().toList();
        var events = cells(lines.getFirst());
        var all = new ArrayList<Cell>();
        for (var line : lines.subList(1, lines.size())) {
            var row = cells(line);
            for (int column = 1; column < row.size(); column++) {
                all.add(new Cell(row.getFirst(), events.get(column), row.get(column)));
            }
        }
        return all.stream();
    }

    private static List<String> cells(String line) {
        return Stream.of(line.split("\\|", -1)).map(String::strip).toList();
    }

    @ParameterizedTest
    @MethodSource("cells")
    void everyPhaseAnswersEveryEvent(Cell cell) {
        // given
        var phase = requireNonNull(PHASES.get(cell.phase()));
        var event = requireNonNull(EVENTS.get(cell.event()));

        // when
        var next = phase.next(event);

        // then
        assertThat(next).isEqualTo(cell.expected().equals("=") ? phase : requireNonNull(PHASES.get(cell.expected())));
    }

    @Test
    void theTableHasEveryPhaseAndEvent() {
        // when
        var cells = cells().toList();

        // then
        var rows = cells.stream().map(Cell::phase).distinct().toList();
        assertThat(cells).hasSize(rows.size() * EVENTS.size());
        assertThat(rows.stream()
                        .map(PHASES::get)
                        .<Class<?>>map(Object::getClass)
                        .distinct())
                .containsExactlyInAnyOrder(Rollout.class.getPermittedSubclasses());
        assertThat(EVENTS.values().stream().<Class<?>>map(Event::getClass).distinct())
                .containsExactlyInAnyOrder(Event.class.getPermittedSubclasses());
    }

    @Test
    void onlyWhatIsTriedForTheWholeDeadlineIsOverdue() {
        // given
        var deadline = Duration.ofNanos(NOW - EARLIER);

        // when / then
        assertThat(requireNonNull(PHASES.get("Trying")).overdue(deadline, NOW)).isTrue();
        assertThat(requireNonNull(PHASES.get("Trying")).overdue(deadline, NOW - 1))
                .isFalse();
        for (var phase : List.of("Idle", "Complete", "Failed", "PausedIdle")) {
            assertThat(requireNonNull(PHASES.get(phase)).overdue(deadline, NOW)).isFalse();
        }
    }

    @Test
    void whatIsPausedCannotBePausedInside() {
        assertThatThrownBy(() -> new Rollout.Paused(new Rollout.Paused(new Rollout.Complete(1))))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
