package dev.drover.master.rest;

import io.netty.handler.codec.http.QueryStringDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/// The parameters of a query, none of them twice.
final class Query {
    /// Far more than any request has fields.
    private static final int MAX_PARAMETERS = 32;

    private Query() {}

    /// @param raw as it was sent, without the question mark
    static Map<String, String> parse(String raw) throws RequestRefused {
        Map<String, String> parameters = new LinkedHashMap<>();
        try {
            for (var entry : new QueryStringDecoder(raw, StandardCharsets.UTF_8, false, MAX_PARAMETERS)
                    .parameters()
                    .entrySet()) {
                if (entry.getValue().size() > 1) {
                    throw new RequestRefused(Problem.invalid(entry.getKey(), "is given more than once"));
                }
                parameters.put(entry.getKey(), entry.getValue().getFirst());
            }
        } catch (IllegalArgumentException notEncoded) {
            throw new RequestRefused(
                    Problem.of(400, "QUERY_INVALID", "cannot read the query: " + notEncoded.getMessage()));
        }
        return parameters;
    }

    /// `true` or `false`.
    static boolean flag(String name, String value) throws RequestRefused {
        return switch (value) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new RequestRefused(Problem.invalid(name, "is '" + value + "', must be true or false"));
        };
    }
}
