package dev.drover.master.control;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// What programs have given to this master and has not gone on yet: messages and requests of calls, replies of
/// subscribers. Bounded, because each waits for room with its payload in memory. Thread-safe.
final class InHand {
    /// Each has a thread that waits.
    static final int MAX_CALLS = 4096;

    private final long maxBytes;
    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();

    /// @param maxBytes of the payloads of all of them together
    InHand(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /// Takes one in hand.
    ///
    /// @return whether there is room for it; if so it is to be given back
    boolean take(int payloadBytes) {
        boolean room = calls.incrementAndGet() <= MAX_CALLS;
        room &= bytes.addAndGet(payloadBytes) <= maxBytes;
        if (!room) {
            giveBack(payloadBytes);
        }
        return room;
    }

    /// How many there are.
    int calls() {
        return calls.get();
    }

    void giveBack(int payloadBytes) {
        calls.decrementAndGet();
        bytes.addAndGet(-payloadBytes);
    }
}
