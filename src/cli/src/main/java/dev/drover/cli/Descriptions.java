package dev.drover.cli;

import com.google.protobuf.Timestamp;
import dev.drover.protocol.control.v1.Event;
import dev.drover.protocol.control.v1.Exit;
import dev.drover.protocol.control.v1.Lease;
import dev.drover.protocol.control.v1.Worker;
import java.time.Clock;
import java.time.Duration;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// What the descriptions of different things have in common: times, exits, events.
final class Descriptions {

    // As kubectl writes it.
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss Z", Locale.ENGLISH);

    private final Clock clock;

    Descriptions(Clock clock) {
        this.clock = clock;
    }

    String time(Timestamp time) {
        return TIME.format(Resources.instant(time).atZone(clock.getZone()));
    }

    /// How long ago that was.
    String age(Timestamp time) {
        return Durations.shown(Duration.between(Resources.instant(time), clock.instant()));
    }

    /// `5s`, or `5s (x3 over 3m20s)` for what has happened several times.
    String age(Event event) {
        String last = age(event.getLastTimestamp());
        return event.getCount() > 1
                ? last + " (x" + event.getCount() + " over " + age(event.getFirstTimestamp()) + ")"
                : last;
    }

    /// The events, the last of any description.
    void events(Description description, List<Event> events) {
        description.grid(
                "Events",
                List.of("Type", "Reason", "Age", "Message"),
                events.stream()
                        .map(event -> List.of(event.getType(), event.getReason(), age(event), event.getMessage()))
                        .toList());
    }

    /// How an incarnation ended, with what it said last.
    void exit(Description description, Exit exit) {
        description.add("Reason", exit.getReason());
        switch (exit.getCauseCase()) {
            case CODE -> description.add("Exit Code", exit.getCode());
            case SIGNAL -> description.add("Signal", exit.getSignal());
            case CAUSE_NOT_SET -> {}
        }
        description.add("Message", exit.getMessage());
        description.add("Finished", exit.hasTime() ? time(exit.getTime()) : "");
        description.lines("Last Lines", exit.getLastLinesList());
    }

    /// Who accepts from a listener and how many wait there.
    static List<String> lease(Worker worker, Lease lease) {
        return List.of(
                worker.getName(),
                Integer.toString(worker.getIncarnation()),
                Resources.status(worker.getState()),
                Integer.toString(lease.getShard()),
                Integer.toString(lease.getQueued()));
    }

    /// `1h30m`, for a time that is a setting.
    static String seconds(double seconds) {
        return seconds == Math.rint(seconds) ? (long) seconds + "s" : seconds + "s";
    }

    /// The words, without those that are empty.
    static String joined(String separator, String... words) {
        var said = new ArrayList<String>();
        for (String word : words) {
            if (!word.isEmpty()) {
                said.add(word);
            }
        }
        return String.join(separator, said);
    }
}
