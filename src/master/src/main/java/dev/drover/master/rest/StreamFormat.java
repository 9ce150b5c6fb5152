package dev.drover.master.rest;

import com.google.protobuf.Message;
import dev.drover.poolfile.Trees;
import java.util.stream.Collectors;

/// How several answers are written as one. For one call.
sealed interface StreamFormat {
    /// The type of a stream of events.
    String EVENTS = "text/event-stream";

    /// As events, each on its own.
    record Events(Watch.Told told) implements StreamFormat {}

    /// As one list of what is in a field of each.
    record Items(String field) implements StreamFormat {}

    /// What is written.
    default String type() {
        return switch (this) {
            case Events(var _) -> EVENTS;
            case Items(var _) -> Answer.JSON;
        };
    }

    /// Whether the asker wants to know at once that it began, and then that it has not ended.
    default boolean isLive() {
        return switch (this) {
            case Events(var _) -> true;
            case Items(var _) -> false;
        };
    }

    /// Before everything.
    default String begin() {
        return switch (this) {
            case Events(var _) -> "";
            case Items(var _) -> {
                var head = Trees.toJsonLine(Rendering.listHead());
                yield head.substring(0, head.length() - 1) + ",\"metadata\":{},\"items\":[";
            }
        };
    }

    /// An answer.
    ///
    /// @param first whether it is the first one
    default String answer(Message answer, boolean first) {
        return switch (this) {
            case Events(var told) ->
                ServerSentEvent.of(told, answer).stream()
                        .map(ServerSentEvent::text)
                        .collect(Collectors.joining());
            case Items(var field) -> {
                var items = Fields.messages(answer, field)
                        .map(item -> "\n" + Trees.toJsonLine(Trees.of(item)))
                        .collect(Collectors.joining(","));
                yield first || items.isEmpty() ? items : "," + items;
            }
        };
    }

    /// After everything.
    default String end() {
        return switch (this) {
            case Events(var _) -> ServerSentEvent.end().text();
            case Items(var _) -> "\n]}\n";
        };
    }

    /// After what has been told, when there should have been more; empty: the answer must be cut.
    default String failed(Problem problem) {
        return switch (this) {
            case Events(var _) -> ServerSentEvent.error(problem).text();
            case Items(var _) -> "";
        };
    }
}
