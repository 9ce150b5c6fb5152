package dev.drover.master.control;

import dev.drover.poolfile.Violation;
import java.util.List;

/// From where a watch goes on, as it was told to whoever watches.
final class ResourceVersions {
    private ResourceVersions() {}

    /// @throws CallRefused where it is none that was ever told
    static long parse(String version) throws CallRefused {
        try {
            return Long.parseUnsignedLong(version);
        } catch (NumberFormatException _) {
            throw new CallRefused(new Refusal.FieldsInvalid(
                    List.of(new Violation("resourceVersion", "is not one that was told: give one that was, or none"))));
        }
    }
}
