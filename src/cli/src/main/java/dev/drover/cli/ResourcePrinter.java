package dev.drover.cli;

import dev.drover.cli.Resource.Column;
import dev.drover.poolfile.Trees;
import java.io.PrintStream;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Writes resources of one kind, and afterwards those that changed.
final class ResourcePrinter<T> {

    /// So many things are remembered in a watch, which may go on for days while events come and go; one that is
    /// forgotten is written again when it is told again.
    private static final int MAX_REMEMBERED = 16_384;

    /// What was written of a thing last.
    private record Written<T>(T item, Object state) {}

    private final Resource<T> resource;
    private final Output output;
    private final boolean headers;
    private final PrintStream out;
    private final Colours colours;
    private final Clock clock;
    private final List<Column<T>> columns;
    private final Map<String, Written<T>> written = new LinkedHashMap<>();
    private final Set<String> told = new HashSet<>();
    private @Nullable Table table;

    /// @param headers whether tables have some
    ResourcePrinter(Resource<T> resource, Output output, boolean headers, Terminal terminal) {
        this.resource = resource;
        this.output = output;
        this.headers = headers;
        this.out = terminal.out();
        this.colours = Colours.of(terminal);
        this.clock = terminal.clock();
        this.columns = resource.columns().stream()
                .filter(column -> output == Output.WIDE || !column.when().onlyWide())
                .toList();
    }

    /// Writes all of them; `single` is whether exactly one was asked for by name.
    void print(List<T> items, boolean single) {
        switch (output) {
            case TABLE, WIDE -> {
                if (!items.isEmpty()) {
                    table = table(items);
                }
            }
            case JSON -> {
                List<Map<String, Object>> trees =
                        items.stream().map(resource.tree()).toList();
                out.print(single && trees.size() == 1 ? Trees.toJson(trees.getFirst()) : Trees.toJsonList(trees));
            }
            case YAML ->
                out.print(Trees.toYaml(items.stream().map(resource.tree()).toList()));
            case NAME -> items.forEach(this::printName);
        }
        items.forEach(this::remember);
        out.flush();
    }

    /// Writes one that is new, looks otherwise than when it was written last, or is gone. Unlike kubectl, which writes
    /// a line that says the same as the one before.
    void printChange(T item, boolean gone) {
        Written<T> before = written.get(key(item));
        told.add(key(item));
        if (gone ? before == null : before != null && before.state().equals(state(item))) {
            return;
        }
        write(item);
        if (gone) {
            written.remove(key(item));
        } else {
            remember(item);
        }
        // Flushes too.
        if (out.checkError()) {
            throw new CliException(ExitCode.FAILED, "cannot go on: nobody reads the output any more");
        }
    }

    /// Everything that is there has been told since the last call: what has not is gone, unseen.
    void forgetOthers() {
        written.entrySet().stream()
                .filter(entry -> !told.contains(entry.getKey()))
                .map(entry -> entry.getValue().item())
                .toList()
                .forEach(item -> printChange(item, true));
        told.clear();
    }

    private void write(T item) {
        switch (output) {
            case TABLE, WIDE -> {
                if (table == null) {
                    table = table(List.of(item));
                } else {
                    table.add(row(item));
                }
            }
            case JSON -> out.print(Trees.toJson(resource.tree().apply(item)));
            case YAML ->
                out.print("---\n" + Trees.toYaml(List.of(resource.tree().apply(item))));
            case NAME -> printName(item);
        }
    }

    private void remember(T item) {
        written.remove(key(item));
        written.put(key(item), new Written<>(item, state(item)));
        if (written.size() > MAX_REMEMBERED) {
            written.remove(written.keySet().iterator().next());
        }
    }

    private Table table(List<T> items) {
        return new Table(
                out,
                colours,
                headers,
                columns.stream().map(Column::header).toList(),
                items.stream().map(this::row).toList());
    }

    private void printName(T item) {
        out.println(resource.kind() + "/" + resource.name().apply(item));
    }

    private List<String> row(T item) {
        Instant now = clock.instant();
        return columns.stream().map(column -> column.cell().apply(item, now)).toList();
    }

    private String key(T item) {
        return resource.key().apply(item);
    }

    /// What a change is: of the fields, or of what the table shows of them.
    private Object state(T item) {
        return switch (output) {
            case JSON, YAML -> {
                var tree = new HashMap<>(resource.tree().apply(item));
                // A worker's changes with every sign of life.
                tree.remove("session");
                yield tree;
            }
            case NAME -> "";
            case TABLE, WIDE ->
                columns.stream()
                        .filter(column -> !column.when().changesAllTheTime())
                        .map(column -> column.cell().apply(item, Instant.EPOCH))
                        .toList();
        };
    }
}
