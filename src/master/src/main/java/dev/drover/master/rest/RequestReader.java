package dev.drover.master.rest;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import dev.drover.poolfile.PoolFiles;
import dev.drover.protocol.control.v1.ApplyPoolsRequest;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// Makes a method's request of what came by HTTP: the body is the request in proto JSON, and parameters and variables
/// are fields of it. A field that is given twice must be given alike. Checks nothing else: that is the method's to do.
final class RequestReader {
    private static final String RESOURCE_VERSION = "resource_version";

    private final GrpcMethod method;

    RequestReader(GrpcMethod method) {
        this.method = method;
    }

    Message read(Incoming incoming) throws RequestRefused {
        var request = method.request();
        if (incoming.body().isPresent()) {
            body(incoming.body().get(), request);
        }
        for (var parameter : incoming.query().entrySet()) {
            set(request, parameterField(parameter.getKey()), parameter.getKey(), parameter.getValue());
        }
        for (var variable : incoming.variables().entrySet()) {
            var field = fieldOf(variable.getKey());
            if (field.isPresent()) {
                set(request, field.get(), variable.getKey(), variable.getValue());
            }
        }
        if (incoming.version().isPresent()) {
            version(request, incoming.version().get());
        }
        return request.build();
    }

    private static void body(Incoming.Body body, Message.Builder request) throws RequestRefused {
        if (body.yaml()) {
            poolFile(body.bytes(), (ApplyPoolsRequest.Builder) request);
            return;
        }
        try {
            JsonFormat.parser().merge(text(body.bytes()), request);
        } catch (InvalidProtocolBufferException | CharacterCodingException broken) {
            throw new RequestRefused(Problem.of(
                    400,
                    "BODY_INVALID",
                    "cannot read the body as " + request.getDescriptorForType().getName() + " in JSON: "
                            + broken.getMessage()));
        }
    }

    private static String text(ByteString bytes) throws CharacterCodingException {
        return StandardCharsets.UTF_8
                .newDecoder()
                .decode(bytes.asReadOnlyByteBuffer())
                .toString();
    }

    /// A pool file, with the same refusals as `drover apply`.
    private static void poolFile(ByteString bytes, ApplyPoolsRequest.Builder request) throws RequestRefused {
        var read = PoolFiles.read(List.of(Path.of("-")), bytes.newInput());
        if (!read.problems().isEmpty()) {
            throw new RequestRefused(new Problem(
                    400,
                    "FIELD_INVALID",
                    read.problems().stream()
                            .map(problem -> "line " + problem.line() + ": "
                                    + (problem.path().isEmpty() ? "" : problem.path() + ": ") + problem.message())
                            .collect(Collectors.joining("; ")),
                    Map.of(),
                    read.problems().stream()
                            .map(problem -> new Problem.Violation(problem.path(), problem.message()))
                            .toList()));
        }
        request.addAllPools(read.pools());
    }

    private FieldDescriptor parameterField(String name) throws RequestRefused {
        return fieldOf(name)
                .filter(RequestReader::isParameter)
                .orElseThrow(() ->
                        new RequestRefused(Problem.invalid(name, "is not a parameter here; " + allowed(parameters()))));
    }

    private static String allowed(List<String> parameters) {
        return parameters.isEmpty() ? "there is none" : "there is " + String.join(", ", parameters);
    }

    private List<String> parameters() {
        return parameters(method.schema().getInputType()).stream()
                .map(FieldDescriptor::getJsonName)
                .toList();
    }

    /// The fields of a request that a query can set.
    static List<FieldDescriptor> parameters(Descriptor request) {
        return request.getFields().stream().filter(RequestReader::isParameter).toList();
    }

    private static boolean isParameter(FieldDescriptor field) {
        return !field.isRepeated()
                && switch (field.getJavaType()) {
                    case STRING, BOOLEAN, INT -> true;
                    case LONG, FLOAT, DOUBLE, BYTE_STRING, ENUM, MESSAGE -> false;
                };
    }

    private Optional<FieldDescriptor> fieldOf(String jsonName) {
        return method.schema().getInputType().getFields().stream()
                .filter(field -> field.getJsonName().equals(jsonName))
                .findFirst();
    }

    private static void set(Message.Builder request, FieldDescriptor field, String name, String text)
            throws RequestRefused {
        var value = value(field, name, text);
        if (request.hasField(field) ? !request.getField(field).equals(value) : isTaken(request, field)) {
            throw new RequestRefused(Problem.invalid(name, "is given twice, and differently"));
        }
        request.setField(field, value);
    }

    /// Without this the last of those that exclude each other would win.
    private static boolean isTaken(Message.Builder request, FieldDescriptor field) {
        var oneof = field.getRealContainingOneof();
        return oneof != null && request.hasOneof(oneof);
    }

    private static Object value(FieldDescriptor field, String name, String text) throws RequestRefused {
        return switch (field.getJavaType()) {
            case BOOLEAN -> Query.flag(name, text);
            case INT -> number(name, text);
            case STRING, LONG, FLOAT, DOUBLE, BYTE_STRING, ENUM, MESSAGE -> text;
        };
    }

    private static int number(String name, String text) throws RequestRefused {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException _) {
            throw new RequestRefused(Problem.invalid(name, "is '" + text + "', must be a whole number"));
        }
    }

    private void version(Message.Builder request, Incoming.Version version) throws RequestRefused {
        var field = method.schema().getInputType().findFieldByName(RESOURCE_VERSION);
        if (field == null) {
            throw new RequestRefused(Problem.invalid(version.header(), "is not heeded here; leave it out"));
        }
        request.setField(field, version.value());
    }
}
