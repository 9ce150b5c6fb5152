package dev.drover.supervisor.journal;

import dev.drover.supervisor.journal.Event.Subject;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/// The last things that happened. Bounded: in how many events it keeps, and in the length of each. Who reads it
/// remembers up to where, and is told when what came next is not kept any more. Any thread.
public final class Journal {
    /// Events kept; the one that has not happened for the longest time goes first.
    public static final int MAX_EVENTS = 1_000;

    /// Characters of a message; what is more is cut, as in Kubernetes.
    public static final int MAX_MESSAGE = 1_024;

    private static final String CUT = "...";

    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition recorded = lock.newCondition();

    // All below under the lock.

    /// In the order of their sequences.
    private final LinkedHashMap<Key, Event> events = new LinkedHashMap<>();

    private long last;
    private long forgotten;
    private Consumer<Event> follower = _ -> {};

    /// @param clock the time of day
    public Journal(InstantSource clock) {
        this.clock = clock;
    }

    private record Key(Subject subject, Reason reason, String message) {}

    /// What happened after some moment.
    ///
    /// @param events oldest first; one that has happened several times stands there with its last
    /// @param last the sequence from which to read on
    /// @param complete whether nothing is missing since that moment; it is not either where that moment is of
    ///     another journal
    public record Reading(List<Event> events, long last, boolean complete) {
        public Reading {
            events = List.copyOf(events);
        }
    }

    /// Tells of everything that happens from now on, by the thread that notes it, under the lock of this: in the order
    /// of the sequences, and before anybody can read it. In the place of whoever was told before.
    ///
    /// @param next must not wait, nor ask anything of this
    public void follow(Consumer<Event> next) {
        lock.lock();
        try {
            follower = next;
        } finally {
            lock.unlock();
        }
    }

    /// Notes that something happened.
    public void record(Subject subject, Reason reason, String message) {
        var key = new Key(subject, reason, cut(message));
        lock.lock();
        try {
            var now = clock.instant();
            last++;
            var known = events.remove(key);
            var event = known != null
                    ? known.again(last, now)
                    : new Event(last, last, reason.type(), subject, reason, key.message(), 1, now, now);
            events.putLast(key, event);
            if (events.size() > MAX_EVENTS) {
                forgotten = events.pollFirstEntry().getValue().sequence();
            }
            follower.accept(event);
            recorded.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private static String cut(String message) {
        return message.length() <= MAX_MESSAGE ? message : message.substring(0, MAX_MESSAGE - CUT.length()) + CUT;
    }

    /// All that is kept.
    public Reading read() {
        return after(0);
    }

    private Reading after(long sequence) {
        lock.lock();
        try {
            var news = new ArrayList<Event>();
            for (var event : events.sequencedValues().reversed()) {
                if (event.sequence() <= sequence) {
                    break;
                }
                news.add(event);
            }
            return new Reading(news.reversed(), last, forgotten <= sequence && sequence <= last);
        } finally {
            lock.unlock();
        }
    }

    /// What has happened since; waits until there is something, or the time is over: then the reading is empty.
    ///
    /// @param sequence [Reading#last] of an earlier reading
    public Reading await(long sequence, Duration bound) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = bound.toNanos();
            while (last <= sequence && left > 0) {
                left = recorded.awaitNanos(left);
            }
            return after(sequence);
        } finally {
            lock.unlock();
        }
    }
}
