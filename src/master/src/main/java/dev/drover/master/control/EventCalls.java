package dev.drover.master.control;

import dev.drover.master.Controls;
import dev.drover.master.resource.EventMessages;
import dev.drover.protocol.control.v1.ListEventsRequest;
import dev.drover.protocol.control.v1.ListEventsResponse;
import dev.drover.protocol.control.v1.WatchEventsRequest;
import dev.drover.protocol.control.v1.WatchEventsResponse;
import dev.drover.supervisor.journal.Event;
import io.grpc.stub.ServerCallStreamObserver;
import java.time.Duration;

/// The calls that tell what happened. A watch has no queue of its own: it reads on in the journal as fast as its reader
/// does, and is told when what it would have read is not kept any more.
final class EventCalls {
    /// Between two looks whether anybody still watches, when nothing happens.
    private static final Duration SILENCE = Duration.ofSeconds(1);

    private final Controls controls;
    private final Watches watches;

    EventCalls(Controls controls, Watches watches) {
        this.controls = controls;
        this.watches = watches;
    }

    /// Any thread; waits for the loop where the pool is not one it knows events of.
    Reply<ListEventsResponse> list(ListEventsRequest request) {
        var pool = request.getPool();
        var reading = controls.journal().read();
        var events =
                reading.events().stream().filter(event -> isOf(pool, event)).toList();
        if (!pool.isEmpty()
                && events.isEmpty()
                && controls.snapshot().pool(pool).isEmpty()) {
            return new Reply.Refused<>(new Refusal.NoSuchPool(pool));
        }
        return new Reply.Done<>(ListEventsResponse.newBuilder()
                .addAllEvents(events.stream().map(EventMessages::of).toList())
                .setResourceVersion(Long.toString(reading.last()))
                .build());
    }

    /// Begins a watch; to be called where gRPC calls.
    void watch(WatchEventsRequest request, ServerCallStreamObserver<WatchEventsResponse> observer) {
        watches.start("WatchEvents", observer, () -> tell(request, observer));
    }

    private void tell(WatchEventsRequest request, ServerCallStreamObserver<WatchEventsResponse> observer)
            throws CallRefused, InterruptedException {
        var version = request.getResourceVersion();
        boolean fromFirst = version.isEmpty();
        long read = fromFirst ? 0 : ResourceVersions.parse(version);
        while (true) {
            var reading = controls.journal().await(read, SILENCE);
            if (!reading.complete() && !fromFirst) {
                throw new CallRefused(
                        new Refusal.Expired("events", Long.toString(read), "list the events and watch from there"));
            }
            fromFirst = false;
            for (var event : reading.events()) {
                if (isOf(request.getPool(), event)) {
                    Watches.awaitReady(observer);
                    observer.onNext(WatchEventsResponse.newBuilder()
                            .setEvent(EventMessages.of(event))
                            .build());
                }
            }
            read = reading.last();
        }
    }

    /// @param pool empty: any
    private static boolean isOf(String pool, Event event) {
        return pool.isEmpty() || event.subject().pool().filter(pool::equals).isPresent();
    }
}
