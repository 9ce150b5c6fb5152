package dev.drover.poolfile;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Writes JSON.
final class Json {

    private final StringBuilder out = new StringBuilder();
    private final String indent;

    private Json(String indent) {
        this.indent = indent;
    }

    /// Indented by two, with an end of line.
    static String write(Object tree) {
        var json = new Json("  ");
        json.value(tree, "\n");
        return json.out.append('\n').toString();
    }

    /// As one line, without its end.
    static String writeLine(Object tree) {
        var json = new Json("");
        json.value(tree, "");
        return json.out.toString();
    }

    private void value(Object value, String newline) {
        switch (value) {
            case Map<?, ?> map when map.isEmpty() -> out.append("{}");
            case List<?> list when list.isEmpty() -> out.append("[]");
            case Map<?, ?> map -> {
                String separator = "{";
                for (var entry : map.entrySet()) {
                    out.append(separator).append(newline).append(indent);
                    string(String.valueOf(entry.getKey()));
                    out.append(indent.isEmpty() ? ":" : ": ");
                    value(entry.getValue(), newline + indent);
                    separator = ",";
                }
                out.append(newline).append('}');
            }
            case List<?> list -> {
                String separator = "[";
                for (Object item : list) {
                    out.append(separator).append(newline).append(indent);
                    value(item, newline + indent);
                    separator = ",";
                }
                out.append(newline).append(']');
            }
            case String text -> string(text);
            default -> out.append(value);
        }
    }

    private void string(String text) {
        out.append('"');
        text.chars().forEach(c -> {
            switch (c) {
                case '"', '\\' -> out.append('\\').append((char) c);
                case '\n' -> out.append("\\n");
                default -> {
                    if (Character.isISOControl(c)) {
                        out.append(String.format(Locale.ROOT, "\\u%04x", c));
                    } else {
                        out.append((char) c);
                    }
                }
            }
        });
        out.append('"');
    }
}
