package dev.drover.master.rest;

import com.google.protobuf.Message;
import dev.drover.poolfile.Trees;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Makes of a method's answer what is told of it: the JSON of `drover get -o json`.
final class Rendering {
    private static final String RESOURCE_VERSION = "resource_version";

    private Rendering() {}

    /// What is told.
    ///
    /// @param version of the resource; empty: it has none
    record Rendered(String json, String version) {}

    static Rendered render(Shape shape, Message answer, Map<String, String> variables) throws RequestRefused {
        return switch (shape) {
            case Shape.Whole() -> resource(answer);
            case Shape.Only(var field) -> resource((Message) Fields.value(answer, field));
            case Shape.Items(var field) -> list(answer, field);
            case Shape.Lines(var field) -> list(answer, field);
            case Shape.Newest(var field, var kind) ->
                resource(newest(answer, field, kind, variables.getOrDefault("name", "")));
        };
    }

    private static Rendered resource(Message resource) {
        return new Rendered(Trees.toJson(Trees.of(resource)), version(resource));
    }

    private static String version(Message resource) {
        var metadata = resource.getDescriptorForType().findFieldByName("metadata");
        return metadata == null ? "" : (String) Fields.value((Message) resource.getField(metadata), RESOURCE_VERSION);
    }

    private static Rendered list(Message answer, String field) {
        Map<String, Object> list = new LinkedHashMap<>(listHead());
        list.put("metadata", listMetadata(answer));
        list.put("items", Fields.messages(answer, field).map(Trees::of).toList());
        return new Rendered(Trees.toJson(list), "");
    }

    /// What a list begins with, as kubectl writes it.
    static Map<String, Object> listHead() {
        Map<String, Object> head = new LinkedHashMap<>();
        head.put("apiVersion", "v1");
        head.put("kind", "List");
        return head;
    }

    private static Map<String, Object> listMetadata(Message answer) {
        var version = answer.getDescriptorForType().findFieldByName(RESOURCE_VERSION);
        return version == null ? Map.of() : Map.of("resourceVersion", answer.getField(version));
    }

    /// While it is replaced, a worker has two incarnations.
    private static Message newest(Message answer, String field, String kind, String name) throws RequestRefused {
        List<Message> named = Fields.messages(answer, field)
                .filter(one -> Fields.value(one, "name").equals(name))
                .toList();
        return named.stream()
                .max(Comparator.comparingInt(one -> (int) Fields.value(one, "incarnation")))
                .orElseThrow(() -> new RequestRefused(new Problem(
                        404,
                        kind.toUpperCase(Locale.ROOT) + "_NOT_FOUND",
                        "no " + kind + " " + name,
                        Map.of(kind, name),
                        List.of())));
    }
}
