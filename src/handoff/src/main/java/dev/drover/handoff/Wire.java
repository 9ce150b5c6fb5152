package dev.drover.handoff;

import dev.drover.posix.Fd;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/// What the codec of both directions checks.
final class Wire {
    static final int PROTOCOL_VERSION = 1;

    private Wire() {}

    /// The bytes a buffer was filled with.
    static byte[] take(ByteBuffer filled) {
        var bytes = new byte[filled.flip().remaining()];
        filled.get(bytes);
        return bytes;
    }

    static void checkSize(byte[] frame) throws MalformedFrameException {
        if (frame.length == 0 || frame.length > HandoffLimits.MAX_FRAME_BYTES) {
            throw new MalformedFrameException(
                    "frame of " + frame.length + " bytes: 1 to " + HandoffLimits.MAX_FRAME_BYTES + " are allowed");
        }
    }

    static void checkVersion(int version) throws MalformedFrameException {
        if (version != PROTOCOL_VERSION) {
            throw MalformedFrameException.protocolVersion(version);
        }
    }

    /// Exactly as many descriptors as handles named.
    static void checkDescriptors(List<Fd> descriptors, int handles) throws MalformedFrameException {
        if (descriptors.size() != handles) {
            throw new MalformedFrameException(descriptors.size() + " descriptors for " + handles + " handles");
        }
        if (handles > HandoffLimits.MAX_DESCRIPTORS) {
            throw new MalformedFrameException(
                    handles + " descriptors: at most " + HandoffLimits.MAX_DESCRIPTORS + " are allowed");
        }
    }

    static long transferId(long id) throws MalformedFrameException {
        if (id <= 0) {
            throw new MalformedFrameException(
                    "transfer id " + Long.toUnsignedString(id) + ": 1 to 2^63 - 1 are allowed");
        }
        return id;
    }

    static String name(String value, String what) throws MalformedFrameException {
        return filled(value, what, HandoffLimits.MAX_NAME_BYTES);
    }

    static String secret(String value, String what) throws MalformedFrameException {
        return filled(value, what, HandoffLimits.MAX_SECRET_BYTES);
    }

    static String text(String value, String what) throws MalformedFrameException {
        return atMost(value, what, HandoffLimits.MAX_TEXT_BYTES);
    }

    private static String filled(String value, String what, int maxBytes) throws MalformedFrameException {
        if (value.isEmpty()) {
            throw new MalformedFrameException(what + " is empty");
        }
        return atMost(value, what, maxBytes);
    }

    static String atMost(String value, String what, int maxBytes) throws MalformedFrameException {
        int bytes = value.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > maxBytes) {
            throw new MalformedFrameException(what + " of " + bytes + " bytes: at most " + maxBytes + " are allowed");
        }
        return value;
    }

    /// What to tell of a failure whose own message is a whole sentence.
    static String why(Throwable failure) {
        return Objects.requireNonNullElse(failure.getMessage(), failure.toString());
    }

    /// A text for people, cut where the other end would refuse it; at a character, never inside one.
    static String cut(String text) {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length <= HandoffLimits.MAX_TEXT_BYTES) {
            // Through the bytes, because a lone surrogate cannot be sent.
            return new String(bytes, StandardCharsets.UTF_8);
        }
        int end = HandoffLimits.MAX_TEXT_BYTES;
        while ((bytes[end] & 0xC0) == 0x80) {
            end--;
        }
        return new String(bytes, 0, end, StandardCharsets.UTF_8);
    }
}
