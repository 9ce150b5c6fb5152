package dev.drover.poolfile;

import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import com.google.protobuf.Value;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A message as maps, lists and scalars in the order of its fields.
///
/// Not by protobuf's JsonFormat, which writes `maxSurge: 1.0`; a test holds the two against each other.
final class MessageTree {

    private MessageTree() {}

    static Object of(Message message) {
        return switch (message) {
            case Timestamp time ->
                Instant.ofEpochSecond(time.getSeconds(), time.getNanos()).toString();
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
                                    .stream().map(MessageTree::value).toList());
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
            case Message message -> of(message);
            case EnumValueDescriptor constant -> constant.getName();
            case Double number -> number(number);
            default -> value;
        };
    }

    private static Object number(double number) {
        return number == Math.rint(number) && Math.abs(number) < 1e15 ? (Object) (long) number : (Object) number;
    }
}
