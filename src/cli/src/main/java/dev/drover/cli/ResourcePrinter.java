package dev.drover.cli;

import dev.drover.cli.Resource.Column;
import dev.drover.poolfile.Trees;
import java.io.PrintStream;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Writes resources of one kind, and afterwards those that changed.
final class ResourcePrinter<T> {

    private final Resource<T> resource;
    private final Output output;
    private final PrintStream out;
    private final Clock clock;
    private final List<Column<T>> columns;
    private Map<String, Object> before = Map.of();
    private @Nullable Table table;

    ResourcePrinter(Resource<T> resource, Output output, Terminal terminal) {
        this.resource = resource;
        this.output = output;
        this.out = terminal.out();
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
        before = states(items);
        out.flush();
    }

    /// Writes those that are new or look otherwise than at the call before, and the names of those that are gone.
    void printChanges(List<T> items) {
        Map<String, Object> now = states(items);
        List<T> changed = items.stream()
                .filter(item -> !state(item).equals(before.get(key(item))))
                .toList();
        switch (output) {
            case TABLE, WIDE -> {
                if (table == null && !changed.isEmpty()) {
                    table = table(changed);
                } else if (table != null) {
                    changed.stream().map(this::row).forEach(table::add);
                }
            }
            case JSON ->
                changed.forEach(item -> out.print(Trees.toJson(resource.tree().apply(item))));
            case YAML ->
                changed.forEach(item ->
                        out.print("---\n" + Trees.toYaml(List.of(resource.tree().apply(item)))));
            case NAME -> changed.forEach(this::printName);
        }
        before = now;
        out.flush();
    }

    private Table table(List<T> items) {
        return new Table(
                out,
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

    private Map<String, Object> states(List<T> items) {
        Map<String, Object> states = new HashMap<>();
        items.forEach(item -> states.put(key(item), state(item)));
        return states;
    }

    /// While a worker is replaced two incarnations have its name.
    private String key(T item) {
        return resource.name().apply(item) + " " + resource.tree().apply(item).getOrDefault("incarnation", "");
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
