package dev.drover.master.control;

import com.google.protobuf.Duration;
import dev.drover.protocol.worker.v1.Cancel;
import dev.drover.protocol.worker.v1.Envelope;
import dev.drover.protocol.worker.v1.MessageLimits;
import dev.drover.protocol.worker.v1.Request;
import dev.drover.session.Address;
import dev.drover.session.IncomingMessage;
import dev.drover.session.IncomingRequest;
import dev.drover.session.Payload;
import java.util.regex.Pattern;

/// What is said, as the control API writes it, and back. Pure.
final class Spoken {
    private static final int MAX_CONTENT_TYPE_BYTES = 255;
    private static final long NANOS_PER_SECOND = 1_000_000_000;

    /// What a program may call itself: it is shown in logs and tables.
    private static final Pattern PROGRAM = Pattern.compile("[A-Za-z0-9._-]{1," + Address.MAX_NAME + "}");

    /// Longer is as good as for ever, and cannot overflow.
    private static final java.time.Duration LONGEST = java.time.Duration.ofDays(36_500);

    private Spoken() {}

    /// @param field where it stands, for people
    static Address.Program program(String field, String name) throws CallRefused {
        if (name.isEmpty()) {
            throw new CallRefused(new Refusal.FieldMissing(field));
        }
        if (!PROGRAM.matcher(name).matches()) {
            throw invalid(
                    field, "1 to " + Address.MAX_NAME + " letters, digits, '.', '_' or '-' are allowed in a name");
        }
        return new Address.Program(name);
    }

    /// A worker, a pool or a program.
    static Address address(String field, dev.drover.protocol.worker.v1.Address wire) throws CallRefused {
        try {
            return switch (wire.getKindCase()) {
                case WORKER -> Address.worker(wire.getWorker());
                case POOL -> Address.pool(wire.getPool());
                case PROGRAM -> Address.program(wire.getProgram());
                case KIND_NOT_SET -> throw new CallRefused(new Refusal.FieldMissing(field));
            };
        } catch (IllegalArgumentException wrong) {
            throw invalid(field, String.valueOf(wrong.getMessage()));
        }
    }

    static Payload payload(String field, dev.drover.protocol.worker.v1.Payload wire) throws CallRefused {
        int length = wire.getContentTypeBytes().size();
        if (length > MAX_CONTENT_TYPE_BYTES) {
            throw invalid(
                    field + ".content_type",
                    length + " bytes are too long: at most " + MAX_CONTENT_TYPE_BYTES + " are allowed");
        }
        return new Payload(wire.getContentType(), wire.getData());
    }

    /// 0 or more.
    static java.time.Duration duration(String field, Duration wire) throws CallRefused {
        if (wire.getSeconds() < 0 || wire.getNanos() < 0 || wire.getNanos() >= NANOS_PER_SECOND) {
            throw invalid(field, "it is negative, or no duration");
        }
        return wire.getSeconds() >= LONGEST.toSeconds()
                ? LONGEST
                : java.time.Duration.ofSeconds(wire.getSeconds(), wire.getNanos());
    }

    private static CallRefused invalid(String field, String problem) {
        return new CallRefused(new Refusal.FieldInvalid(field, problem));
    }

    static dev.drover.protocol.worker.v1.Payload wire(Payload payload) {
        return dev.drover.protocol.worker.v1.Payload.newBuilder()
                .setContentType(payload.contentType())
                .setData(payload.bytes())
                .build();
    }

    static Envelope message(long number, IncomingMessage message) {
        return envelope(number, message.from())
                .setMessage(wire(message.payload()))
                .build();
    }

    static Envelope request(long number, IncomingRequest request) {
        var left = request.timeLeft();
        return envelope(number, request.from())
                .setRequest(Request.newBuilder()
                        .setPayload(wire(request.payload()))
                        .setTimeout(Duration.newBuilder()
                                .setSeconds(left.toSeconds())
                                .setNanos(left.toNanosPart())))
                .build();
    }

    static Envelope cancel(long number) {
        return Envelope.newBuilder()
                .setId(number)
                .setCancel(Cancel.getDefaultInstance())
                .build();
    }

    private static Envelope.Builder envelope(long number, Address from) {
        var envelope = Envelope.newBuilder().setId(number);
        var address = dev.drover.protocol.worker.v1.Address.newBuilder();
        return switch (from) {
            case Address.Parent() -> envelope;
            case Address.Worker(var name) -> envelope.setAddress(address.setWorker(name));
            case Address.Pool(var name) -> envelope.setAddress(address.setPool(name));
            case Address.Program(var name) -> envelope.setAddress(address.setProgram(name));
        };
    }

    static MessageLimits wire(dev.drover.session.MessageLimits limits) {
        return MessageLimits.newBuilder()
                .setMaxPayloadBytes(limits.maxPayloadBytes())
                .setMaxMessagesPerPeer(limits.maxMessagesPerPeer())
                .setMaxBytesPerPeer(limits.maxBytesPerPeer())
                .setMaxMessages(limits.maxMessages())
                .setMaxBytes(limits.maxBytes())
                .setMaxOpenRequests(limits.maxOpenRequests())
                .build();
    }
}
