package dev.drover.master.log;

import java.util.Map;

/// A flat JSON object in one line.
final class Json {
    private Json() {}

    /// @param fields in this order; numbers as numbers, everything else as text
    static String line(Map<String, Object> fields) {
        var json = new StringBuilder(128).append('{');
        fields.forEach((key, value) -> {
            quote(json.length() == 1 ? json : json.append(','), key);
            json.append(':');
            if (value instanceof Number number) {
                json.append(number);
            } else {
                quote(json, value.toString());
            }
        });
        return json.append('}').toString();
    }

    private static void quote(StringBuilder json, String text) {
        json.append('"');
        for (int i = 0; i < text.length(); i++) {
            escape(json, text.charAt(i));
        }
        json.append('"');
    }

    private static void escape(StringBuilder json, char c) {
        switch (c) {
            case '"' -> json.append("\\\"");
            case '\\' -> json.append("\\\\");
            case '\n' -> json.append("\\n");
            case '\r' -> json.append("\\r");
            case '\t' -> json.append("\\t");
            default -> {
                if (c < ' ' || c == '\u007f') {
                    json.append(String.format("\\u%04x", (int) c));
                } else {
                    json.append(c);
                }
            }
        }
    }
}
