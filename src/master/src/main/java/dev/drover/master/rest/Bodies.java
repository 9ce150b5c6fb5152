package dev.drover.master.rest;

import com.google.protobuf.ByteString;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// Tells by its type what a body is.
final class Bodies {
    private static final Set<String> YAML = Set.of("application/yaml", "application/x-yaml", "text/yaml");

    private Bodies() {}

    /// @param bytes empty: there is no body
    /// @param type `Content-Type`; empty: not told
    /// @param encoding `Content-Encoding`; empty: none
    static Optional<Incoming.Body> of(Route route, ByteString bytes, String type, String encoding)
            throws RequestRefused {
        if (bytes.isEmpty()) {
            return Optional.empty();
        }
        if (!encoding.isEmpty() && !encoding.equals("identity")) {
            throw refused("Content-Encoding " + encoding + " is not understood: send it as it is");
        }
        var media = type.split(";", -1)[0].strip().toLowerCase(Locale.ROOT);
        if (media.equals(Answer.JSON)) {
            return Optional.of(new Incoming.Body(bytes, false));
        }
        if (route.takesPoolFile() && YAML.contains(media)) {
            return Optional.of(new Incoming.Body(bytes, true));
        }
        throw refused("Content-Type '" + media + "' is not understood: send " + Answer.JSON
                + (route.takesPoolFile() ? " or application/yaml" : ""));
    }

    private static RequestRefused refused(String detail) {
        return new RequestRefused(Problem.of(415, "TYPE_NOT_SUPPORTED", detail));
    }
}
