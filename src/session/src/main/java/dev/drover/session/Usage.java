package dev.drover.session;

/// What is under way to one address and not taken yet. Guarded by the lock of its outbox, but for what [#leave] counts,
/// which belongs to the loop.
final class Usage {
    private int messages;
    private long bytes;

    /// What has left and still counts.
    private int messagesLeft;

    private long bytesLeft;

    boolean hasRoom(int size, MessageLimits limits) {
        // INVARIANT: a lone message always fits, because no payload is larger than maxBytesPerPeer.
        return messages < limits.maxMessagesPerPeer() && bytes + size <= limits.maxBytesPerPeer();
    }

    void add(int size) {
        messages++;
        bytes += size;
    }

    /// One has left, and counts until [#removeLeft]. By the loop, without the lock.
    ///
    /// @return whether it is the first one
    boolean leave(int size) {
        bytesLeft += size;
        return messagesLeft++ == 0;
    }

    /// What has left counts no more. By the loop, with the lock.
    void removeLeft() {
        messages -= messagesLeft;
        bytes -= bytesLeft;
        messagesLeft = 0;
        bytesLeft = 0;
    }

    boolean isEmpty() {
        return messages == 0;
    }
}
