package dev.drover.poolfile;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.Value;
import dev.drover.protocol.pool.v1.WorkerPool;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.reader.ReaderException;

/// Reads the documents of one file: walks YAML's nodes along the descriptor of `WorkerPool`.
///
/// Nodes and not values, because only nodes know their line. The walk goes as deep as the message does, so neither
/// recursive aliases nor deep nesting can lead it astray.
final class DocumentReader {

    /// Far above what a pool needs; bounds the parser's recursion.
    private static final int MAX_DEPTH = 50;
    /// Bounds what aliases of aliases can blow up to.
    private static final int MAX_ALIASES = 50;

    private static final Set<String> WRITTEN_BY_MASTER =
            Set.of("status", "metadata.generation", "metadata.resourceVersion");

    private final Path file;
    private final Consumer<Problem> problems;
    private Map<String, Integer> lines = new HashMap<>();
    private Set<String> unreadable = new HashSet<>();

    DocumentReader(Path file, Consumer<Problem> problems) {
        this.file = file;
        this.problems = problems;
    }

    /// Every document that is not empty, up to the first place that is no YAML.
    List<Document> readAll(String text) {
        List<Document> documents = new ArrayList<>();
        try {
            for (Node root : yaml().composeAll(new StringReader(text))) {
                if (!isNull(root)) {
                    documents.add(document(root));
                }
            }
        } catch (YAMLException e) {
            problems.accept(new Problem(file, lineOf(e, text), "", "is not valid YAML: " + cause(e)));
        }
        return documents;
    }

    private static Yaml yaml() {
        var options = new LoaderOptions();
        options.setNestingDepthLimit(MAX_DEPTH);
        options.setMaxAliasesForCollections(MAX_ALIASES);
        options.setCodePointLimit(Sources.MAX_BYTES);
        return new Yaml(options);
    }

    private Document document(Node root) {
        lines = new HashMap<>();
        unreadable = new HashSet<>();
        var pool = WorkerPool.newBuilder();
        if (root instanceof MappingNode map && isPool(map)) {
            message(map, pool, "");
        } else if (!(root instanceof MappingNode)) {
            problem(root, "", "is not a pool; a pool is a map with apiVersion, kind, metadata and spec");
        }
        return new Document(file, line(root), root.getEndMark().getLine() + 1, pool.build(), lines, unreadable);
    }

    /// Of another kind of resource only the kind is told, not each field that a pool does not have.
    private boolean isPool(MappingNode map) {
        boolean pool = true;
        for (NodeTuple entry : map.getValue()) {
            for (String field : List.of("apiVersion", "kind")) {
                String wanted = field.equals("kind") ? "WorkerPool" : "drover.dev/v1";
                if (entry.getKeyNode() instanceof ScalarNode key
                        && key.getValue().equals(field)
                        && !(entry.getValueNode() instanceof ScalarNode value
                                && value.getValue().equals(wanted))) {
                    String given = entry.getValueNode() instanceof ScalarNode value
                            ? "is " + Wording.quote(value.getValue()) + ", "
                            : "";
                    report(line(key), field, given + "must be " + Wording.quote(wanted));
                    pool = false;
                }
            }
        }
        if (!pool) {
            unreadable.add("");
        }
        return pool;
    }

    private void message(MappingNode map, Message.Builder message, String path) {
        Map<String, FieldDescriptor> fields = fieldsOf(message.getDescriptorForType());
        Map<String, Integer> seen = new HashMap<>();
        for (NodeTuple entry : map.getValue()) {
            Optional<String> name = key(entry.getKeyNode(), path, seen);
            if (name.isEmpty()) {
                continue;
            }
            String at = path.isEmpty() ? name.get() : path + "." + name.get();
            FieldDescriptor field = fields.get(name.get());
            if (field == null) {
                problem(entry.getKeyNode(), Wording.oneLine(at), unknown(name.get(), fields));
            } else if (WRITTEN_BY_MASTER.contains(at)) {
                problem(entry.getKeyNode(), at, "is written by the master, not in a file; remove it");
            } else {
                lines.put(at, line(entry.getKeyNode()));
                if (!isNull(entry.getValueNode())) {
                    field(entry.getValueNode(), message, field, at);
                }
            }
        }
    }

    private void field(Node node, Message.Builder message, FieldDescriptor field, String path) {
        if (field.isMapField()) {
            if (node instanceof MappingNode map) {
                map(map, message, field, path);
            } else {
                problem(node, path, "must be a map of names to strings");
            }
        } else if (!field.isRepeated()) {
            value(node, message, field, path).ifPresent(value -> message.setField(field, value));
        } else if (node instanceof SequenceNode sequence) {
            list(sequence, message, field, path);
        } else {
            problem(node, path, "must be a list");
        }
    }

    private void list(SequenceNode sequence, Message.Builder message, FieldDescriptor field, String path) {
        int index = 0;
        for (Node item : sequence.getValue()) {
            String at = path + "[" + index + "]";
            lines.put(at, line(item));
            message.addRepeatedField(field, value(item, message, field, at).orElseGet(() -> nothing(message, field)));
            index++;
        }
    }

    private void map(MappingNode map, Message.Builder message, FieldDescriptor field, String path) {
        Map<String, Integer> seen = new HashMap<>();
        FieldDescriptor key = field.getMessageType().findFieldByName("key");
        FieldDescriptor value = field.getMessageType().findFieldByName("value");
        for (NodeTuple entry : map.getValue()) {
            key(entry.getKeyNode(), path, seen).ifPresent(name -> {
                String at = path + "[" + Wording.brief(name) + "]";
                lines.put(at, line(entry.getKeyNode()));
                var pair = message.newBuilderForField(field).setField(key, name);
                value(entry.getValueNode(), pair, value, at).ifPresent(text -> pair.setField(value, text));
                message.addRepeatedField(field, pair.build());
            });
        }
    }

    /// A single value; empty, and a problem, where it is of the wrong type.
    private Optional<Object> value(Node node, Message.Builder parent, FieldDescriptor field, String path) {
        if (field.getJavaType() != FieldDescriptor.JavaType.MESSAGE
                || field.getMessageType().equals(Value.getDescriptor())) {
            return switch (Scalars.read(node, field)) {
                case Scalars.Read read -> Optional.of(read.value());
                case Scalars.Refused refused -> {
                    problem(node, path, refused.message());
                    yield Optional.empty();
                }
            };
        }
        Message.Builder message = parent.newBuilderForField(field);
        if (!(node instanceof MappingNode map)) {
            problem(
                    node,
                    path,
                    "must be a map; allowed fields are "
                            + allowed(fieldsOf(field.getMessageType()).keySet()));
            return Optional.empty();
        }
        message(map, message, path);
        return Optional.of(message.build());
    }

    private static Object nothing(Message.Builder parent, FieldDescriptor field) {
        return field.getJavaType() == FieldDescriptor.JavaType.MESSAGE
                ? parent.newBuilderForField(field).build()
                : ""; // the only scalars a pool has lists of are strings
    }

    private Optional<String> key(Node node, String path, Map<String, Integer> seen) {
        if (!(node instanceof ScalarNode scalar)) {
            report(line(node), path, "holds a field whose name is not a string");
            return Optional.empty();
        }
        String name = scalar.getValue();
        String at = path.isEmpty() ? Wording.brief(name) : path + "." + Wording.brief(name);
        Integer first = seen.putIfAbsent(name, line(node));
        if (first != null) {
            report(line(node), at, "is given twice, first on line " + first + "; keep one");
            return Optional.empty();
        }
        if (node.getTag().equals(Tag.MERGE)) {
            report(line(node), at, "merge keys are not supported; write the fields out");
            return Optional.empty();
        }
        if (Scalars.text(name).isPresent()) {
            report(line(node), at, Scalars.text(name).get());
            return Optional.empty();
        }
        return Optional.of(name);
    }

    private static String unknown(String name, Map<String, FieldDescriptor> fields) {
        return Wording.closest(name, fields.keySet())
                .map(meant -> "unknown field; did you mean " + meant + "?")
                .orElseGet(() -> "unknown field; allowed are " + allowed(fields.keySet()));
    }

    private static String allowed(Set<String> names) {
        return names.stream()
                .filter(name ->
                        !Set.of("status", "generation", "resourceVersion").contains(name))
                .collect(Collectors.joining(", "));
    }

    private static Map<String, FieldDescriptor> fieldsOf(Descriptor type) {
        Map<String, FieldDescriptor> fields = new LinkedHashMap<>();
        type.getFields().forEach(field -> fields.put(field.getJsonName(), field));
        return fields;
    }

    private static boolean isNull(Node node) {
        return node.getTag().equals(Tag.NULL) && node instanceof ScalarNode;
    }

    private static int line(Node node) {
        return node.getStartMark().getLine() + 1;
    }

    /// A problem after which rules have nothing to say of this field.
    private void problem(Node node, String path, String message) {
        unreadable.add(path);
        report(line(node), path, message);
    }

    private void report(int line, String path, String message) {
        problems.accept(new Problem(file, line, path, message));
    }

    private static String cause(YAMLException e) {
        String cause = e instanceof MarkedYAMLException marked && marked.getProblem() != null
                ? marked.getProblem()
                : String.valueOf(e.getMessage()).lines().findFirst().orElse("");
        return Wording.oneLine(cause.strip());
    }

    private static int lineOf(YAMLException e, String text) {
        if (e instanceof ReaderException unreadable) {
            int end = Math.min(unreadable.getPosition(), text.length());
            return 1
                    + (int) text.substring(0, end)
                            .chars()
                            .filter(c -> c == '\n')
                            .count();
        }
        Mark mark = e instanceof MarkedYAMLException marked ? marked.getProblemMark() : null;
        return mark == null ? 1 : mark.getLine() + 1;
    }
}
