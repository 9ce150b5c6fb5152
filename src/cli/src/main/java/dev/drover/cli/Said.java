package dev.drover.cli;

import com.google.gson.JsonObject;
import dev.drover.protocol.worker.v1.Envelope;
import dev.drover.protocol.worker.v1.Payload;
import java.util.Base64;

/// What somebody said, in one line for people or for scripts.
final class Said {

    private static final String UNTYPED = "application/octet-stream";

    private Said() {}

    /// `web-0  application/json  {"order": 7}`.
    static String line(Envelope envelope) {
        Payload payload = envelope.getMessage();
        return Table.oneLine(Target.textOf(envelope.getAddress()) + "  " + type(payload) + "  "
                + (payload.getData().isValidUtf8() ? payload.getData().toStringUtf8() : size(payload)));
    }

    /// The same as a JSON object; `base64` stands for `text` where it is none.
    static String json(Envelope envelope) {
        Payload payload = envelope.getMessage();
        var object = new JsonObject();
        object.addProperty("from", Target.textOf(envelope.getAddress()));
        object.addProperty("contentType", type(payload));
        if (payload.getData().isValidUtf8()) {
            object.addProperty("text", payload.getData().toStringUtf8());
        } else {
            object.addProperty(
                    "base64",
                    Base64.getEncoder().encodeToString(payload.getData().toByteArray()));
        }
        return object.toString();
    }

    /// `12 bytes of image/png`.
    static String describe(Payload payload) {
        return payload.getData().size() + " bytes of " + Table.oneLine(type(payload));
    }

    private static String size(Payload payload) {
        return "(" + payload.getData().size() + " bytes)";
    }

    private static String type(Payload payload) {
        return payload.getContentType().isEmpty() ? UNTYPED : payload.getContentType();
    }
}
