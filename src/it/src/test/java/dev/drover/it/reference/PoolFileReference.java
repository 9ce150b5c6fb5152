package dev.drover.it.reference;

import build.buf.validate.FieldRules;
import build.buf.validate.ValidateProto;
import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/// `docs/reference/pool-file.md`: every field of a pool, by the comments and rules in its proto.
final class PoolFileReference {

    private static final String PACKAGE = "drover.pool.v1";

    private final Protos protos;
    private final StringBuilder page = new StringBuilder();

    private PoolFileReference(Protos protos) {
        this.protos = protos;
    }

    static String of(Protos protos) {
        return new PoolFileReference(protos).page();
    }

    private String page() {
        page.append("""
                # Reference: the pool file

                Made of `proto/drover/pool/v1/pool.proto`; `make check` fails when it is older. A file holds one pool or several,
                divided by `---`. An unknown field is an error; `drover validate -f FILE` tells all of them, with their lines.
                `drover get pool NAME -o yaml` shows a pool with its defaults.
                """);
        protos.files(PACKAGE).getFirst().getMessageTypeList().forEach(this::message);
        return page.toString();
    }

    private void message(DescriptorProto message) {
        String own = PACKAGE + "." + message.getName();
        page.append("\n## ")
                .append(message.getName())
                .append("\n\n")
                .append(named(ApiReference.text(protos.comment(own))));
        if (message.getFieldCount() > 0) {
            Map<String, DescriptorProto> entries = message.getNestedTypeList().stream()
                    .collect(Collectors.toMap(DescriptorProto::getName, Function.identity()));
            page.append("\n| field | type | allowed | |\n| --- | --- | --- | --- |\n");
            message.getFieldList()
                    .forEach(field -> page.append("| `%s` | %s | %s | %s |%n"
                            .formatted(
                                    field.getJsonName(),
                                    type(field, entries),
                                    ApiReference.cell(allowed(field.getOptions().getExtension(ValidateProto.field))),
                                    named(ApiReference.cell(protos.comment(own + "." + field.getName()))))));
        }
    }

    /// With fields called as in a file: `minReadySeconds`, where a proto says `min_ready_seconds`.
    private String named(String comment) {
        String text = comment;
        for (DescriptorProto message : protos.files(PACKAGE).getFirst().getMessageTypeList()) {
            for (FieldDescriptorProto field : message.getFieldList()) {
                if (!field.getName().equals(field.getJsonName())) {
                    text = text.replace("`" + field.getName() + "`", "`" + field.getJsonName() + "`")
                            .replace("." + field.getName() + "`", "." + field.getJsonName() + "`");
                }
            }
        }
        return text;
    }

    private static String type(FieldDescriptorProto field, Map<String, DescriptorProto> entries) {
        String name = field.getTypeName().substring(field.getTypeName().lastIndexOf('.') + 1);
        if (entries.containsKey(name)) {
            return "map of strings";
        }
        String type = field.getType() == FieldDescriptorProto.Type.TYPE_MESSAGE
                ? switch (name) {
                    case "Value" -> "number or string";
                    case "Timestamp" -> "time";
                    default -> "[" + name + "](#" + name.toLowerCase(java.util.Locale.ROOT) + ")";
                }
                : switch (field.getType()) {
                    case TYPE_BOOL -> "`true` or `false`";
                    case TYPE_DOUBLE -> "number";
                    case TYPE_INT32 -> "whole number";
                    case TYPE_STRING -> "string";
                    case FieldDescriptorProto.Type other -> throw new AssertionError("no word for " + other);
                };
        return field.getLabel() == FieldDescriptorProto.Label.LABEL_REPEATED ? "list of " + type : type;
    }

    private static String allowed(FieldRules rules) {
        var said = new ArrayList<String>();
        if (rules.getRequired()) {
            said.add("required");
        }
        if (rules.hasInt32()) {
            var bounds = rules.getInt32();
            said.add(range(bounds.hasGte(), bounds.getGte(), bounds.hasLte(), bounds.getLte()));
        }
        if (rules.hasDouble()) {
            var bounds = rules.getDouble();
            said.add(range(bounds.hasGte(), (long) bounds.getGte(), bounds.hasLte(), (long) bounds.getLte()));
        }
        if (rules.hasString()) {
            said.addAll(ofString(rules.getString()));
        }
        if (rules.hasRepeated()) {
            var bounds = rules.getRepeated();
            said.add(range(bounds.hasMinItems(), bounds.getMinItems(), bounds.hasMaxItems(), bounds.getMaxItems())
                    + " items");
        }
        if (rules.hasMap()) {
            said.add("at most " + rules.getMap().getMaxPairs() + " pairs");
        }
        return String.join("; ", said);
    }

    private static List<String> ofString(build.buf.validate.StringRules rules) {
        var said = new ArrayList<String>();
        if (rules.hasConst()) {
            said.add("`" + rules.getConst() + "`");
        }
        if (rules.getInCount() > 0) {
            said.add(rules.getInList().stream().map(each -> "`" + each + "`").collect(Collectors.joining(", ")));
        }
        if (rules.hasMaxLen()) {
            said.add("at most " + rules.getMaxLen() + " characters");
        }
        if (rules.hasMaxBytes()) {
            said.add("at most " + rules.getMaxBytes() + " bytes");
        }
        if (rules.hasPattern()) {
            said.add("``" + rules.getPattern().replace("\t", "\\t") + "``");
        }
        return said;
    }

    private static String range(boolean hasLeast, long least, boolean hasMost, long most) {
        if (hasLeast && hasMost) {
            return least + " to " + most;
        }
        return hasLeast ? "at least " + least : "at most " + most;
    }
}
