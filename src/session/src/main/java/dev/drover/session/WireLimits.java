package dev.drover.session;

/// [MessageLimits] as they are written in a Welcome, and back.
final class WireLimits {
    private WireLimits() {}

    static dev.drover.protocol.worker.v1.MessageLimits encode(MessageLimits limits) {
        return dev.drover.protocol.worker.v1.MessageLimits.newBuilder()
                .setMaxPayloadBytes(limits.maxPayloadBytes())
                .setMaxMessagesPerPeer(limits.maxMessagesPerPeer())
                .setMaxBytesPerPeer(limits.maxBytesPerPeer())
                .setMaxMessages(limits.maxMessages())
                .setMaxBytes(limits.maxBytes())
                .setMaxOpenRequests(limits.maxOpenRequests())
                .build();
    }

    static MessageLimits decode(dev.drover.protocol.worker.v1.MessageLimits wire) throws SessionViolation {
        try {
            return new MessageLimits(
                    wire.getMaxPayloadBytes(),
                    wire.getMaxMessagesPerPeer(),
                    wire.getMaxBytesPerPeer(),
                    wire.getMaxMessages(),
                    wire.getMaxBytes(),
                    wire.getMaxOpenRequests());
        } catch (IllegalArgumentException invalid) {
            throw SessionViolation.malformed(String.valueOf(invalid.getMessage()));
        }
    }
}
