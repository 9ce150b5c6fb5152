package dev.drover.session;

/// What is under way to one address and not taken yet.
final class Usage {
    private int messages;
    private long bytes;

    boolean hasRoom(int size, MessageLimits limits) {
        // INVARIANT: a lone message always fits, because no payload is larger than maxBytesPerPeer.
        return messages < limits.maxMessagesPerPeer() && bytes + size <= limits.maxBytesPerPeer();
    }

    void add(int size) {
        messages++;
        bytes += size;
    }

    void remove(int size) {
        messages--;
        bytes -= size;
    }

    boolean isEmpty() {
        return messages == 0;
    }
}
