package dev.drover.examples;

import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a request to [Hello] asks for.
///
/// @param path without the query
/// @param id `?id=X`, echoed
/// @param sleepMillis `?sleep=MILLIS`, the time before the answer, at most a minute
/// @param bytes `?bytes=N`, a body of that many bytes instead of text, at most 64 MiB; -1: text
record HelloQuery(String path, Optional<String> id, int sleepMillis, int bytes) {
    private static final int MAX_SLEEP_MILLIS = 60_000;
    private static final int MAX_BYTES = 64 * 1024 * 1024;
    private static final HelloQuery GREETING = new HelloQuery("/", Optional.empty(), 0, -1);
    private static final String ID = "/?id=";

    /// @throws IllegalArgumentException with a message for the client
    static HelloQuery of(String uri) {
        // The two forms under load need no map.
        if (uri.equals("/")) {
            return GREETING;
        }
        if (uri.startsWith(ID) && isPlain(uri, ID.length())) {
            return new HelloQuery("/", Optional.of(uri.substring(ID.length())), 0, -1);
        }
        var decoder = new QueryStringDecoder(uri);
        var parameters = decoder.parameters();
        return new HelloQuery(
                decoder.path(),
                Optional.ofNullable(parameters.get("id")).map(List::getFirst),
                number(parameters, "sleep", 0, MAX_SLEEP_MILLIS),
                number(parameters, "bytes", -1, MAX_BYTES));
    }

    private static boolean isPlain(String uri, int start) {
        for (int i = start; i < uri.length(); i++) {
            char c = uri.charAt(i);
            boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
            boolean digit = c >= '0' && c <= '9';
            if (!letter && !digit && c != '-' && c != '_') {
                return false;
            }
        }
        return true;
    }

    private static int number(Map<String, List<String>> parameters, String name, int absent, int max) {
        var values = parameters.get(name);
        if (values == null) {
            return absent;
        }
        try {
            int number = Integer.parseInt(values.getFirst());
            if (number >= 0 && number <= max) {
                return number;
            }
        } catch (NumberFormatException _) {
            // told below, as for a number out of range
        }
        throw new IllegalArgumentException(name + " must be a number from 0 to " + max);
    }
}
