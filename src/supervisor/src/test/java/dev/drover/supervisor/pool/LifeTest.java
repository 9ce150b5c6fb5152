package dev.drover.supervisor.pool;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.supervisor.pool.Life.Command;
import dev.drover.supervisor.pool.Life.Event;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every state x event of an incarnation's life, as one table.
class LifeTest {
    private static final long PID = 42;
    private static final long LATER = Duration.ofSeconds(10).toNanos();
    private static final Life.Terms TERMS = new Life.Terms(Duration.ofSeconds(1), Duration.ofSeconds(30));

    /// Columns: what the incarnation becomes and what is to be done, `=` for "nothing changes".
    private static final String TABLE = """
            state           | Spawned  | SpawnFailed | ReadyReported | DrainingReported | RetireOrdered | StopOrdered  | KillOrdered  | EmptyFirst      | EmptySettled   | NotEmpty      | GraceEnded | ProcessExited | UnreadyFound | HangFound | HangFoundMute | DumpTimeEnded
            Spawning        | Starting | Exited      | SpawningReady | SpawningStop     | SpawningStop  | SpawningStop | SpawningStop | =               | =              | =             | =          | Exited        | =            | =         | =             | =
            SpawningReady   | Ready    | Exited      | =             | SpawningBoth     | SpawningBoth  | SpawningBoth | SpawningBoth | =               | =              | =             | =          | Exited        | =            | =         | =             | =
            SpawningStop    | Told SG  | Exited      | SpawningBoth  | =                | =             | =            | =            | =               | =              | =             | =          | Exited        | =            | =         | =             | =
            SpawningBoth    | Told SG  | Exited      | =             | =                | =             | =            | =            | =               | =              | =             | =          | Exited        | =            | =         | =             | =
            Starting        | =        | =           | Ready         | Leaving G        | Told SG       | Told SG      | Killed K     | =               | =              | =             | =          | Exited        | =            | Hung DT   | Killed K      | =
            Ready           | =        | =           | =             | Leaving G        | RetiringNew C | Told SG      | Killed K     | =               | =              | =             | =          | Exited        | Unready      | Hung DT   | Killed K      | =
            Unready         | =        | =           | Ready         | Leaving G        | RetiringNew C | Told SG      | Killed K     | =               | =              | =             | =          | Exited        | =            | Hung DT   | Killed K      | =
            Hung            | =        | =           | =             | =                | =             | =            | Killed K     | =               | =              | =             | =          | Exited        | =            | =         | =             | Killed K
            RetiringNew     | =        | =           | =             | Leaving G        | =             | Told SG      | Killed K     | RetiringEmpty C | RetiringLate C | RetiringNew C | =          | Exited        | =            | =         | =             | =
            RetiringEmpty   | =        | =           | =             | Leaving G        | =             | Told SG      | Killed K     | RetiringEmpty C | Told SG        | RetiringNew C | =          | Exited        | =            | =         | =             | =
            RetiringLate    | =        | =           | =             | Leaving G        | =             | Told SG      | Killed K     | RetiringLate C  | RetiringLate C | RetiringNew C | =          | Exited        | =            | =         | =             | =
            RetiringOverdue | =        | =           | =             | Leaving G        | =             | Told SG      | Killed K     | Told SG         | Told SG        | Told SG       | =          | Exited        | =            | =         | =             | =
            Leaving         | =        | =           | =             | =                | =             | Told S       | Killed K     | =               | =              | =             | Killed K   | Exited        | =            | =         | =             | =
            Told            | =        | =           | =             | =                | =             | =            | Killed K     | =               | =              | =             | Killed K   | Exited        | =            | =         | =             | =
            Killed          | =        | =           | =             | =                | =             | =            | =            | =               | =              | =             | =          | Exited        | =            | =         | =             | =
            Exited          | =        | =           | =             | =                | =             | =            | =            | =               | =              | =             | =          | =             | =            | =         | =             | =
            """;

    private static final Map<String, Life> STATES = Map.ofEntries(
            Map.entry("Spawning", new Life.Spawning(false, false)),
            Map.entry("SpawningReady", new Life.Spawning(false, true)),
            Map.entry("SpawningStop", new Life.Spawning(true, false)),
            Map.entry("SpawningBoth", new Life.Spawning(true, true)),
            Map.entry("Starting", new Life.Starting(PID)),
            Map.entry("Ready", new Life.Ready(PID)),
            Map.entry("Unready", new Life.Unready(PID)),
            Map.entry("Hung", new Life.Hung(PID)),
            Map.entry("RetiringNew", new Life.Retiring(PID, LATER, Life.NOT_EMPTY)),
            Map.entry("RetiringEmpty", new Life.Retiring(PID, LATER, LATER + 1)),
            Map.entry(
                    "RetiringLate",
                    new Life.Retiring(PID, LATER, LATER + 1 + TERMS.settle().toNanos())),
            Map.entry(
                    "RetiringOverdue",
                    new Life.Retiring(PID, LATER - TERMS.retireBound().toNanos(), Life.NOT_EMPTY)),
            Map.entry("Leaving", new Life.Draining(PID, false)),
            Map.entry("Told", new Life.Draining(PID, true)),
            Map.entry("Killed", new Life.Killed(PID)),
            Map.entry("Exited", new Life.Exited()));

    private static final Map<String, Event> EVENTS = Map.ofEntries(
            Map.entry("Spawned", new Event.Spawned(PID)),
            Map.entry("SpawnFailed", new Event.SpawnFailed()),
            Map.entry("ReadyReported", new Event.ReadyReported()),
            Map.entry("UnreadyFound", new Event.UnreadyFound()),
            Map.entry("HangFound", new Event.HangFound(true)),
            Map.entry("HangFoundMute", new Event.HangFound(false)),
            Map.entry("DumpTimeEnded", new Event.DumpTimeEnded()),
            Map.entry("DrainingReported", new Event.DrainingReported()),
            Map.entry("RetireOrdered", new Event.RetireOrdered(LATER)),
            Map.entry("StopOrdered", new Event.StopOrdered()),
            Map.entry("KillOrdered", new Event.KillOrdered()),
            Map.entry("EmptyFirst", new Event.QueueChecked(true, LATER + 1)),
            Map.entry(
                    "EmptySettled",
                    new Event.QueueChecked(true, LATER + 1 + TERMS.settle().toNanos())),
            Map.entry("NotEmpty", new Event.QueueChecked(false, LATER + 1)),
            Map.entry("GraceEnded", new Event.GraceEnded()),
            Map.entry("ProcessExited", new Event.ProcessExited()));

    private static final Map<Character, Command> COMMANDS = Map.of(
            'S', Command.SEND_STOP_SIGNAL,
            'G', Command.START_GRACE,
            'K', Command.KILL_GROUP,
            'D', Command.DUMP_THREADS,
            'T', Command.START_DUMP_TIME,
            'C', Command.CHECK_QUEUE_LATER);

    record Cell(String state, String event, String expected) {}

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
    void everyStateAnswersEveryEvent(Cell cell) {
        // given
        var state = requireNonNull(STATES.get(cell.state()));
        var event = requireNonNull(EVENTS.get(cell.event()));

        // when
        var step = state.next(event, TERMS);

        // then
        var words = cell.expected().split(" ", -1);
        var expected = words[0].equals("=") ? state : STATES.get(words[0]);
        assertThat(step.life()).isEqualTo(expected);
        var commands = words.length == 1
                ? List.<Command>of()
                : words[1].chars()
                        .mapToObj(letter -> COMMANDS.get((char) letter))
                        .toList();
        assertThat(step.commands()).isEqualTo(commands);
    }

    @Test
    void theTableHasEveryStateAndEvent() {
        // when
        var cells = cells().toList();

        // then
        assertThat(cells).hasSize(STATES.size() * EVENTS.size());
        assertThat(STATES.values().stream().<Class<?>>map(Life::getClass).distinct())
                .containsExactlyInAnyOrder(Life.class.getPermittedSubclasses());
        assertThat(EVENTS.values().stream().<Class<?>>map(Event::getClass).distinct())
                .containsExactlyInAnyOrder(Event.class.getPermittedSubclasses());
    }

    @Test
    void aPoolWithoutShardsDoesNotWaitForQueues() {
        // given
        var withoutShards = new Life.Terms(Duration.ZERO, Duration.ofSeconds(30));

        // when
        var step = new Life.Ready(PID).next(new Event.RetireOrdered(LATER), withoutShards);

        // then
        assertThat(step.life()).isEqualTo(new Life.Draining(PID, true));
    }
}
