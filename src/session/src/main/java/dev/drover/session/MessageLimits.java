package dev.drover.session;

/// The bounds of messages, each with what it protects. The master sets them, its workers learn them with the
/// session.
///
/// @param maxPayloadBytes bytes of one payload: one message that no queue can hold, 1 to 16 MiB; default 1 MiB
/// @param maxMessagesPerPeer messages and requests from one sender to one address that no handler has taken yet:
///     others are not held up; default 4096
/// @param maxBytesPerPeer the bytes of those; default 2 MiB
/// @param maxMessages the same of all addresses together on one session: memory of either end; default 16 384
/// @param maxBytes the bytes of those, and of replies that are not sent yet; default 16 MiB
/// @param maxOpenRequests requests of one sender that have no outcome yet; default 4096
/// @param maxTotalBytes what all sessions and programs of one master hold together, each message counted with 512
///     bytes more than its payload, and no one of them more than is left to the others: the master's memory,
///     however many workers there are; default 16 MiB
public record MessageLimits(
        int maxPayloadBytes,
        int maxMessagesPerPeer,
        long maxBytesPerPeer,
        int maxMessages,
        long maxBytes,
        int maxOpenRequests,
        long maxTotalBytes) {

    /// The largest payload that can be allowed.
    public static final int MOST_PAYLOAD_BYTES = 16 << 20;

    private static final long DEFAULT_TOTAL_BYTES = 16L << 20;

    /// The defaults.
    public static final MessageLimits DEFAULT = new MessageLimits(1 << 20, 4096, 2L << 20, 16_384, 16L << 20, 4096);

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
        long largest = 2 * Budget.costOf(maxPayloadBytes);
        check(maxTotalBytes >= largest, "maxTotalBytes " + maxTotalBytes + ": from two largest messages, " + largest);
    }

    /// With the default of what the master holds, or as much as four of the largest messages need.
    public MessageLimits(
            int maxPayloadBytes,
            int maxMessagesPerPeer,
            long maxBytesPerPeer,
            int maxMessages,
            long maxBytes,
            int maxOpenRequests) {
        this(
                maxPayloadBytes,
                maxMessagesPerPeer,
                maxBytesPerPeer,
                maxMessages,
                maxBytes,
                maxOpenRequests,
                Math.max(DEFAULT_TOTAL_BYTES, 4 * Budget.costOf(maxPayloadBytes)));
    }

    private static void check(boolean holds, String problem) {
        if (!holds) {
            throw new IllegalArgumentException("cannot bound messages by " + problem + " is allowed");
        }
    }
}
