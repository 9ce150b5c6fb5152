package dev.drover.session;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.drover.protocol.worker.v1.Envelope;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// What waits to be written to one stream, and the room for more: the bounds of [MessageLimits] are kept here.
/// Thread-safe.
///
/// A message takes room from [#offer] until its receiver has taken it or it failed ([#release]), an answer until
/// it is written ([#take]).
///
/// Senders and the loop share one lock, which each holds for a moment only: the loop takes all that waits at once and
/// counts what it releases before, so that no sender is put to sleep by a batch.
final class Outbox {
    /// Something to be written.
    ///
    /// @param envelope as it is written
    /// @param outgoing set for a message or request, null for an answer
    /// @param size bytes of its payload
    record Pending(Envelope envelope, @Nullable Outgoing outgoing, int size) {}

    private final MessageLimits limits;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition room = lock.newCondition();

    /// What was offered since the loop looked.
    @GuardedBy("lock")
    private ArrayDeque<Pending> queue = new ArrayDeque<>();

    /// What is to be written before that. Belongs to the loop.
    private ArrayDeque<Pending> inHand = new ArrayDeque<>();

    @GuardedBy("lock")
    private final Map<Address, Usage> usages = new HashMap<>();

    /// Whom the last offer was for: most are for the same one as before.
    @GuardedBy("lock")
    private Address lastPeer = Address.parent();

    /// Of the last peer; stays in the map although it is empty.
    @GuardedBy("lock")
    private Usage lastUsage = new Usage();

    /// Requests whose deadline nobody watches yet.
    @GuardedBy("lock")
    private List<Outgoing> unwatched = new ArrayList<>();

    @GuardedBy("lock")
    private int messages;

    @GuardedBy("lock")
    private long bytes;

    @GuardedBy("lock")
    private final Share share;

    @GuardedBy("lock")
    private int openRequests;

    @GuardedBy("lock")
    private int answers;

    /// Whether somebody may be waiting for room: a signal that nobody needs costs more than all the rest.
    @GuardedBy("lock")
    private boolean waiting;

    @GuardedBy("lock")
    private long lastId;

    @GuardedBy("lock")
    private Optional<Failure> closed = Optional.empty();

    /// @param budget of all outboxes of this process
    Outbox(MessageLimits limits, Budget budget) {
        this.limits = limits;
        this.share = new Share(budget);
        usages.put(lastPeer, lastUsage);
    }

    /// What became of an offer.
    sealed interface Offer {
        /// It will be written.
        record Accepted(Outgoing outgoing) implements Offer {}

        /// It will not.
        record Refused(Failure failure) implements Offer {}
    }

    /// Makes a message or request the next to be written, if there is room, or as soon as there is.
    ///
    /// @param peer whom it is for, or from whom it is: whose room it takes
    /// @param patience how long to wait for room; zero: not at all
    Offer offer(Address peer, Said said, Duration patience, Outcome outcome) {
        int size = said.payload().size();
        if (size > limits.maxPayloadBytes()) {
            return refused(
                    FailureReason.TOO_LARGE,
                    "cannot send " + size + " bytes to " + peer + ": at most " + limits.maxPayloadBytes()
                            + " are allowed in one payload");
        }
        boolean request = said instanceof Said.Request;
        var envelope = Envelopes.said(peer, said);
        lock.lock();
        try {
            long left = patience.toNanos();
            while (closed.isEmpty() && !(hasRoom(usage(peer), size, request) && share.take(Budget.costOf(size)))) {
                if (left <= 0) {
                    return refused(FailureReason.QUEUE_FULL, fullMessage(peer, size, request));
                }
                long pause = pause(left);
                left += room.awaitNanos(pause) - pause;
            }
            if (closed.isPresent()) {
                return new Offer.Refused(closed.get());
            }
            return new Offer.Accepted(add(peer, said, envelope, outcome));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return refused(FailureReason.QUEUE_FULL, "interrupted while waiting for room to send to " + peer);
        } finally {
            lock.unlock();
        }
    }

    /// For how long to wait at once: room here is told, room that others leave in the budget is looked for.
    @GuardedBy("lock")
    private long pause(long left) {
        waiting = true;
        return Math.min(left, Budget.LOOK.toNanos());
    }

    @GuardedBy("lock")
    private void discharge(long cost) {
        if (closed.isEmpty()) {
            share.giveBack(cost);
        }
    }

    @GuardedBy("lock")
    private boolean hasRoom(Usage usage, int size, boolean request) {
        return messages < limits.maxMessages()
                && bytes + size <= limits.maxBytes()
                && !(request && openRequests >= limits.maxOpenRequests())
                && usage.hasRoom(size, limits);
    }

    /// Of that peer, which is most often the one before. New, if it has none under way.
    @GuardedBy("lock")
    private Usage usage(Address peer) {
        if (!peer.equals(lastPeer)) {
            if (lastUsage.isEmpty()) {
                usages.remove(lastPeer);
            }
            lastPeer = peer;
            lastUsage = usages.computeIfAbsent(peer, _ -> new Usage());
        }
        return lastUsage;
    }

    @GuardedBy("lock")
    private Outgoing add(Address peer, Said said, Envelope.Builder envelope, Outcome outcome) {
        var usage = usage(peer);
        var outgoing = new Outgoing(++lastId, peer, usage, said, outcome);
        queue.add(new Pending(envelope.setId(outgoing.id()).build(), outgoing, outgoing.size()));
        usage.add(outgoing.size());
        messages++;
        bytes += outgoing.size();
        if (outgoing.isRequest()) {
            openRequests++;
            unwatched.add(outgoing);
        }
        return outgoing;
    }

    /// Makes an answer without a payload the next to be written. Always has room: it answers something that had.
    void answer(Envelope envelope) {
        lock.lock();
        try {
            if (closed.isEmpty()) {
                queue.add(new Pending(envelope, null, 0));
                answers++;
            }
        } finally {
            lock.unlock();
        }
    }

    /// Makes a reply the next to be written, if there is room within the patience.
    ///
    /// @return whether it will be written; also true when there is nobody left to read it
    boolean reply(long id, Payload payload, Duration patience) {
        lock.lock();
        try {
            long left = patience.toNanos();
            while (closed.isEmpty()
                    && !(bytes + payload.size() <= limits.maxBytes() && share.take(Budget.costOf(payload.size())))) {
                if (left <= 0) {
                    return false;
                }
                long pause = pause(left);
                left += room.awaitNanos(pause) - pause;
            }
            if (closed.isEmpty()) {
                queue.add(new Pending(Envelopes.reply(id, payload), null, payload.size()));
                answers++;
                bytes += payload.size();
            }
            return true;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }

    /// Answers that wait to be written.
    int answers() {
        lock.lock();
        try {
            return answers;
        } finally {
            lock.unlock();
        }
    }

    /// Moves what is to be written next into a list: so many at most, and at most so many bytes unless the first
    /// alone has more. By the loop.
    void take(int maxEnvelopes, int maxBytes, List<Pending> into) {
        if (inHand.isEmpty()) {
            takeInHand();
        }
        int taken = 0;
        int answersTaken = 0;
        long answered = 0;
        long discharged = 0;
        for (var next = inHand.peek(); next != null && into.size() < maxEnvelopes; next = inHand.peek()) {
            if (!into.isEmpty() && taken + next.size() > maxBytes) {
                break;
            }
            inHand.remove();
            into.add(next);
            taken += next.size();
            if (next.outgoing() == null) {
                answersTaken++;
                answered += next.size();
                discharged += next.envelope().hasReply() ? Budget.costOf(next.size()) : 0;
            }
        }
        if (answersTaken > 0) {
            releaseAnswers(answersTaken, answered, discharged);
        }
    }

    private void takeInHand() {
        lock.lock();
        try {
            var empty = inHand;
            inHand = queue;
            queue = empty;
        } finally {
            lock.unlock();
        }
    }

    private void releaseAnswers(int count, long size, long cost) {
        lock.lock();
        try {
            answers -= count;
            bytes -= size;
            discharge(cost);
            signal();
        } finally {
            lock.unlock();
        }
    }

    /// Requests whose deadline is to be watched from now on, by the caller.
    List<Outgoing> takeUnwatched() {
        lock.lock();
        try {
            if (unwatched.isEmpty()) {
                return List.of();
            }
            var taken = unwatched;
            unwatched = new ArrayList<>();
            return taken;
        } finally {
            lock.unlock();
        }
    }

    /// Gives back the room of what was taken or failed, each once. By the loop.
    void release(List<Outgoing> done) {
        var peers = new ArrayList<Outgoing>();
        long released = 0;
        long discharged = 0;
        for (var outgoing : done) {
            if (outgoing.usage().leave(outgoing.size())) {
                peers.add(outgoing);
            }
            released += outgoing.size();
            // The objects of a request stay until it is answered.
            discharged += outgoing.isRequest() ? outgoing.size() : Budget.costOf(outgoing.size());
        }
        lock.lock();
        try {
            for (var one : peers) {
                var usage = one.usage();
                usage.removeLeft();
                if (usage.isEmpty() && usage != lastUsage) {
                    usages.remove(one.peer());
                }
            }
            messages -= done.size();
            bytes -= released;
            discharge(discharged);
            signal();
        } finally {
            lock.unlock();
        }
    }

    /// A request has been answered.
    void requestAnswered() {
        lock.lock();
        try {
            openRequests--;
            discharge(Budget.OVERHEAD_BYTES);
            signal();
        } finally {
            lock.unlock();
        }
    }

    @GuardedBy("lock")
    private void signal() {
        if (waiting) {
            waiting = false;
            room.signalAll();
        }
    }

    /// Refuses everything from now on, and wakes who waits. By the loop.
    ///
    /// @return what was never written
    List<Pending> close(Failure why) {
        lock.lock();
        try {
            if (closed.isPresent()) {
                return List.of();
            }
            share.giveBackAll();
            closed = Optional.of(why);
            var left = new ArrayList<>(inHand);
            left.addAll(queue);
            inHand.clear();
            queue.clear();
            unwatched.clear();
            room.signalAll();
            return left;
        } finally {
            lock.unlock();
        }
    }

    @GuardedBy("lock")
    private String fullMessage(Address peer, int size, boolean request) {
        var usage = usage(peer);
        if (hasRoom(usage, size, request)) {
            return "no room to send to " + peer + ": the master holds too much that others have not taken";
        }
        if (request && openRequests >= limits.maxOpenRequests()) {
            return "no room for a request to " + peer + ": " + openRequests + " have no reply yet";
        }
        return "no room to send to " + peer + ": "
                + (usage.isEmpty()
                        ? "the queue is full of messages to others"
                        : "it has not taken what was sent before");
    }

    private static Offer refused(FailureReason reason, String message) {
        return new Offer.Refused(new Failure(reason, message));
    }

    /// Waits, in nanoseconds, as a duration that is not negative.
    static Duration patience(WhenFull whenFull, boolean onLoop) {
        return switch (whenFull) {
            case WhenFull.Fail() -> Duration.ZERO;
            case WhenFull.Wait(var atMost) ->
                onLoop || atMost.isNegative() ? Duration.ZERO : Duration.ofNanos(TimeUnit.NANOSECONDS.convert(atMost));
        };
    }
}
