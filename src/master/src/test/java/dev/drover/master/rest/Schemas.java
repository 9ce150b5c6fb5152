package dev.drover.master.rest;

import com.google.protobuf.Descriptors.Descriptor;
import java.util.Objects;

/// What a route tells, by the protos.
final class Schemas {
    private Schemas() {}

    /// The message that is told, or of which a list is.
    static Descriptor told(Shape shape, Descriptor answer) {
        return switch (shape) {
            case Shape.Whole() -> answer;
            case Shape.Only(var field) -> field(answer, field);
            case Shape.Items(var field) -> field(answer, field);
            case Shape.Newest(var field, var _) -> field(answer, field);
            case Shape.Lines(var field) -> field(answer, field);
        };
    }

    /// The message that an event tells.
    static Descriptor told(Watch.Told told, Descriptor answer) {
        return switch (told) {
            case Watch.Told.Changes(var field) -> field(answer, field);
            case Watch.Told.Happenings(var field) -> field(answer, field);
            case Watch.Told.States(var field) -> field(answer, field);
            case Watch.Told.Lines(var field) -> field(answer, field);
        };
    }

    private static Descriptor field(Descriptor answer, String name) {
        return Objects.requireNonNull(answer.findFieldByName(name), () -> answer.getFullName() + " has no " + name)
                .getMessageType();
    }
}
