package dev.drover.poolfile;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Value;
import java.util.Optional;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.Tag;

/// Single values. Nothing is converted behind the user's back: `yes`, `010` and `"8080"` are told, not guessed.
final class Scalars {

    /// A value, or why there is none.
    sealed interface Result {}

    /// A value of the field's type.
    record Read(Object value) implements Result {}

    /// What is wrong and what is allowed.
    record Refused(String message) implements Result {}

    private static final Pattern INTEGER = Pattern.compile("[-+]?(0|[1-9][0-9]*)");
    private static final Pattern NUMBER = Pattern.compile("[-+]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][-+]?[0-9]+)?");

    private Scalars() {}

    static Result read(Node node, FieldDescriptor field) {
        if (!(node instanceof ScalarNode scalar)) {
            return new Refused("must be " + wanted(field) + ", not a " + (isList(node) ? "list" : "map"));
        }
        if (!isStandard(scalar.getTag())) {
            return new Refused("has the tag " + Wording.brief(scalar.getTag().getValue()) + "; tags are not supported");
        }
        return switch (field.getJavaType()) {
            case STRING -> string(scalar);
            case INT -> integer(scalar, field);
            case DOUBLE -> number(scalar, field);
            case BOOLEAN -> bool(scalar, field);
            case MESSAGE -> quantity(scalar, field);
            case LONG, FLOAT, BYTE_STRING, ENUM ->
                throw new IllegalStateException("pool files have no type " + field.getType());
        };
    }

    /// Why a text cannot be handed to a process or be sent; empty where it can.
    static Optional<String> text(String text) {
        if (text.indexOf('\0') >= 0) {
            return Optional.of("holds a NUL character, which no argument, variable or path can");
        }
        boolean halved = text.codePoints().anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
        return halved ? Optional.of("holds half a surrogate pair, which is no character") : Optional.empty();
    }

    private static Result string(ScalarNode scalar) {
        String text = scalar.getValue();
        Tag tag = scalar.getTag();
        if (tag.equals(Tag.NULL)) {
            return new Refused("must be a string; for an empty one write \"\"");
        }
        if (tag.equals(Tag.INT) || tag.equals(Tag.FLOAT) || tag.equals(Tag.BOOL)) {
            String kind = tag.equals(Tag.BOOL) ? "a boolean" : "a number";
            return new Refused("is " + kind + ", must be a string; put it in quotes: " + Wording.quote(text));
        }
        return text(text).<Result>map(Refused::new).orElseGet(() -> new Read(text));
    }

    private static Result integer(ScalarNode scalar, FieldDescriptor field) {
        String text = scalar.getValue();
        if (!scalar.isPlain() || !INTEGER.matcher(text).matches()) {
            return refused(scalar, field);
        }
        try {
            return new Read(Integer.valueOf(text));
        } catch (NumberFormatException _) {
            return ProtoRules.range(field)
                    .<Result>map(range -> new Refused("is " + Wording.brief(text) + ", must be " + range))
                    .orElseGet(() -> new Refused("is " + Wording.brief(text) + ", too large a number"));
        }
    }

    private static Result number(ScalarNode scalar, FieldDescriptor field) {
        boolean number = scalar.isPlain() && NUMBER.matcher(scalar.getValue()).matches();
        return number ? new Read(Double.valueOf(scalar.getValue())) : refused(scalar, field);
    }

    private static Result bool(ScalarNode scalar, FieldDescriptor field) {
        String text = scalar.getValue();
        boolean known = text.equals("true") || text.equals("false");
        return known && scalar.isPlain() ? new Read(Boolean.valueOf(text)) : refused(scalar, field);
    }

    /// A number or a percentage; its bounds are a rule's.
    private static Result quantity(ScalarNode scalar, FieldDescriptor field) {
        String text = scalar.getValue();
        if (scalar.isPlain() && INTEGER.matcher(text).matches()) {
            return new Read(
                    Value.newBuilder().setNumberValue(Double.parseDouble(text)).build());
        }
        return scalar.getTag().equals(Tag.STR) && text(text).isEmpty()
                ? new Read(Value.newBuilder().setStringValue(text).build())
                : refused(scalar, field);
    }

    private static Refused refused(ScalarNode scalar, FieldDescriptor field) {
        String given = scalar.isPlain() ? Wording.brief(scalar.getValue()) : Wording.quote(scalar.getValue());
        return new Refused("is " + given + ", must be " + wanted(field));
    }

    private static String wanted(FieldDescriptor field) {
        return switch (field.getJavaType()) {
            case STRING -> "a string";
            case INT ->
                "a whole number" + ProtoRules.range(field).map(" "::concat).orElse("");
            case DOUBLE -> "a number" + ProtoRules.range(field).map(" "::concat).orElse("");
            case BOOLEAN -> "true or false";
            case MESSAGE -> field.getName().equals("port") ? ProbeRules.PORT : PoolRules.QUANTITY;
            case LONG, FLOAT, BYTE_STRING, ENUM ->
                throw new IllegalStateException("pool files have no type " + field.getType());
        };
    }

    private static boolean isList(Node node) {
        return node instanceof org.yaml.snakeyaml.nodes.SequenceNode;
    }

    private static boolean isStandard(Tag tag) {
        return tag.equals(Tag.STR)
                || tag.equals(Tag.INT)
                || tag.equals(Tag.FLOAT)
                || tag.equals(Tag.BOOL)
                || tag.equals(Tag.NULL)
                || tag.equals(Tag.TIMESTAMP)
                || tag.equals(Tag.MERGE);
    }
}
