package dev.drover.master.rest;

import com.google.protobuf.Message;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/// Fields of messages by their names in the proto. A test holds the table of routes against the protos.
final class Fields {
    private Fields() {}

    static Object value(Message message, String name) {
        return message.getField(Objects.requireNonNull(
                message.getDescriptorForType().findFieldByName(name), () -> message.getClass() + " has no " + name));
    }

    static Stream<Message> messages(Message message, String name) {
        return ((List<?>) value(message, name)).stream().map(Message.class::cast);
    }
}
