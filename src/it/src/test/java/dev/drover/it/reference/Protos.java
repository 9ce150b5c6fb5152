package dev.drover.it.reference;

import build.buf.validate.ValidateProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.ExtensionRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// The protos with their comments, as protoc has read them.
final class Protos {

    /// Where protoc puts what stands in a file (descriptor.proto).
    private static final int MESSAGE = FileDescriptorProto.MESSAGE_TYPE_FIELD_NUMBER;

    private static final int ENUM = FileDescriptorProto.ENUM_TYPE_FIELD_NUMBER;
    private static final int SERVICE = FileDescriptorProto.SERVICE_FIELD_NUMBER;
    private static final int PACKAGE = FileDescriptorProto.PACKAGE_FIELD_NUMBER;
    /// Fields of a message, values of an enum, methods of a service: all have this number.
    private static final int PART = 2;

    private final FileDescriptorSet files;
    private final Map<String, String> comments = new HashMap<>();

    private Protos(FileDescriptorSet files) {
        this.files = files;
        files.getFileList().forEach(this::read);
    }

    static Protos read(Path descriptors) {
        var extensions = ExtensionRegistry.newInstance();
        ValidateProto.registerAllExtensions(extensions);
        try (var in = Files.newInputStream(descriptors)) {
            return new Protos(FileDescriptorSet.parseFrom(in, extensions));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The files of a package, by name.
    List<FileDescriptorProto> files(String name) {
        return files.getFileList().stream()
                .filter(file -> file.getPackage().equals(name))
                .toList();
    }

    /// What stands above a thing, by its full name; each line without what begins it.
    String comment(String fullName) {
        String comment = comments.get(fullName);
        if (comment == null) {
            throw new AssertionError("no comment on " + fullName);
        }
        return comment;
    }

    private void read(FileDescriptorProto file) {
        Map<List<Integer>, String> byPath = new HashMap<>();
        file.getSourceCodeInfo()
                .getLocationList()
                .forEach(location -> byPath.put(
                        new ArrayList<>(location.getPathList()),
                        location.getLeadingComments().replaceAll("(?m)^ ", "").strip()));
        String name = file.getPackage();
        comments.merge(name, byPath.getOrDefault(List.of(PACKAGE), ""), (one, other) -> one.isEmpty() ? other : one);
        IntStream.range(0, file.getMessageTypeCount()).forEach(i -> {
            var message = file.getMessageType(i);
            String own = name + "." + message.getName();
            put(own, byPath, MESSAGE, i);
            IntStream.range(0, message.getFieldCount())
                    .forEach(j -> put(own + "." + message.getField(j).getName(), byPath, MESSAGE, i, PART, j));
        });
        IntStream.range(0, file.getEnumTypeCount()).forEach(i -> {
            var choice = file.getEnumType(i);
            String own = name + "." + choice.getName();
            put(own, byPath, ENUM, i);
            IntStream.range(0, choice.getValueCount())
                    .forEach(j -> put(own + "." + choice.getValue(j).getName(), byPath, ENUM, i, PART, j));
        });
        IntStream.range(0, file.getServiceCount()).forEach(i -> {
            var service = file.getService(i);
            String own = name + "." + service.getName();
            put(own, byPath, SERVICE, i);
            IntStream.range(0, service.getMethodCount())
                    .forEach(j -> put(own + "." + service.getMethod(j).getName(), byPath, SERVICE, i, PART, j));
        });
    }

    private void put(String fullName, Map<List<Integer>, String> byPath, Integer... path) {
        comments.put(fullName, byPath.getOrDefault(List.of(path), ""));
    }
}
