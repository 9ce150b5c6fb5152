package dev.drover.poolfile;

import build.buf.validate.FieldRules;
import build.buf.validate.ValidateProto;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// Checks a message against the protovalidate rules written in its proto.
///
/// Evaluated here and not by protovalidate's own library: that compiles every rule to CEL first, which costs 550 ms
/// of a cold start on the way of the master, and speaks of patterns where people need words. A rule this class does
/// not know is an error of ours, found by a test, never skipped.
final class ProtoRules {

    private static final String DNS_LABEL = "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$";

    /// What the proto's patterns mean, in words.
    private static final Map<String, String> WORDS = Map.of(
            DNS_LABEL,
            "lower-case letters, digits and '-', with a letter or digit at both ends",
            "^/",
            "an absolute path, one that begins with /",
            "^[^=]+$",
            "a name without '='",
            "^SIG[A-Z0-9]+$",
            "a signal's name such as SIGTERM",
            "^/[!-~]*$",
            "a path that begins with / and holds no space; write other characters as %20",
            "^[-!#$%&'*+.^_`|~0-9A-Za-z]+$",
            "a header's name such as Accept",
            "^[\t -~]*$",
            "printable ASCII");

    private final List<Violation> violations = new ArrayList<>();

    private ProtoRules() {}

    static List<Violation> check(Message message) {
        var rules = new ProtoRules();
        rules.message(message, "");
        return rules.violations;
    }

    /// The range a number must be in, `from 0 to 65535`.
    static Optional<String> range(FieldDescriptor field) {
        return typeRules(rules(field)).flatMap(ProtoRules::range);
    }

    private static FieldRules rules(FieldDescriptor field) {
        return field.getOptions().getExtension(ValidateProto.field);
    }

    private static Optional<Message> typeRules(FieldRules rules) {
        return rules.getAllFields().values().stream()
                .filter(Message.class::isInstance)
                .map(Message.class::cast)
                .findFirst();
    }

    private void message(Message message, String path) {
        for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
            String at = path.isEmpty() ? field.getJsonName() : path + "." + field.getJsonName();
            field(message, field, at);
            if (field.isMapField() || field.getJavaType() != FieldDescriptor.JavaType.MESSAGE) {
                continue;
            }
            if (field.isRepeated()) {
                for (int i = 0; i < message.getRepeatedFieldCount(field); i++) {
                    message((Message) message.getRepeatedField(field, i), at + "[" + i + "]");
                }
            } else if (message.hasField(field)) {
                message((Message) message.getField(field), at);
            }
        }
    }

    private void field(Message message, FieldDescriptor field, String path) {
        FieldRules rules = rules(field);
        boolean unset = field.hasPresence() && !message.hasField(field);
        rules.getAllFields().forEach((rule, value) -> {
            if (value instanceof Message typed) {
                if (!unset) {
                    typed.getAllFields()
                            .forEach(
                                    (each, bound) -> rule(each.getName(), bound, typed, message.getField(field), path));
                }
            } else if (!rule.getName().equals("required")) {
                throw unknown(rule.getName(), path);
            } else if (unset) {
                violated(path, "is required");
            }
        });
    }

    private void rule(String rule, Object bound, Message rules, Object value, String path) {
        boolean kept = switch (rule) {
            case "const" -> value.equals(bound);
            case "in" -> ((Collection<?>) bound).contains(value);
            case "gte" -> compare(value, bound) >= 0;
            case "lte" -> compare(value, bound) <= 0;
            case "finite" -> Double.isFinite((Double) value);
            case "pattern" ->
                Pattern.compile((String) bound).matcher((String) value).find();
            case "max_len" -> ((String) value).codePoints().count() <= (Long) bound;
            case "max_bytes" -> bytes(value) <= (Long) bound;
            case "min_items" -> ((Collection<?>) value).size() >= (Long) bound;
            case "max_items", "max_pairs" -> ((Collection<?>) value).size() <= (Long) bound;
            default -> throw unknown(rule, path);
        };
        if (!kept) {
            boolean missing = "".equals(value) || value.equals(List.of());
            violated(path, missing ? "is required: " + needed(bound) : message(rule, bound, rules, value));
        }
    }

    private static String message(String rule, Object bound, Message rules, Object value) {
        return switch (rule) {
            case "const" -> "is " + shown(value) + ", must be " + shown(bound);
            case "in" -> "is " + shown(value) + ", must be " + Wording.anyOf(strings(bound));
            case "max_len" ->
                "is " + ((String) value).codePoints().count() + " characters long, at most " + bound + " are allowed";
            case "max_bytes" -> "is " + bytes(value) + " bytes long, at most " + bound + " are allowed";
            case "pattern" -> "is " + shown(value) + ", must be " + words(bound);
            case "min_items" -> "has " + ((Collection<?>) value).size() + " items, at least " + bound + " is required";
            case "max_items", "max_pairs" ->
                "has " + ((Collection<?>) value).size() + " items, at most " + bound + " are allowed";
            default -> "is " + shown(value) + ", must be " + range(rules).orElse("a number");
        };
    }

    private static String needed(Object bound) {
        return switch (bound) {
            case String text when WORDS.containsKey(text) -> words(text);
            case Long items -> "at least " + items + (items == 1 ? " item" : " items");
            case Collection<?> choices -> "one of " + Wording.anyOf(strings(choices));
            default -> shown(bound);
        };
    }

    private static Optional<String> range(Message rules) {
        var type = rules.getDescriptorForType();
        FieldDescriptor from = type.findFieldByName("gte");
        FieldDescriptor to = type.findFieldByName("lte");
        return from == null || to == null || !rules.hasField(from) || !rules.hasField(to)
                ? Optional.empty()
                : Optional.of("from " + shown(rules.getField(from)) + " to " + shown(rules.getField(to)));
    }

    private static String words(Object pattern) {
        return WORDS.getOrDefault(pattern, "like the pattern " + pattern);
    }

    private static List<String> strings(Object choices) {
        return ((Collection<?>) choices).stream().map(String::valueOf).toList();
    }

    private static int compare(Object value, Object bound) {
        return Double.compare(((Number) value).doubleValue(), ((Number) bound).doubleValue());
    }

    private static int bytes(Object text) {
        return ((String) text).getBytes(StandardCharsets.UTF_8).length;
    }

    private static String shown(Object value) {
        return switch (value) {
            case String text -> Wording.quote(text);
            case Double number
            when number == Math.rint(number) && Math.abs(number) < 1e15 -> String.valueOf(number.longValue());
            default -> String.valueOf(value);
        };
    }

    private void violated(String path, String message) {
        violations.add(new Violation(path, message));
    }

    private static IllegalStateException unknown(String rule, String path) {
        return new IllegalStateException("the proto's rule " + rule + " at " + path + " is not known to ProtoRules");
    }
}
