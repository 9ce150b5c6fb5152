package dev.drover.session;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import dev.drover.protocol.worker.v1.Broadcast;
import dev.drover.protocol.worker.v1.Cancel;
import dev.drover.protocol.worker.v1.Envelope;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The domain as it is written in envelopes, and back. Pure.
final class Envelopes {
    private static final int MAX_FAILURE_BYTES = 1024 * 4;
    private static final long NANOS_PER_SECOND = 1_000_000_000;

    /// Encoded once.
    private static final Map<String, ByteString> COMMON_TYPES = Stream.of(
                    "", Payload.TEXT, Payload.JSON, Payload.PROTOBUF)
            .collect(Collectors.toUnmodifiableMap(type -> type, ByteString::copyFromUtf8));

    private Envelopes() {}

    /// Without its number.
    ///
    /// @param peer whom it is for, or from whom it is
    static Envelope.Builder said(Address peer, Said said) {
        var envelope = Envelope.newBuilder();
        if (!(peer instanceof Address.Parent)) {
            envelope.setAddress(encode(peer));
        }
        return switch (said) {
            case Said.Message(var payload) -> envelope.setMessage(encode(payload));
            case Said.Request request ->
                envelope.setRequest(dev.drover.protocol.worker.v1.Request.newBuilder()
                        .setPayload(encode(request.payload()))
                        .setTimeout(encode(request.timeLeft())));
        };
    }

    static Envelope reply(long id, Payload payload) {
        return Envelope.newBuilder().setId(id).setReply(encode(payload)).build();
    }

    static Envelope failure(long id, Failure failure) {
        return Envelope.newBuilder()
                .setId(id)
                .setFailure(dev.drover.protocol.worker.v1.Failure.newBuilder()
                        .setReason(encode(failure.reason()))
                        .setMessage(failure.message()))
                .build();
    }

    static Envelope cancel(long id) {
        return Envelope.newBuilder()
                .setId(id)
                .setCancel(Cancel.getDefaultInstance())
                .build();
    }

    static Envelope broadcast(long id, int delivered, int failed) {
        return Envelope.newBuilder()
                .setId(id)
                .setBroadcast(Broadcast.newBuilder().setDelivered(delivered).setFailed(failed))
                .build();
    }

    static Delivery broadcast(Broadcast wire) throws SessionViolation {
        if (wire.getDelivered() < 0 || wire.getFailed() < 0) {
            throw SessionViolation.malformed("a broadcast to more than 2^31 - 1 workers");
        }
        return new Delivery(wire.getDelivered(), wire.getFailed());
    }

    static dev.drover.protocol.worker.v1.Address encode(Address address) {
        var wire = dev.drover.protocol.worker.v1.Address.newBuilder();
        switch (address) {
            case Address.Parent _ -> {}
            case Address.Worker(var name) -> wire.setWorker(name);
            case Address.Pool(var name) -> wire.setPool(name);
            case Address.Program(var name) -> wire.setProgram(name);
        }
        return wire.build();
    }

    private static dev.drover.protocol.worker.v1.Payload encode(Payload payload) {
        return dev.drover.protocol.worker.v1.Payload.newBuilder()
                .setContentTypeBytes(contentType(payload.contentType()))
                .setData(payload.bytes())
                .build();
    }

    private static ByteString contentType(String type) {
        var common = COMMON_TYPES.get(type);
        return common == null ? ByteString.copyFromUtf8(type) : common;
    }

    private static Duration encode(java.time.Duration duration) {
        return Duration.newBuilder()
                .setSeconds(duration.toSeconds())
                .setNanos(duration.toNanosPart())
                .build();
    }

    static dev.drover.protocol.worker.v1.FailureReason encode(FailureReason reason) {
        return switch (reason) {
            case NO_RECEIVER -> dev.drover.protocol.worker.v1.FailureReason.FAILURE_REASON_NO_RECEIVER;
            case NO_HANDLER -> dev.drover.protocol.worker.v1.FailureReason.FAILURE_REASON_NO_HANDLER;
            case PEER_GONE -> dev.drover.protocol.worker.v1.FailureReason.FAILURE_REASON_PEER_GONE;
            case HANDLER_FAILED -> dev.drover.protocol.worker.v1.FailureReason.FAILURE_REASON_HANDLER_FAILED;
            case DEADLINE_EXCEEDED -> dev.drover.protocol.worker.v1.FailureReason.FAILURE_REASON_DEADLINE_EXCEEDED;
            case CANCELLED -> dev.drover.protocol.worker.v1.FailureReason.FAILURE_REASON_CANCELLED;
            case QUEUE_FULL -> dev.drover.protocol.worker.v1.FailureReason.FAILURE_REASON_QUEUE_FULL;
            case TOO_LARGE -> dev.drover.protocol.worker.v1.FailureReason.FAILURE_REASON_TOO_LARGE;
        };
    }

    static Address address(Envelope envelope) throws SessionViolation {
        if (!envelope.hasAddress()) {
            return Address.parent();
        }
        var wire = envelope.getAddress();
        try {
            return switch (wire.getKindCase()) {
                case WORKER -> Address.worker(wire.getWorker());
                case POOL -> Address.pool(wire.getPool());
                case PROGRAM -> Address.program(wire.getProgram());
                case KIND_NOT_SET -> Address.parent();
            };
        } catch (IllegalArgumentException invalid) {
            throw SessionViolation.malformed(String.valueOf(invalid.getMessage()));
        }
    }

    static Payload payload(dev.drover.protocol.worker.v1.Payload wire, MessageLimits limits) throws SessionViolation {
        ByteString bytes = wire.getData();
        if (bytes.size() > limits.maxPayloadBytes()) {
            throw SessionViolation.overLimit(
                    "a payload of " + bytes.size() + " bytes: at most " + limits.maxPayloadBytes() + " are allowed");
        }
        try {
            return new Payload(wire.getContentType(), bytes);
        } catch (IllegalArgumentException _) {
            throw SessionViolation.malformed(
                    "a content type of more than " + Payload.MAX_CONTENT_TYPE_BYTES + " bytes");
        }
    }

    static Said.Request request(dev.drover.protocol.worker.v1.Request wire, MessageLimits limits)
            throws SessionViolation {
        long seconds = wire.getTimeout().getSeconds();
        long nanos = wire.getTimeout().getNanos();
        if (seconds < 0 || nanos < 0 || nanos >= NANOS_PER_SECOND) {
            throw SessionViolation.malformed("a request whose timeout is negative or no duration");
        }
        // A century is as good as for ever, and cannot overflow.
        long timeout = Math.min(seconds, 3_000_000_000L) * NANOS_PER_SECOND + nanos;
        return new Said.Request(payload(wire.getPayload(), limits), System.nanoTime() + timeout);
    }

    static Failure failure(dev.drover.protocol.worker.v1.Failure wire) throws SessionViolation {
        if (wire.getMessageBytes().size() > MAX_FAILURE_BYTES) {
            throw SessionViolation.malformed("a failure's message of more than " + MAX_FAILURE_BYTES + " bytes");
        }
        var reason = switch (wire.getReason()) {
            case FAILURE_REASON_NO_RECEIVER -> FailureReason.NO_RECEIVER;
            case FAILURE_REASON_NO_HANDLER -> FailureReason.NO_HANDLER;
            case FAILURE_REASON_PEER_GONE -> FailureReason.PEER_GONE;
            case FAILURE_REASON_HANDLER_FAILED -> FailureReason.HANDLER_FAILED;
            case FAILURE_REASON_DEADLINE_EXCEEDED -> FailureReason.DEADLINE_EXCEEDED;
            case FAILURE_REASON_CANCELLED -> FailureReason.CANCELLED;
            case FAILURE_REASON_QUEUE_FULL -> FailureReason.QUEUE_FULL;
            case FAILURE_REASON_TOO_LARGE -> FailureReason.TOO_LARGE;
            case FAILURE_REASON_UNSPECIFIED, UNRECOGNIZED ->
                throw SessionViolation.malformed("a failure of unknown reason");
        };
        return new Failure(reason, wire.getMessage());
    }
}
