package dev.drover.supervisor.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.supervisor.journal.Event.Subject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class JournalTest {
    private static final Subject WEB = Subject.pool("web");
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private Instant now = Instant.EPOCH;
    private final Journal journal = new Journal(() -> now);

    @Test
    void whatHappensAgainIsCountedAndTheNewestIsLast() {
        // given
        journal.record(WEB, Reason.SCALED, "one");
        journal.record(WEB, Reason.SCALED, "two");
        now = now.plusSeconds(5);

        // when
        journal.record(WEB, Reason.SCALED, "one");

        // then
        var events = journal.read().events();
        assertThat(events).extracting(Event::message).containsExactly("two", "one");
        var again = events.getLast();
        assertThat(again.id()).isEqualTo(1);
        assertThat(again.sequence()).isEqualTo(3);
        assertThat(again.count()).isEqualTo(2);
        assertThat(again.firstSeen()).isEqualTo(Instant.EPOCH);
        assertThat(again.lastSeen()).isEqualTo(now);
    }

    @Test
    void whoFollowsIsToldOfEachTimeInOrder() {
        // given
        var told = new ArrayList<String>();
        journal.record(WEB, Reason.SCALED, "before");

        // when
        journal.follow(event -> told.add(event.sequence() + " " + event.message() + " " + event.count()));
        journal.record(WEB, Reason.SCALED, "one");
        journal.record(WEB, Reason.SCALED, "two");
        journal.record(WEB, Reason.SCALED, "one");

        // then
        assertThat(told).containsExactly("2 one 1", "3 two 1", "4 one 2");
    }

    @Test
    void whatHappenedToAWorkerHappenedInItsPool() {
        assertThat(new Subject(Event.Kind.WORKER, "my-web-10").pool()).contains("my-web");
        assertThat(WEB.pool()).contains("web");
        assertThat(Subject.MASTER.pool()).isEmpty();
    }

    @Test
    void itIsBoundedInEventsAndInTheLengthOfEach() {
        // when
        for (int i = 0; i <= Journal.MAX_EVENTS; i++) {
            journal.record(WEB, Reason.SCALED, "event " + i);
        }
        journal.record(WEB, Reason.SCALED, "x".repeat(Journal.MAX_MESSAGE + 1));

        // then
        var events = journal.read().events();
        assertThat(events).hasSize(Journal.MAX_EVENTS);
        assertThat(events.getFirst().message()).isEqualTo("event 2");
        assertThat(events.getLast().message()).hasSize(Journal.MAX_MESSAGE).endsWith("x...");
    }

    @Test
    void oneReadsOnFromWhereOneWasAndIsToldWhatIsMissing() throws InterruptedException {
        // given
        journal.record(WEB, Reason.SCALED, "seen");
        long seen = journal.read().last();
        journal.record(WEB, Reason.SCALED, "new");
        var next = journal.await(seen, Duration.ZERO);

        // when
        for (int i = 0; i < Journal.MAX_EVENTS; i++) {
            journal.record(WEB, Reason.SCALED, "event " + i);
        }

        // then
        assertThat(next.events()).extracting(Event::message).containsExactly("new");
        assertThat(next.complete()).isTrue();
        assertThat(journal.await(seen, Duration.ZERO).complete()).isFalse();
        assertThat(journal.await(next.last(), Duration.ZERO).complete()).isTrue();
        assertThat(journal.await(journal.read().last() + 1, Duration.ZERO).complete())
                .as("of another journal")
                .isFalse();
    }

    @Test
    void everyReasonIsInTheReference() throws IOException {
        var reference = Files.readString(Path.of("../../docs/reference/events.md"));
        var rows = Pattern.compile("(?m)^\\| `(\\w+)` \\| (\\w+) \\| [\\w, ]+ \\| .+ \\|$")
                .matcher(reference)
                .results()
                .map(row -> row.group(1) + " " + row.group(2).toUpperCase(Locale.ROOT))
                .toList();
        assertThat(rows)
                .isEqualTo(Arrays.stream(Reason.values())
                        .map(reason -> reason.word() + " " + reason.type())
                        .toList());
    }

    @Test
    void whoWaitsIsWokenByWhatHappens() throws Exception {
        // given
        var read = CompletableFuture.supplyAsync(() -> {
            try {
                return journal.await(0, PATIENCE);
            } catch (InterruptedException interrupted) {
                throw new IllegalStateException(interrupted);
            }
        });

        // when
        journal.record(WEB, Reason.SCALED, "now");

        // then
        assertThat(read.get().events()).hasSize(1);
        assertThat(journal.await(1, Duration.ofMillis(1)).events()).isEmpty();
    }
}
