package dev.drover.master.rest;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/// REST in the words of OpenAPI 3.1: the table of routes, the protos and what they say.
final class OpenApi {
    private static final String PROBLEM = "Problem";
    private static final String TOKEN = "token";

    private final ProtoComments comments;

    /// By name; grows while paths are written.
    private final Map<String, Map<String, Object>> schemas = new TreeMap<>();

    private OpenApi(ProtoComments comments) {
        this.comments = comments;
    }

    static Map<String, Object> of(ProtoComments comments) {
        return new OpenApi(comments).document();
    }

    private Map<String, Object> document() {
        schemas.put(PROBLEM, problem());
        return tree(
                "openapi",
                "3.1.0",
                "info",
                tree(
                        "title",
                        "Drover",
                        "version",
                        "v1",
                        "description",
                        "Reads and steers a running master: the calls of drover.control.v1.ControlService over HTTP, in proto"
                                + " JSON. Generated from the protos.",
                        "license",
                        tree("name", "Apache-2.0", "identifier", "Apache-2.0")),
                "servers",
                List.of(tree("url", "/")),
                "paths",
                paths(),
                "components",
                tree(
                        "schemas",
                        schemas,
                        "securitySchemes",
                        tree(
                                TOKEN,
                                tree(
                                        "type",
                                        "http",
                                        "scheme",
                                        "bearer",
                                        "description",
                                        "What is in `control/token` of the run directory. Not needed on `control.sock`."))));
    }

    private Map<String, Object> paths() {
        Map<String, Object> paths = new LinkedHashMap<>();
        Routes.ALL.stream().map(Route::path).distinct().forEach(path -> {
            Map<String, Object> verbs = new LinkedHashMap<>();
            Routes.ALL.stream()
                    .filter(route -> route.path().equals(path))
                    .forEach(route -> verbs.put(route.verb().toLowerCase(Locale.ROOT), operation(route)));
            paths.put(path, verbs);
        });
        return paths;
    }

    private Map<String, Object> operation(Route route) {
        var comment = comments.of(route.method().schema().getFullName());
        var operation = tree(
                "operationId",
                operationId(route),
                "summary",
                comment.split("(?<=\\.)\\s", 2)[0],
                "description",
                comment + watchWords(route));
        var parameters = parameters(route);
        if (!parameters.isEmpty()) {
            operation.put("parameters", parameters);
        }
        if (route.takesBody() && hasBody(route)) {
            operation.put("requestBody", tree("required", false, "content", bodies(route)));
        }
        operation.put("responses", responses(route));
        operation.put("security", route.isGet() ? List.of() : List.of(tree(TOKEN, List.of())));
        return operation;
    }

    private static String operationId(Route route) {
        return route.shape() instanceof Shape.Newest
                ? "GetWorker"
                : route.method().schema().getName();
    }

    private String watchWords(Route route) {
        return route.watch()
                .map(watch -> watch.method().schema().equals(route.method().schema())
                        ? "\n\nWith `follow=true`, or for who accepts `text/event-stream`, as server-sent events."
                        : "\n\nWith `watch=true`, or for who accepts `text/event-stream`, as server-sent events: "
                                + comments.of(watch.method().schema().getFullName()))
                .orElse("");
    }

    private static boolean hasBody(Route route) {
        return route.method().schema().getInputType().getFields().stream()
                .anyMatch(field -> !route.variables().contains(field.getJsonName()));
    }

    private Map<String, Object> bodies(Route route) {
        var json = tree(
                "application/json",
                tree("schema", reference(route.method().schema().getInputType())));
        if (route.takesPoolFile()) {
            json.put(
                    "application/yaml",
                    tree("schema", tree("type", "string", "description", "A pool file: one or several pools.")));
        }
        return json;
    }

    private List<Object> parameters(Route route) {
        var parameters = new ArrayList<Object>();
        var input = route.method().schema().getInputType();
        for (var name : route.variables()) {
            var field = input.findFieldByName(name);
            var words = field == null ? "Its name." : comments.of(field.getFullName());
            parameters.add(parameter(name, "path", words, tree("type", "string")));
        }
        Map<String, FieldDescriptor> query = new LinkedHashMap<>();
        Stream.concat(
                        Stream.of(input),
                        route.watch().stream()
                                .map(watch -> watch.method().schema().getInputType()))
                .flatMap(message -> RequestReader.parameters(message).stream())
                .filter(field -> !route.variables().contains(field.getJsonName()))
                .forEach(field -> query.putIfAbsent(field.getJsonName(), field));
        query.forEach((name, field) ->
                parameters.add(parameter(name, "query", comments.of(field.getFullName()), type(field))));
        if (route.watch().isPresent() && !(route.shape() instanceof Shape.Lines)) {
            parameters.add(
                    parameter("watch", "query", "Whether to tell on, as server-sent events.", tree("type", "boolean")));
        }
        headers(route, parameters);
        return parameters;
    }

    private static void headers(Route route, List<Object> parameters) {
        boolean versioned = route.method().schema().getInputType().findFieldByName("resource_version") != null;
        var text = tree("type", "string");
        if (route.watch().stream()
                .anyMatch(
                        watch -> watch.method().schema().getInputType().findFieldByName("resource_version") != null)) {
            parameters.add(parameter(
                    "Last-Event-ID", "header", "`id` of the last event that was read; as `resourceVersion`.", text));
        }
        if (versioned && !route.isGet()) {
            parameters.add(parameter(
                    "If-Match", "header", "The pool's tag; as `resourceVersion`, but refused with status 412.", text));
        }
    }

    private static Map<String, Object> parameter(String name, String in, String words, Map<String, Object> schema) {
        return tree("name", name, "in", in, "required", in.equals("path"), "description", words, "schema", schema);
    }

    private Map<String, Object> responses(Route route) {
        var answer = route.method().schema().getOutputType();
        var content = tree("application/json", tree("schema", told(route.shape(), answer)));
        route.watch()
                .ifPresent(watch -> content.put(
                        "text/event-stream", tree("schema", tree("type", "string", "description", eventWords(watch)))));
        // Answers of a watch are told by their data, which is the same resource.
        route.watch()
                .ifPresent(watch -> reference(
                        Schemas.told(watch.told(), watch.method().schema().getOutputType())));
        return tree(
                "200",
                tree("description", comments.of(answer.getFullName()), "content", content),
                "default",
                tree(
                        "description",
                        "It is refused, or failed.",
                        "content",
                        tree(Problem.TYPE, tree("schema", schemaReference(PROBLEM)))));
    }

    private static String eventWords(Watch watch) {
        var data = Schemas.told(watch.told(), watch.method().schema().getOutputType())
                .getName();
        var events = switch (watch.told()) {
            case Watch.Told.Changes(var _) -> "`ADDED`, `MODIFIED`, `DELETED`, `BOOKMARK` (without data)";
            case Watch.Told.Happenings(var _) -> "`ADDED`, or `MODIFIED` where it has happened before";
            case Watch.Told.States(var _) -> "`MODIFIED`";
            case Watch.Told.Lines(var _) -> "`LINE`, and `LOST` with how many were not read in time";
        };
        return "Events " + events + ", each with a " + data
                + " as data; `ERROR` with a Problem or `END` before the stream ends.";
    }

    private Map<String, Object> told(Shape shape, Descriptor answer) {
        var schema = reference(Schemas.told(shape, answer));
        return switch (shape) {
            case Shape.Items(var _), Shape.Lines(var _) -> list(schema);
            case Shape.Whole(), Shape.Only(var _), Shape.Newest(var _, var _) -> schema;
        };
    }

    private static Map<String, Object> list(Map<String, Object> items) {
        return tree(
                "type",
                "object",
                "required",
                List.of("apiVersion", "kind", "metadata", "items"),
                "properties",
                tree(
                        "apiVersion",
                        tree("const", "v1"),
                        "kind",
                        tree("const", "List"),
                        "metadata",
                        tree(
                                "type",
                                "object",
                                "properties",
                                tree(
                                        "resourceVersion",
                                        tree(
                                                "type",
                                                "string",
                                                "description",
                                                "From where to watch on; of events alone."))),
                        "items",
                        tree("type", "array", "items", items)));
    }

    private Map<String, Object> reference(Descriptor message) {
        var name = message.getFullName();
        if (!schemas.containsKey(name)) {
            // Before its fields: messages may hold each other.
            schemas.put(name, Map.of());
            schemas.put(name, schema(message));
        }
        return schemaReference(name);
    }

    private static Map<String, Object> schemaReference(String name) {
        return tree("$ref", "#/components/schemas/" + name);
    }

    private Map<String, Object> schema(Descriptor message) {
        Map<String, Object> properties = new LinkedHashMap<>();
        for (var field : message.getFields()) {
            var property = property(field);
            property.put("description", comments.of(field.getFullName()));
            properties.put(field.getJsonName(), property);
        }
        var schema = tree("type", "object", "description", comments.of(message.getFullName()));
        if (!properties.isEmpty()) {
            schema.put("properties", properties);
        }
        return schema;
    }

    private Map<String, Object> property(FieldDescriptor field) {
        if (field.isMapField()) {
            return tree(
                    "type",
                    "object",
                    "additionalProperties",
                    type(field.getMessageType().findFieldByName("value")));
        }
        return field.isRepeated() ? tree("type", "array", "items", type(field)) : type(field);
    }

    private Map<String, Object> type(FieldDescriptor field) {
        return switch (field.getJavaType()) {
            case INT -> tree("type", "integer", "format", "int32");
            case LONG -> tree("type", "integer", "format", "int64");
            case DOUBLE -> tree("type", "number", "format", "double");
            case BOOLEAN -> tree("type", "boolean");
            case STRING -> tree("type", "string");
            case ENUM -> tree("type", "string", "enum", names(field));
            case MESSAGE -> message(field.getMessageType());
            case FLOAT, BYTE_STRING -> throw new IllegalArgumentException(field.getFullName());
        };
    }

    /// Without the one that is never sent.
    private static List<String> names(FieldDescriptor field) {
        return field.getEnumType().getValues().stream()
                .filter(value -> value.getNumber() != 0)
                .map(EnumValueDescriptor::getName)
                .toList();
    }

    private Map<String, Object> message(Descriptor message) {
        return switch (message.getFullName()) {
            case "google.protobuf.Timestamp" -> tree("type", "string", "format", "date-time");
            case "google.protobuf.Duration" -> tree("type", "string", "pattern", "^-?[0-9]+([.][0-9]+)?s$");
            case "google.protobuf.Value" -> tree("type", List.of("string", "number"));
            default -> reference(message);
        };
    }

    private static Map<String, Object> problem() {
        var text = tree("type", "string");
        return tree(
                "type",
                "object",
                "description",
                "Why a request is not answered as it wished (RFC 9457).",
                "required",
                List.of("type", "title", "status", "detail", "reason"),
                "properties",
                tree(
                        "type",
                        tree("const", "about:blank"),
                        "title",
                        text,
                        "status",
                        tree("type", "integer"),
                        "detail",
                        tree("type", "string", "description", "A sentence for people."),
                        "reason",
                        tree("type", "string", "description", "One word for programs: `POOL_NOT_FOUND`."),
                        "metadata",
                        tree("type", "object", "additionalProperties", text),
                        "violations",
                        tree(
                                "type",
                                "array",
                                "description",
                                "The fields that are wrong.",
                                "items",
                                tree("type", "object", "properties", tree("field", text, "description", text)))));
    }

    /// Names and values by turns, in that order.
    private static Map<String, Object> tree(Object... entries) {
        Map<String, Object> tree = new LinkedHashMap<>();
        for (int i = 0; i < entries.length; i += 2) {
            tree.put((String) entries[i], entries[i + 1]);
        }
        return tree;
    }
}
