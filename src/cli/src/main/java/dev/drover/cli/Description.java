package dev.drover.cli;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// What `describe` tells of one thing, in kubectl's look: `Key:  value` with the values of a block in one column,
/// blocks in blocks, lists and small tables. What is empty is told as `<none>`; control characters of a value
/// are not written.
final class Description {

    /// One key and what stands behind or below it.
    private sealed interface Entry {
        String key();
    }

    private record Value(String key, String value) implements Entry {}

    private record Block(String key, Description entries) implements Entry {}

    private record Lines(String key, List<String> lines) implements Entry {}

    private record Grid(String key, List<String> headers, List<List<String>> rows) implements Entry {}

    private static final String NONE = "<none>";
    private static final String GAP = "  ";

    private final List<Entry> entries = new ArrayList<>();

    /// A key and its value.
    Description add(String key, Object value) {
        entries.add(new Value(key, String.valueOf(value)));
        return this;
    }

    /// A key and a block below it; without a word where nothing is in it.
    Description block(String key, Consumer<Description> content) {
        var inner = new Description();
        content.accept(inner);
        entries.add(inner.entries.isEmpty() ? new Value(key, "") : new Block(key, inner));
        return this;
    }

    /// A key and lines below it.
    Description lines(String key, List<String> lines) {
        entries.add(lines.isEmpty() ? new Value(key, "") : new Lines(key, List.copyOf(lines)));
        return this;
    }

    /// A key and one `NAME=VALUE` a line, the first beside it.
    Description pairs(String key, Map<String, String> pairs) {
        if (pairs.isEmpty()) {
            return add(key, "");
        }
        var name = key;
        for (String each : pairs.keySet().stream().sorted().toList()) {
            entries.add(new Value(name, each + "=" + pairs.get(each)));
            name = "";
        }
        return this;
    }

    /// A key and a table below it.
    Description grid(String key, List<String> headers, List<List<String>> rows) {
        entries.add(rows.isEmpty() ? new Value(key, "") : new Grid(key, headers, rows));
        return this;
    }

    void print(PrintStream out) {
        print(out, "");
    }

    private void print(PrintStream out, String indent) {
        int width = entries.stream()
                .filter(Value.class::isInstance)
                .mapToInt(entry -> head(entry).length())
                .max()
                .orElse(0);
        for (Entry entry : entries) {
            switch (entry) {
                case Value(String _, String value) ->
                    out.println(indent
                            + padded(head(entry), width)
                            + GAP
                            + (value.isEmpty() ? NONE : Table.oneLine(value)));
                case Block(String _, Description inner) -> {
                    out.println(indent + head(entry));
                    inner.print(out, indent + GAP);
                }
                case Lines(String _, List<String> lines) -> {
                    out.println(indent + head(entry));
                    lines.forEach(line -> out.println((indent + GAP + Table.oneLine(line)).stripTrailing()));
                }
                case Grid grid -> {
                    out.println(indent + head(entry));
                    print(out, indent + GAP, grid);
                }
            }
        }
    }

    private static void print(PrintStream out, String indent, Grid grid) {
        List<List<String>> all = new ArrayList<>();
        all.add(grid.headers());
        all.add(grid.headers().stream()
                .map(header -> "-".repeat(header.length()))
                .toList());
        all.addAll(grid.rows().stream()
                .map(row -> row.stream()
                        .map(cell -> cell.isEmpty() ? NONE : Table.oneLine(cell))
                        .toList())
                .toList());
        for (List<String> row : all) {
            var line = new StringBuilder(indent);
            for (int i = 0; i < row.size(); i++) {
                int column = i;
                int width = all.stream()
                        .mapToInt(each -> each.get(column).length())
                        .max()
                        .orElse(0);
                line.append(padded(row.get(i), width)).append(GAP);
            }
            out.println(line.toString().stripTrailing());
        }
    }

    private static String head(Entry entry) {
        return entry.key().isEmpty() ? "" : Table.oneLine(entry.key()) + ":";
    }

    private static String padded(String text, int width) {
        return text + " ".repeat(width - text.length());
    }
}
