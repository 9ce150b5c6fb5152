package dev.drover.master.rest;

import java.util.LinkedHashMap;
import java.util.Map;

/// What is answered, whole.
///
/// @param body empty: there is none
/// @param headers beside the type of the body
record Answer(int status, String type, String body, Map<String, String> headers) {
    static final String JSON = "application/json";

    Answer {
        headers = Map.copyOf(headers);
    }

    static Answer of(Problem problem) {
        return new Answer(problem.status(), Problem.TYPE, problem.json(), Map.of());
    }

    /// A resource, unless it is the one that the asker has already.
    ///
    /// @param known what `If-None-Match` holds
    static Answer of(Rendering.Rendered rendered, String known) {
        if (rendered.version().isEmpty()) {
            return new Answer(200, JSON, rendered.json(), Map.of());
        }
        var tag = '"' + rendered.version() + '"';
        return known.equals(tag)
                ? new Answer(304, "", "", Map.of("etag", tag))
                : new Answer(200, JSON, rendered.json(), Map.of("etag", tag));
    }

    Answer with(String name, String value) {
        var more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new Answer(status, type, body, more);
    }
}
