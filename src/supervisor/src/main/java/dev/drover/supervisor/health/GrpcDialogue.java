package dev.drover.supervisor.health;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// One call of `grpc.health.v1.Health/Check` by HTTP/2 (RFC 9113), written out: a channel of gRPC's own for each
/// question would cost some hundred times as much, and cannot be told its source port for each.
final class GrpcDialogue implements Dialogue {
    private static final byte[] PREFACE = ascii("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    private static final int FRAME_HEAD = 9;

    /// What a peer may send that was told of no other size.
    private static final int MAX_FRAME = 16_384;

    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int RESET = 3;
    private static final int SETTINGS = 4;
    private static final int GO_AWAY = 7;
    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;
    private static final int PADDED = 8;
    private static final int STREAM = 1;

    /// A byte for the compression and four for the length stand before a message.
    private static final int MESSAGE_HEAD = 5;

    private static final int SERVING = 1;

    private final byte[] question;
    private final ByteArrayOutputStream unread = new ByteArrayOutputStream();
    private final ByteArrayOutputStream message = new ByteArrayOutputStream();
    private int read;

    GrpcDialogue(String service, int port) {
        var out = new ByteArrayOutputStream();
        out.writeBytes(PREFACE);
        frame(out, SETTINGS, 0, 0, new byte[0]);
        frame(out, HEADERS, END_HEADERS, STREAM, headers(port));
        frame(out, DATA, END_STREAM, STREAM, request(service));
        this.question = out.toByteArray();
    }

    private static void frame(ByteArrayOutputStream out, int type, int flags, int stream, byte[] payload) {
        out.writeBytes(ByteBuffer.allocate(FRAME_HEAD)
                .put((byte) (payload.length >> 16))
                .putShort((short) payload.length)
                .put((byte) type)
                .put((byte) flags)
                .putInt(stream)
                .array());
        out.writeBytes(payload);
    }

    /// HPACK (RFC 7541): fields of the static table by their index, the rest as literals that are not remembered.
    private static byte[] headers(int port) {
        var out = new ByteArrayOutputStream();
        out.write(0x83); // :method POST
        out.write(0x86); // :scheme http
        out.write(0x04); // :path
        string(out, "/grpc.health.v1.Health/Check");
        out.write(0x01); // :authority
        string(out, "localhost:" + port);
        out.write(0x0f); // content-type, 15 + 16
        out.write(0x10);
        string(out, "application/grpc");
        out.write(0x00);
        string(out, "te");
        string(out, "trailers");
        return out.toByteArray();
    }

    /// At most 126 bytes: the length is one byte.
    private static void string(ByteArrayOutputStream out, String text) {
        out.write(text.length());
        out.writeBytes(ascii(text));
    }

    private static byte[] request(String service) {
        var name = service.getBytes(StandardCharsets.UTF_8);
        var body = new ByteArrayOutputStream();
        if (name.length > 0) {
            body.write(0x0a); // field 1, a string
            if (name.length >= 0x80) {
                body.write((name.length & 0x7f) | 0x80);
                body.write(name.length >> 7);
            } else {
                body.write(name.length);
            }
            body.writeBytes(name);
        }
        return ByteBuffer.allocate(MESSAGE_HEAD + body.size())
                .put((byte) 0)
                .putInt(body.size())
                .put(body.toByteArray())
                .array();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public byte[] question() {
        return question.clone();
    }

    @Override
    public Optional<ProbeResult> received(ByteBuffer more) {
        read += more.remaining();
        var bytes = new byte[more.remaining()];
        more.get(bytes);
        unread.writeBytes(bytes);
        if (read > MAX_ANSWER_BYTES) {
            return failed("the answer is longer than " + MAX_ANSWER_BYTES + " bytes");
        }
        var frames = ByteBuffer.wrap(unread.toByteArray());
        while (frames.remaining() >= FRAME_HEAD) {
            int at = frames.position();
            int length = ((frames.get(at) & 0xff) << 16) | (frames.getShort(at + 1) & 0xffff);
            if (length > MAX_FRAME) {
                return failed("the answer is no HTTP/2");
            }
            if (frames.remaining() < FRAME_HEAD + length) {
                break;
            }
            var payload = frames.slice(at + FRAME_HEAD, length);
            var result = frame(frames.get(at + 3), frames.get(at + 4), frames.getInt(at + 5), payload);
            if (result.isPresent()) {
                return result;
            }
            frames.position(at + FRAME_HEAD + length);
        }
        var rest = new byte[frames.remaining()];
        frames.get(rest);
        unread.reset();
        unread.writeBytes(rest);
        return Optional.empty();
    }

    private Optional<ProbeResult> frame(int type, int flags, int stream, ByteBuffer payload) {
        if (type == GO_AWAY || (type == RESET && stream == STREAM)) {
            return failed("the call was refused");
        }
        if (type == DATA && stream == STREAM) {
            data(flags, payload);
            var result = judged();
            if (result.isPresent()) {
                return result;
            }
        }
        boolean last = stream == STREAM && (type == DATA || type == HEADERS) && (flags & END_STREAM) != 0;
        return last
                ? failed("the health service gave no answer; is it there, and the service known?")
                : Optional.empty();
    }

    private void data(int flags, ByteBuffer payload) {
        int padding = (flags & PADDED) != 0 && payload.hasRemaining() ? payload.get() & 0xff : 0;
        var bytes = new byte[Math.max(0, payload.remaining() - padding)];
        payload.get(bytes);
        message.writeBytes(bytes);
    }

    private Optional<ProbeResult> judged() {
        var bytes = ByteBuffer.wrap(message.toByteArray());
        if (bytes.remaining() < MESSAGE_HEAD || bytes.remaining() < MESSAGE_HEAD + bytes.getInt(1)) {
            return Optional.empty();
        }
        // HealthCheckResponse: field 1, an enum; 0 is not written.
        int status = bytes.remaining() >= MESSAGE_HEAD + 2 && bytes.get(MESSAGE_HEAD) == 0x08
                ? bytes.get(MESSAGE_HEAD + 1)
                : 0;
        return status == SERVING
                ? Optional.of(PASSED)
                : failed(
                        switch (status) {
                            case 0 -> "UNKNOWN";
                            case 2 -> "NOT_SERVING";
                            case 3 -> "SERVICE_UNKNOWN";
                            default -> "status " + status;
                        });
    }

    private static Optional<ProbeResult> failed(String why) {
        return Optional.of(new ProbeResult.Failed(why));
    }

    @Override
    public ProbeResult ended() {
        return new ProbeResult.Failed("the connection was closed without an answer");
    }
}
