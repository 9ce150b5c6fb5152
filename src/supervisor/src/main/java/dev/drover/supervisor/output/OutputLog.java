package dev.drover.supervisor.output;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.drover.supervisor.Incarnation;
import dev.drover.supervisor.WorkerId;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// The last lines of every worker: of the incarnations that live, and of the last one that has ended; and a way to read
/// on as they come. Any thread.
///
/// Who writes never waits for who reads. Lines are kept in the order in which they were read, those too that never
/// reached the sink; what is kept of an incarnation is bounded by `tailLines` of its policy and by a mebibyte of text.
public final class OutputLog {
    private final ReentrantLock lock = new ReentrantLock();

    @GuardedBy("lock")
    private final Map<WorkerId, Shelf> shelves = new TreeMap<>();

    @GuardedBy("lock")
    private final Set<LogReader> readers = new HashSet<>();

    @GuardedBy("lock")
    private long lastNumber;

    /// An empty one.
    public OutputLog() {}

    /// What is kept of one place; guarded by the lock.
    private static final class Shelf {
        private final Map<Integer, KeptLines> living = new TreeMap<>();
        private Optional<KeptLines> ended = Optional.empty();

        /// Those that live, or else, as `kubectl logs` has it, the last that ended.
        Collection<KeptLines> present() {
            return living.isEmpty() ? ended.stream().toList() : living.values();
        }

        void end(KeptLines kept) {
            living.remove(kept.incarnation().number());
            if (ended.filter(other ->
                            other.incarnation().number() > kept.incarnation().number())
                    .isEmpty()) {
                ended = Optional.of(kept);
            }
        }
    }

    /// An incarnation lives from now on.
    KeptLines begin(Incarnation incarnation, int maxLines) {
        var kept = new KeptLines(incarnation, maxLines);
        lock.lock();
        try {
            shelves.computeIfAbsent(incarnation.worker(), _ -> new Shelf())
                    .living
                    .put(incarnation.number(), kept);
        } finally {
            lock.unlock();
        }
        return kept;
    }

    /// Its process is gone. What still comes from its descendants is kept with it.
    void end(KeptLines kept) {
        lock.lock();
        try {
            Optional.ofNullable(shelves.get(kept.incarnation().worker())).ifPresent(shelf -> shelf.end(kept));
        } finally {
            lock.unlock();
        }
    }

    void add(KeptLines kept, OutputLine line) {
        lock.lock();
        try {
            kept.add(++lastNumber, line);
            readers.forEach(reader -> reader.offer(line));
        } finally {
            lock.unlock();
        }
    }

    List<String> texts(KeptLines kept) {
        lock.lock();
        try {
            return kept.texts();
        } finally {
            lock.unlock();
        }
    }

    /// Begins to read: first what is kept, then, without a gap, what comes.
    ///
    /// @param tail at most so many of the lines of each incarnation that are kept, the last ones
    /// @param follow whether to read on
    /// @return to be closed
    public LogReader read(LogScope scope, int tail, boolean follow) {
        lock.lock();
        try {
            var first = inOrder(shelvesOf(scope).flatMap(shelf -> shelf.present().stream()), tail);
            var reader = new LogReader(scope, first, this::forget);
            if (follow) {
                readers.add(reader);
            }
            return reader;
        } finally {
            lock.unlock();
        }
    }

    /// Reads what is kept of the last incarnation of each place that has ended.
    ///
    /// @param tail likewise
    /// @return to be closed; empty when none has ended
    public Optional<LogReader> readPrevious(LogScope scope, int tail) {
        lock.lock();
        try {
            var ended = shelvesOf(scope).flatMap(shelf -> shelf.ended.stream()).toList();
            return ended.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new LogReader(scope, inOrder(ended.stream(), tail), this::forget));
        } finally {
            lock.unlock();
        }
    }

    @GuardedBy("lock")
    private Stream<Shelf> shelvesOf(LogScope scope) {
        return shelves.entrySet().stream()
                .filter(shelf -> scope.contains(shelf.getKey()))
                .map(Map.Entry::getValue);
    }

    private static List<OutputLine> inOrder(Stream<KeptLines> incarnations, int tail) {
        return incarnations
                .flatMap(kept -> kept.last(tail).stream())
                .sorted(Comparator.comparingLong(KeptLines.Numbered::number))
                .map(KeptLines.Numbered::line)
                .toList();
    }

    private void forget(LogReader reader) {
        lock.lock();
        try {
            readers.remove(reader);
        } finally {
            lock.unlock();
        }
    }

    /// Forgets the places that there are no more.
    ///
    /// @param exists whether there is still such a place; asked under the lock
    public void keepOnly(Predicate<WorkerId> exists) {
        lock.lock();
        try {
            shelves.entrySet().removeIf(shelf -> shelf.getValue().living.isEmpty() && !exists.test(shelf.getKey()));
        } finally {
            lock.unlock();
        }
    }
}
