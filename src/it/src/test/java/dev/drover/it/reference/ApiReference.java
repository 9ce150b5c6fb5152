package dev.drover.it.reference;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.MethodDescriptorProto;
import com.google.protobuf.DescriptorProtos.ServiceDescriptorProto;
import java.util.Locale;

/// `docs/reference/api.md`: the calls of the control API, their messages and enums, by the comments in the protos.
final class ApiReference {

    private final Protos protos;
    private final StringBuilder page = new StringBuilder();

    private ApiReference(Protos protos) {
        this.protos = protos;
    }

    static String of(Protos protos) {
        return new ApiReference(protos).page();
    }

    private String page() {
        page.append("""
                # Reference: the control API

                Made of the comments in `proto/`; `make check` fails when it is older. The pool resource itself is in
                [the pool file](pool-file.md). A master answers reflection and `grpc.health.v1`, so that generic tools need no
                files.
                """);
        for (String name : new String[] {"drover.control.v1", "drover.worker.v1"}) {
            page.append("\n## ").append(name).append("\n\n").append(text(protos.comment(name)));
            protos.files(name).forEach(file -> file.getServiceList().forEach(each -> service(name, each)));
            protos.files(name).forEach(file -> file.getMessageTypeList().forEach(each -> message(name, each)));
            protos.files(name).forEach(file -> file.getEnumTypeList().forEach(each -> choice(name, each)));
        }
        return page.toString();
    }

    private void service(String in, ServiceDescriptorProto service) {
        String own = in + "." + service.getName();
        page.append("\n### ").append(service.getName()).append("\n\n").append(text(protos.comment(own)));
        service.getMethodList().forEach(method -> method(own, method));
    }

    private void method(String in, MethodDescriptorProto method) {
        page.append("\n#### ").append(method.getName()).append("\n\n");
        page.append("`%s(%s%s) returns (%s%s)`%n%n"
                .formatted(
                        method.getName(),
                        method.getClientStreaming() ? "stream " : "",
                        simple(method.getInputType()),
                        method.getServerStreaming() ? "stream " : "",
                        simple(method.getOutputType())));
        page.append(text(protos.comment(in + "." + method.getName())));
    }

    private void message(String in, DescriptorProto message) {
        String own = in + "." + message.getName();
        page.append("\n### ").append(message.getName()).append("\n\n").append(text(protos.comment(own)));
        if (message.getFieldCount() > 0) {
            page.append("\n| field | type | |\n| --- | --- | --- |\n");
            message.getFieldList()
                    .forEach(field -> page.append("| `%s` | %s | %s |%n"
                            .formatted(
                                    field.getName(), type(field), cell(protos.comment(own + "." + field.getName())))));
        }
    }

    private void choice(String in, EnumDescriptorProto choice) {
        String own = in + "." + choice.getName();
        page.append("\n### ").append(choice.getName()).append("\n\n").append(text(protos.comment(own)));
        page.append("\n| value | number | |\n| --- | --- | --- |\n");
        choice.getValueList()
                .forEach(value -> page.append("| `%s` | %d | %s |%n"
                        .formatted(
                                value.getName(),
                                value.getNumber(),
                                cell(protos.comment(own + "." + value.getName())))));
    }

    private static String type(FieldDescriptorProto field) {
        String type = field.getType() == FieldDescriptorProto.Type.TYPE_MESSAGE
                        || field.getType() == FieldDescriptorProto.Type.TYPE_ENUM
                ? simple(field.getTypeName())
                : field.getType().name().substring("TYPE_".length()).toLowerCase(Locale.ROOT);
        if (field.getLabel() == FieldDescriptorProto.Label.LABEL_REPEATED) {
            return "repeated " + type;
        }
        return field.getProto3Optional() ? "optional " + type : type;
    }

    private static String simple(String typeName) {
        return typeName.substring(typeName.lastIndexOf('.') + 1);
    }

    /// A comment as Markdown: each error is an item of a list.
    static String text(String comment) {
        return comment.replaceAll("(?m)^Errors(.*):$", "Errors$1:\n").replaceAll("(?m)^ {2}([A-Z_]+): ", "- `$1`: ")
                + "\n";
    }

    static String cell(String comment) {
        return comment.replaceAll("\\s+", " ").replace("|", "\\|");
    }
}
