package dev.drover.master.log;

import dev.drover.master.resource.EventMessages;
import dev.drover.supervisor.journal.Event;
import dev.drover.supervisor.journal.Journal;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The events among the master's lines, each time one happens, as the control API tells them. In JSON only, where
/// programs read: to people the master's other lines tell the same. Fields:
/// `time level logger message event reason type kind name count firstTimestamp lastTimestamp`, of a pool or worker
/// `pool`, of a worker `worker`. Switched off as a logger is. Never waits for the reader of the output.
public final class EventLines {
    private static final Logger LOG = LoggerFactory.getLogger("dev.drover.events");

    private EventLines() {}

    /// From now on.
    public static void install(Journal journal, LineWriter lines, LogFormat format) {
        switch (format) {
            case TEXT -> {}
            case JSON -> journal.follow(event -> write(event, lines));
        }
    }

    private static void write(Event event, LineWriter lines) {
        if (LOG.isInfoEnabled()) {
            lines.offer(json(event));
        }
    }

    private static String json(Event event) {
        var subject = event.subject();
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("time", LogTime.text(event.lastSeen()));
        fields.put("level", "INFO");
        fields.put("logger", LOG.getName());
        fields.put("message", event.message());
        fields.put("event", EventMessages.name(event));
        fields.put("reason", event.reason().word());
        fields.put("type", EventMessages.type(event.type()));
        fields.put("kind", EventMessages.kind(subject.kind()));
        fields.put("name", subject.name());
        subject.pool().ifPresent(pool -> fields.put("pool", pool));
        if (subject.kind() == Event.Kind.WORKER) {
            fields.put("worker", subject.name());
        }
        fields.put("count", event.count());
        fields.put("firstTimestamp", LogTime.text(event.firstSeen()));
        fields.put("lastTimestamp", LogTime.text(event.lastSeen()));
        return Json.line(fields);
    }
}
