package dev.drover.poolfile;

import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Duration;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import com.google.protobuf.Value;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.Yaml;

/// Messages as maps, lists and scalars in the order of their fields, and these as the text people and scripts read.
///
/// Fields are named and left out as in proto JSON; whole numbers are written without a fraction. Not by protobuf's
/// JsonFormat, which writes `maxSurge: 1.0`; a test holds the two against each other.
public final class Trees {

    private Trees() {}

    /// A message's fields by their JSON names; unset ones, and zeros of fields without presence, are left out.
    public static Map<String, Object> of(Message message) {
        return fields(message);
    }

    /// Each tree as a YAML document of its own.
    public static String toYaml(List<Map<String, Object>> trees) {
        var options = new DumperOptions();
        options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
        options.setSplitLines(false);
        var yaml = new Yaml(options);
        return trees.stream().map(yaml::dump).collect(Collectors.joining("---\n"));
    }

    /// One tree as a JSON object.
    public static String toJson(Map<String, Object> tree) {
        return Json.write(tree);
    }

    /// One tree as a JSON object on a line of its own, without the line's end.
    public static String toJsonLine(Map<String, Object> tree) {
        return Json.writeLine(tree);
    }

    /// Trees as one JSON object, a `kind: List` as kubectl writes it.
    public static String toJsonList(List<Map<String, Object>> trees) {
        Map<String, Object> list = new LinkedHashMap<>();
        list.put("apiVersion", "v1");
        list.put("kind", "List");
        list.put("items", trees);
        return Json.write(list);
    }

    private static Object message(Message message) {
        return switch (message) {
            case Timestamp time ->
                Instant.ofEpochSecond(time.getSeconds(), time.getNanos()).toString();
            case Duration time ->
                BigDecimal.valueOf(time.getSeconds())
                                .add(BigDecimal.valueOf(time.getNanos(), 9))
                                .stripTrailingZeros()
                                .toPlainString()
                        + "s";
            case Value value -> value.hasNumberValue() ? number(value.getNumberValue()) : value.getStringValue();
            default -> fields(message);
        };
    }

    private static Map<String, Object> fields(Message message) {
        Map<String, Object> tree = new LinkedHashMap<>();
        for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
            if (field.isMapField()) {
                entries(message, field, tree);
            } else if (field.isRepeated()) {
                if (message.getRepeatedFieldCount(field) > 0) {
                    tree.put(
                            field.getJsonName(),
                            ((List<?>) message.getField(field))
                                    .stream().map(Trees::value).toList());
                }
            } else if (message.hasField(field)) {
                tree.put(field.getJsonName(), value(message.getField(field)));
            }
        }
        return tree;
    }

    private static void entries(Message message, FieldDescriptor field, Map<String, Object> tree) {
        Map<String, Object> entries = new LinkedHashMap<>();
        FieldDescriptor key = field.getMessageType().findFieldByName("key");
        FieldDescriptor value = field.getMessageType().findFieldByName("value");
        for (Object each : (List<?>) message.getField(field)) {
            entries.put(String.valueOf(((Message) each).getField(key)), value(((Message) each).getField(value)));
        }
        if (!entries.isEmpty()) {
            tree.put(field.getJsonName(), entries);
        }
    }

    private static Object value(Object value) {
        return switch (value) {
            case Message message -> message(message);
            case EnumValueDescriptor constant -> constant.getName();
            case Double number -> number(number);
            default -> value;
        };
    }

    private static Object number(double number) {
        return number == Math.rint(number) && Math.abs(number) < 1e15 ? (Object) (long) number : (Object) number;
    }
}
