package dev.drover.master.rest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// What the protos say in words of each message, field, value and method, by its full name. Reads the source: what
/// protoc makes of it has no comments. Knows the layout that `buf format` gives.
final class ProtoComments {
    private static final Pattern PACKAGE = Pattern.compile("package ([\\w.]+);");
    private static final Pattern BLOCK = Pattern.compile("(message|enum|service|oneof) (\\w+) \\{}?");
    private static final Pattern METHOD = Pattern.compile("rpc (\\w+)\\(.*");
    private static final Pattern FIELD = Pattern.compile("[\\w.<>, ]+ (\\w+) = \\d+.*|(\\w+) = \\d+;");

    private final Map<String, String> comments = new HashMap<>();
    private final Deque<String> scope = new ArrayDeque<>();
    private final List<String> above = new ArrayList<>();

    private ProtoComments() {}

    static ProtoComments of(Path root) throws IOException {
        var comments = new ProtoComments();
        try (var files = Files.walk(root)) {
            for (var file :
                    files.filter(path -> path.toString().endsWith(".proto")).toList()) {
                comments.read(Files.readAllLines(file));
            }
        }
        return comments;
    }

    /// Fails for what has none.
    String of(String fullName) {
        return Objects.requireNonNull(comments.get(fullName), () -> fullName + " has no comment");
    }

    private void read(List<String> lines) {
        scope.clear();
        for (var line : lines) {
            line(line.strip());
        }
    }

    private void line(String line) {
        if (line.startsWith("//")) {
            above.add(line.substring(Math.min(3, line.length())));
            return;
        }
        var pack = PACKAGE.matcher(line);
        var block = BLOCK.matcher(line);
        var method = METHOD.matcher(line);
        var field = FIELD.matcher(line);
        if (pack.matches()) {
            scope.push(pack.group(1));
        } else if (block.matches()) {
            note(block.group(2));
        } else if (method.matches()) {
            note(method.group(1));
        } else if (field.matches()) {
            note(field.group(1) == null ? field.group(2) : field.group(1));
        }
        if (line.endsWith("{")) {
            scope.push(
                    block.matches() && !block.group(1).equals("oneof")
                            ? scope.element() + "." + block.group(2)
                            : scope.element());
        } else if (line.startsWith("}")) {
            scope.pop();
        }
        above.clear();
    }

    private void note(String name) {
        if (!above.isEmpty()) {
            comments.put(scope.element() + "." + name, text(above));
        }
    }

    /// Lines joined; paragraphs, and what stands indented by two, as items.
    private static String text(List<String> lines) {
        return lines.stream()
                .map(line -> line.isBlank() ? "\n\n" : line.matches("  \\S.*") ? "\n- " + line.strip() : line.strip())
                .collect(Collectors.joining(" "))
                .replaceAll(" *\n *", "\n")
                .strip();
    }
}
