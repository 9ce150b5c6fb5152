package dev.drover.supervisor.output;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Lines on their way from the pump to the sink, first in, first out.
///
/// Bounded as a whole and for each incarnation, so that one that floods leaves room for the others. An incarnation
/// that was refused comes back only when there is room worth the while (half its share, a quarter of the whole),
/// not for one line: a flood then gets some lines through for each marker, and a blocked worker is not woken for
/// each. Thread-safe; nobody waits but the taker.
final class LineQueue {
    /// Bounds what a blocked sink makes the master keep, for workers that write many short lines.
    static final int MAX_LINES = 8192;

    /// The same for long lines, as UTF-16.
    static final int MAX_BYTES = 8 << 20;

    /// What one incarnation may take of both.
    static final int SHARE = 4;

    /// Of both bounds, up to which somebody who was refused may come back.
    private static final int RELIEF_LINES = MAX_LINES / 4 * 3;

    private static final int RELIEF_BYTES = MAX_BYTES / 4 * 3;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();

    @GuardedBy("lock")
    private final ArrayDeque<Entry> entries = new ArrayDeque<>();

    @GuardedBy("lock")
    private final Set<Account> refused = new LinkedHashSet<>();

    @GuardedBy("lock")
    private int bytes;

    @GuardedBy("lock")
    private long dropped;

    @GuardedBy("lock")
    private boolean ended;

    /// A line for the sink.
    ///
    /// @param relieved whether by its leaving some who were refused may come back
    record Taken(Account account, OutputLine line, boolean relieved) {}

    private record Entry(Account account, OutputLine line) {
        int bytes() {
            return line.text().length() * Character.BYTES;
        }
    }

    /// What the queue knows of one incarnation; guarded by the queue's lock.
    static final class Account {
        private int lines;
        private int bytes;
        private long dropped;
        private long lost;
        private long unmarked;
        private Optional<OutputLine> lastDropped = Optional.empty();
    }

    /// Puts the line, or answers false: then it is to be offered again at the next relief, or given to
    /// [#drop].
    boolean offer(Account account, OutputLine line) {
        lock.lock();
        try {
            var entry = new Entry(account, line);
            // Behind dropped lines nothing goes in before their marker does.
            if (account.unmarked > 0 || !fits(entry)) {
                refused.add(account);
                return false;
            }
            put(entry);
            return true;
        } finally {
            lock.unlock();
        }
    }

    /// A line longer than a share still passes, alone.
    @GuardedBy("lock")
    private boolean fits(Entry entry) {
        var account = entry.account;
        boolean inShare = account.lines < MAX_LINES / SHARE
                && (account.bytes == 0 || account.bytes + entry.bytes() <= MAX_BYTES / SHARE);
        return inShare && entries.size() < MAX_LINES && (bytes == 0 || bytes + entry.bytes() <= MAX_BYTES);
    }

    @GuardedBy("lock")
    private void put(Entry entry) {
        entries.add(entry);
        bytes += entry.bytes();
        entry.account.lines++;
        entry.account.bytes += entry.bytes();
        arrived.signal();
    }

    /// Counts a line that was refused as dropped; a marker will stand in its place.
    void drop(Account account, OutputLine line) {
        lock.lock();
        try {
            dropped++;
            account.dropped++;
            account.unmarked++;
            account.lastDropped = Optional.of(line);
            refused.add(account);
        } finally {
            lock.unlock();
        }
    }

    long dropped() {
        lock.lock();
        try {
            return dropped;
        } finally {
            lock.unlock();
        }
    }

    long dropped(Account account) {
        lock.lock();
        try {
            return account.dropped;
        } finally {
            lock.unlock();
        }
    }

    /// Counts a line that was taken and could not be written.
    ///
    /// @return how many of this account were lost so
    long lose(Taken taken) {
        lock.lock();
        try {
            dropped++;
            taken.account.dropped++;
            return ++taken.account.lost;
        } finally {
            lock.unlock();
        }
    }

    /// Waits for the next line; empty when the queue has ended and nothing is left in it.
    Optional<Taken> take() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (entries.isEmpty()) {
                if (ended) {
                    return Optional.empty();
                }
                arrived.await();
            }
            boolean wasHigh = isHigh();
            var entry = entries.remove();
            bytes -= entry.bytes();
            entry.account.lines--;
            entry.account.bytes -= entry.bytes();
            return Optional.of(new Taken(entry.account, entry.line, relieve(entry.account, wasHigh)));
        } finally {
            lock.unlock();
        }
    }

    /// Lets those back for whom there is room now: whose own line it was, or all when the whole has become low.
    @GuardedBy("lock")
    private boolean relieve(Account account, boolean wasHigh) {
        if (refused.isEmpty() || isHigh()) {
            return false;
        }
        if (wasHigh || entries.isEmpty()) {
            var returning = new ArrayList<Account>();
            for (var waiting : refused) {
                if (mayReturn(waiting)) {
                    returning.add(waiting);
                }
            }
            returning.forEach(refused::remove);
            return !returning.isEmpty();
        }
        return refused.contains(account) && mayReturn(account) && refused.remove(account);
    }

    @GuardedBy("lock")
    private boolean isHigh() {
        return entries.size() > RELIEF_LINES || bytes > RELIEF_BYTES;
    }

    @GuardedBy("lock")
    private boolean mayReturn(Account account) {
        if (account.lines > MAX_LINES / SHARE / 2 || account.bytes > MAX_BYTES / SHARE / 2) {
            return false;
        }
        if (account.unmarked > 0) {
            var last = account.lastDropped.orElseThrow();
            var text = "... " + account.unmarked + (account.unmarked == 1 ? " line" : " lines") + " dropped";
            put(new Entry(
                    account,
                    new OutputLine(last.incarnation(), last.pid(), OutputLine.Stream.STDERR, text, last.time())));
            account.unmarked = 0;
            account.lastDropped = Optional.empty();
        }
        return true;
    }

    /// Ends the queue: what is in it can still be taken.
    void end() {
        lock.lock();
        try {
            ended = true;
            arrived.signalAll();
        } finally {
            lock.unlock();
        }
    }

    int lines() {
        lock.lock();
        try {
            return entries.size();
        } finally {
            lock.unlock();
        }
    }

    int bytes() {
        lock.lock();
        try {
            return bytes;
        } finally {
            lock.unlock();
        }
    }
}
