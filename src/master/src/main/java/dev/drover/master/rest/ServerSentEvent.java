package dev.drover.master.rest;

import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Message;
import dev.drover.poolfile.Trees;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// One event of a `text/event-stream`.
///
/// @param type what happened: `ADDED`, `MODIFIED`, `DELETED`, `BOOKMARK`, `LINE`, `LOST`, and at the end `END` or
/// `ERROR`
/// @param id from where the stream can be resumed; empty: from nowhere
/// @param data JSON on one line
record ServerSentEvent(String type, String id, String data) {
    /// What an answer of a watched method says.
    static List<ServerSentEvent> of(Watch.Told told, Message answer) {
        return switch (told) {
            case Watch.Told.Changes(var field) -> List.of(change(answer, field));
            case Watch.Told.Happenings(var field) -> List.of(happening(message(answer, field)));
            case Watch.Told.States(var field) -> List.of(event("MODIFIED", "", message(answer, field)));
            case Watch.Told.Lines(var field) -> lines(answer, field);
        };
    }

    /// It ends because there is nothing more to tell.
    static ServerSentEvent end() {
        return new ServerSentEvent("END", "", "{}");
    }

    /// It ends because something is in the way.
    static ServerSentEvent error(Problem problem) {
        return new ServerSentEvent("ERROR", "", Trees.toJsonLine(problem.tree()));
    }

    private static ServerSentEvent change(Message answer, String field) {
        var type =
                ((EnumValueDescriptor) Fields.value(answer, "type")).getName().substring("CHANGE_TYPE_".length());
        return event(type, (String) Fields.value(answer, "resource_version"), message(answer, field));
    }

    private static ServerSentEvent happening(Message event) {
        var type = (int) Fields.value(event, "count") > 1 ? "MODIFIED" : "ADDED";
        return event(type, (String) Fields.value(event, "resource_version"), event);
    }

    private static List<ServerSentEvent> lines(Message answer, String field) {
        var events = new ArrayList<ServerSentEvent>();
        var lost = (long) Fields.value(answer, "lost");
        if (lost > 0) {
            events.add(new ServerSentEvent("LOST", "", Trees.toJsonLine(Map.of("lost", lost))));
        }
        Fields.messages(answer, field).map(line -> event("LINE", "", line)).forEach(events::add);
        return events;
    }

    private static ServerSentEvent event(String type, String id, Message data) {
        return new ServerSentEvent(type, id, Trees.toJsonLine(Trees.of(data)));
    }

    private static Message message(Message answer, String field) {
        return (Message) Fields.value(answer, field);
    }

    /// As it is sent.
    String text() {
        return Stream.of("event: " + type, id.isEmpty() ? "" : "id: " + id, "data: " + data)
                .filter(line -> !line.isEmpty())
                .reduce("", (text, line) -> text + line + "\n")
                .concat("\n");
    }
}
