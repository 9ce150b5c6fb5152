package dev.drover.session;

/// The bounds of messages, each with what it protects. The master sets them, its workers learn them with the
/// session.
///
/// @param maxPayloadBytes bytes of one payload: one message that no queue can hold, 1 to 16 MiB; default 1 MiB
/// @param maxMessagesPerPeer messages and requests from one sender to one address that no handler has taken yet:
///     others are not held up; default 1024
/// @param maxBytesPerPeer the bytes of those; default 2 MiB
/// @param maxMessages the same of all addresses together on one session: memory of either end; default 16 384
/// @param maxBytes the bytes of those, and of replies that are not sent yet; default 16 MiB
/// @param maxOpenRequests requests of one sender that have no outcome yet; default 4096
public record MessageLimits(
        int maxPayloadBytes,
        int maxMessagesPerPeer,
        long maxBytesPerPeer,
        int maxMessages,
        long maxBytes,
        int maxOpenRequests) {

    /// The defaults.
    public static final MessageLimits DEFAULT = new MessageLimits(1 << 20, 1024, 2L << 20, 16_384, 16L << 20, 4096);

    static final int MOST_PAYLOAD_BYTES = 16 << 20;

    public MessageLimits {
        check(
                maxPayloadBytes >= 1 && maxPayloadBytes <= MOST_PAYLOAD_BYTES,
                "maxPayloadBytes " + maxPayloadBytes + ": 1 to " + MOST_PAYLOAD_BYTES);
        check(maxMessagesPerPeer >= 1, "maxMessagesPerPeer " + maxMessagesPerPeer + ": from 1");
        check(
                maxBytesPerPeer >= maxPayloadBytes,
                "maxBytesPerPeer " + maxBytesPerPeer + ": from maxPayloadBytes, " + maxPayloadBytes);
        check(
                maxMessages >= maxMessagesPerPeer,
                "maxMessages " + maxMessages + ": from maxMessagesPerPeer, " + maxMessagesPerPeer);
        check(maxBytes >= maxBytesPerPeer, "maxBytes " + maxBytes + ": from maxBytesPerPeer, " + maxBytesPerPeer);
        check(maxOpenRequests >= 1, "maxOpenRequests " + maxOpenRequests + ": from 1");
    }

    private static void check(boolean holds, String problem) {
        if (!holds) {
            throw new IllegalArgumentException("cannot bound messages by " + problem + " is allowed");
        }
    }
}
