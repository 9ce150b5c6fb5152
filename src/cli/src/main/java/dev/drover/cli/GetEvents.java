package dev.drover.cli;

import dev.drover.protocol.control.v1.Event;
import dev.drover.protocol.control.v1.ListEventsRequest;
import dev.drover.protocol.control.v1.ListEventsResponse;
import dev.drover.protocol.control.v1.WatchEventsRequest;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `drover get events`.
@Command(
        name = "events",
        aliases = "event",
        description = {
            "Show what happened lately, the newest last: the last 1000 events. What happens again is counted.",
            "TYPE is Normal or Warning. OBJECT is what it happened to, NAME an event's name (see -o wide)."
        },
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  drover get events",
            "  drover get events -w               and what happens from now on",
            "  drover get events --pool web       of a pool and its workers",
            "  drover get events --type Warning   only what people should look at"
        })
final class GetEvents extends GetKind<Event> {

    @Option(
            names = {"-p", "--pool"},
            paramLabel = "POOL",
            description = "Only those of this pool and its workers.")
    private String pool = "";

    @Option(names = "--type", paramLabel = "TYPE", description = "Only those of this type: Normal or Warning.")
    private Optional<Type> type = Optional.empty();

    /// From where a watch goes on.
    private String resourceVersion = "";

    /// What can be asked for.
    enum Type {
        NORMAL,
        WARNING
    }

    GetEvents(DroverCommand drover) {
        super(drover, Resources.EVENT);
    }

    @Override
    List<Event> list(Listings listings) {
        var request = ListEventsRequest.newBuilder().setPool(pool).build();
        ListEventsResponse events = listings.call(stub -> stub.listEvents(request));
        resourceVersion = events.getResourceVersion();
        return events.getEventsList().stream().filter(this::isOfType).toList();
    }

    @Override
    boolean follow(MasterClient master, String purpose, Consumer<Change<Event>> changes) {
        var request = WatchEventsRequest.newBuilder()
                .setPool(pool)
                .setResourceVersion(resourceVersion)
                .build();
        return master.watch(purpose, stub -> stub.watchEvents(request), told -> {
            if (isOfType(told.getEvent())) {
                changes.accept(new Change<>(Optional.of(told.getEvent()), false));
            }
        });
    }

    private boolean isOfType(Event event) {
        return type.isEmpty() || type.get().name().equalsIgnoreCase(event.getType());
    }
}
