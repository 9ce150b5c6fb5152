package dev.drover.master.rest;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// What an asker can read.
///
/// @param json whether JSON
/// @param events whether server-sent events, be it among anything else
/// @param eventsByName whether it names them
record Accept(boolean json, boolean events, boolean eventsByName) {
    /// @param header `Accept`; empty: it reads anything
    static Accept of(String header) {
        if (header.isBlank()) {
            return new Accept(true, true, false);
        }
        var types = Arrays.stream(header.toLowerCase(Locale.ROOT).split(","))
                .map(type -> Arrays.stream(type.split(";")).map(String::strip).toList())
                .filter(type -> !type.isEmpty() && !isRefused(type))
                .map(List::getFirst)
                .toList();
        boolean anything = types.contains("*/*");
        return new Accept(
                anything || types.contains("application/*") || types.contains(Answer.JSON),
                anything || types.contains("text/*") || types.contains(StreamFormat.EVENTS),
                types.contains(StreamFormat.EVENTS));
    }

    private static boolean isRefused(List<String> type) {
        return type.stream().anyMatch(parameter -> parameter.matches("q=0(\\.0*)?"));
    }
}
