package dev.drover.master.resource;

import dev.drover.protocol.control.v1.ObjectReference;
import dev.drover.supervisor.journal.Event;

/// Events on the wire.
public final class EventMessages {
    private EventMessages() {}

    /// The event as the control API tells it.
    public static dev.drover.protocol.control.v1.Event of(Event event) {
        return dev.drover.protocol.control.v1.Event.newBuilder()
                .setName(name(event))
                .setResourceVersion(Long.toString(event.sequence()))
                .setType(type(event.type()))
                .setReason(event.reason().word())
                .setMessage(event.message())
                .setInvolvedObject(ObjectReference.newBuilder()
                        .setKind(kind(event.subject().kind()))
                        .setName(event.subject().name()))
                .setCount(event.count())
                .setFirstTimestamp(Times.timestamp(event.firstSeen()))
                .setLastTimestamp(Times.timestamp(event.lastSeen()))
                .build();
    }

    /// `web-0.17`.
    public static String name(Event event) {
        return event.subject().name() + "." + event.id();
    }

    /// In Kubernetes' words.
    public static String type(Event.Type type) {
        return switch (type) {
            case NORMAL -> "Normal";
            case WARNING -> "Warning";
        };
    }

    /// As it is called in a pool file and in the API.
    public static String kind(Event.Kind kind) {
        return switch (kind) {
            case MASTER -> "Master";
            case POOL -> "WorkerPool";
            case WORKER -> "Worker";
        };
    }
}
