package dev.drover.session;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.Strictness;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import java.nio.charset.StandardCharsets;

/// What an application says: bytes, and what they are. Drover looks into neither. Immutable.
///
/// @param contentType media type (RFC 2045), at most 255 bytes in UTF-8; empty: `application/octet-stream`
/// @param bytes at most [MessageLimits#maxPayloadBytes] of them
public record Payload(String contentType, ByteString bytes) {
    /// Of [#json].
    public static final String JSON = "application/json";

    /// Of [#protobuf].
    public static final String PROTOBUF = "application/x-protobuf";

    /// Of [#text].
    public static final String TEXT = "text/plain; charset=utf-8";

    static final int MAX_CONTENT_TYPE_BYTES = 255;

    private static final Gson GSON =
            new GsonBuilder().setStrictness(Strictness.STRICT).create();

    public Payload {
        // No character has more than three bytes: most are short enough to need no counting.
        if (contentType.length() > MAX_CONTENT_TYPE_BYTES / 3
                && contentType.getBytes(StandardCharsets.UTF_8).length > MAX_CONTENT_TYPE_BYTES) {
            throw new IllegalArgumentException("cannot use a content type of " + contentType.length()
                    + " characters: at most " + MAX_CONTENT_TYPE_BYTES + " bytes are allowed");
        }
    }

    /// Bytes, which are copied.
    public static Payload of(byte[] bytes) {
        return new Payload("", ByteString.copyFrom(bytes));
    }

    /// Text in UTF-8.
    public static Payload text(String text) {
        return new Payload(TEXT, ByteString.copyFromUtf8(text));
    }

    /// A value as JSON: a record, a map, a list, a string, a number.
    ///
    /// @throws IllegalArgumentException when Gson cannot write it
    public static Payload json(Object value) {
        try {
            return new Payload(JSON, ByteString.copyFromUtf8(GSON.toJson(value)));
        } catch (RuntimeException failure) {
            // Gson throws its own, and what it meets in the value: a class, a number that is none.
            throw new IllegalArgumentException(
                    "cannot write a " + value.getClass().getName() + " as JSON: " + failure.getMessage(), failure);
        }
    }

    /// A protobuf message.
    public static Payload protobuf(MessageLite message) {
        return new Payload(PROTOBUF, message.toByteString());
    }

    /// The bytes as text in UTF-8, whatever the content type says.
    public String text() {
        return bytes.toStringUtf8();
    }

    /// The bytes as JSON, whatever the content type says: `json(Order.class)`, `json(Map.class)`.
    ///
    /// @throws IllegalArgumentException when they are no JSON, or not of that shape
    public <T> T json(Class<T> type) {
        try {
            T value = GSON.fromJson(bytes.toString(StandardCharsets.UTF_8), type);
            if (value != null) {
                return value;
            }
        } catch (RuntimeException failure) {
            // Gson throws its own, and what it meets in the type: a record that refuses its components.
            throw new IllegalArgumentException(
                    "cannot read " + this + " as " + type.getName() + ": " + failure.getMessage(), failure);
        }
        throw new IllegalArgumentException("cannot read " + this + " as " + type.getName() + ": it says null");
    }

    /// The bytes as a protobuf message, whatever the content type says: `protobuf(Order.parser())`.
    ///
    /// @throws IllegalArgumentException when they are none of that type
    public <T extends MessageLite> T protobuf(Parser<T> parser) {
        try {
            return parser.parseFrom(bytes);
        } catch (InvalidProtocolBufferException failure) {
            throw new IllegalArgumentException(
                    "cannot read " + this + " as protobuf: " + failure.getMessage(), failure);
        }
    }

    /// Its size in bytes.
    public int size() {
        return bytes.size();
    }

    /// Without the bytes, which belong to the application and may be a secret.
    @Override
    public String toString() {
        return size() + " bytes of " + (contentType.isEmpty() ? "application/octet-stream" : contentType);
    }
}
