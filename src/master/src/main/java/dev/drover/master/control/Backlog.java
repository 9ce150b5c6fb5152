package dev.drover.master.control;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.drover.protocol.worker.v1.Envelope;
import dev.drover.session.IncomingMessage;
import dev.drover.session.IncomingRequest;
import dev.drover.session.Receipt;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/// What a subscribed program is given, by number, until it has signed for it and answered it. Thread-safe.
///
/// Bounded by [dev.drover.session.Program], which lets nothing come before something else has gone: what waits here to
/// be written has not been signed for, and a request whose time is up is dropped unwritten.
final class Backlog {
    /// Envelopes written as one gRPC message; the contract allows 1024.
    private static final int MAX_BATCH = 256;

    /// Bytes of payload written as one gRPC message, unless one alone has more.
    private static final int MAX_BATCH_BYTES = 256 << 10;

    /// Something given to the program.
    private sealed interface Given {
        Receipt receipt();

        /// When it came, of [System#nanoTime].
        long since();

        int size();

        /// Whether nobody wants it any more.
        boolean isOver();

        Envelope envelope(long number);

        record Message(IncomingMessage message, Receipt receipt, long since) implements Given {
            @Override
            public int size() {
                return message.payload().size();
            }

            @Override
            public boolean isOver() {
                return false;
            }

            @Override
            public Envelope envelope(long number) {
                return Spoken.message(number, message);
            }
        }

        record Request(IncomingRequest request, Receipt receipt, long since) implements Given {
            @Override
            public int size() {
                return request.payload().size();
            }

            @Override
            public boolean isOver() {
                return request.isCancelled();
            }

            @Override
            public Envelope envelope(long number) {
                return Spoken.request(number, request);
            }
        }
    }

    private final ReentrantLock lock = new ReentrantLock();

    /// Not written yet, in order.
    @GuardedBy("lock")
    private final Map<Long, Given> waiting = new LinkedHashMap<>();

    /// Written and not signed for.
    @GuardedBy("lock")
    private final TreeMap<Long, Given> unsigned = new TreeMap<>();

    /// Written and not answered.
    @GuardedBy("lock")
    private final Map<Long, IncomingRequest> unanswered = new HashMap<>();

    /// Numbers of requests that were written and are no longer wanted.
    @GuardedBy("lock")
    private final ArrayDeque<Long> cancels = new ArrayDeque<>();

    @GuardedBy("lock")
    private long lastGiven;

    @GuardedBy("lock")
    private long lastWritten;

    void add(IncomingMessage message, Receipt receipt) {
        lock.lock();
        try {
            waiting.put(++lastGiven, new Given.Message(message, receipt, System.nanoTime()));
        } finally {
            lock.unlock();
        }
    }

    /// @return its number
    long add(IncomingRequest request, Receipt receipt) {
        lock.lock();
        try {
            waiting.put(++lastGiven, new Given.Request(request, receipt, System.nanoTime()));
            return lastGiven;
        } finally {
            lock.unlock();
        }
    }

    /// A request is no longer wanted.
    void cancel(long number) {
        lock.lock();
        try {
            if (waiting.remove(number) == null && unanswered.remove(number) != null) {
                unsigned.remove(number);
                cancels.add(number);
            }
        } finally {
            lock.unlock();
        }
    }

    /// What is to be written next; it counts as written.
    List<Envelope> next() {
        lock.lock();
        try {
            var batch = new ArrayList<Envelope>();
            while (!cancels.isEmpty() && batch.size() < MAX_BATCH) {
                batch.add(Spoken.cancel(cancels.remove()));
            }
            int bytes = 0;
            for (var each = waiting.entrySet().iterator(); each.hasNext() && batch.size() < MAX_BATCH; ) {
                var next = each.next();
                if (next.getValue().isOver()) {
                    each.remove();
                    continue;
                }
                bytes += next.getValue().size();
                if (!batch.isEmpty() && bytes > MAX_BATCH_BYTES) {
                    break;
                }
                each.remove();
                batch.add(write(next.getKey(), next.getValue()));
            }
            return batch;
        } finally {
            lock.unlock();
        }
    }

    @GuardedBy("lock")
    private Envelope write(long number, Given given) {
        lastWritten = number;
        unsigned.put(number, given);
        if (given instanceof Given.Request(var request, var _, var _)) {
            unanswered.put(number, request);
        }
        return given.envelope(number);
    }

    /// Whether the program has been given this number, or one after it.
    boolean hasWritten(long number) {
        lock.lock();
        try {
            return number >= 1 && number <= lastWritten;
        } finally {
            lock.unlock();
        }
    }

    /// The program has these: signs for those that are not signed for.
    void sign(long first, long last) {
        List<Receipt> receipts;
        lock.lock();
        try {
            var range = unsigned.subMap(first, true, last, true);
            receipts = range.values().stream().map(Given::receipt).toList();
            range.clear();
        } finally {
            lock.unlock();
        }
        receipts.forEach(Receipt::sign);
    }

    /// The request of that number, once; empty when it has been answered, is no longer wanted, or is a message.
    Optional<IncomingRequest> answer(long number) {
        lock.lock();
        try {
            var request = Optional.ofNullable(unanswered.remove(number));
            request.ifPresent(_ -> unsigned.remove(number));
            return request;
        } finally {
            lock.unlock();
        }
    }

    /// When the oldest came that the program has not signed for, of [System#nanoTime].
    OptionalLong oldestUnsigned() {
        lock.lock();
        try {
            return Stream.concat(
                            unsigned.values().stream().limit(1),
                            waiting.values().stream().limit(1))
                    .mapToLong(Given::since)
                    .findFirst();
        } finally {
            lock.unlock();
        }
    }

    /// Drops everything.
    void clear() {
        lock.lock();
        try {
            waiting.clear();
            unsigned.clear();
            unanswered.clear();
            cancels.clear();
        } finally {
            lock.unlock();
        }
    }
}
