package dev.drover.session;

import dev.drover.protocol.worker.v1.Envelope;
import dev.drover.protocol.worker.v1.IdRange;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// One end of a session's stream, as far as envelopes go: writes what is said here in batches, gives what came to a
/// [Receiver], and sees that everything has one outcome.
///
/// [#offer] and the outcomes of what came may be called from any thread, the rest belongs to the loop.
final class Link {
    /// Envelopes written as one gRPC message; the contract allows 1024.
    static final int MAX_ENVELOPES = 1024;

    /// Bytes of payload written as one gRPC message, unless one alone has more: larger ones gain nothing, and a
    /// reader holds a whole one.
    static final int MAX_BATCH_BYTES = 256 * 1024;

    /// Envelopes that we write as one gRPC message; all that the contract allows gain no more.
    private static final int MAX_BATCH = 512;

    /// Ranges of taken numbers written as one gRPC message: what a peer reads at once is bounded in bytes.
    private static final int MAX_RANGES = 1024;

    /// Where a link writes to.
    interface Stream {
        /// Whether what is written now goes out soon.
        boolean isReady();

        void send(List<Envelope> envelopes, List<IdRange> taken);
    }

    private final EventExecutor loop;
    private final Stream stream;
    private final MessageLimits limits;
    private final Inlet inlet;
    private final Outbox outbox;
    private final IdRanges taken = new IdRanges();
    private final Arrivals arrivals;
    private final IdMap<Outgoing> outstanding = new IdMap<>();
    private final IdMap<Withdrawal> requests = new IdMap<>();

    /// Set by whoever has something to write, cleared by the loop before it looks.
    private final AtomicBoolean scheduled = new AtomicBoolean();

    /// Messages and requests that have come. Written by the loop, read by everyone.
    private final AtomicLong arrived = new AtomicLong();

    /// Messages and requests that handlers of the other end have taken. Written by the loop, read by everyone.
    private final AtomicLong delivered = new AtomicLong();

    /// The number of the last message or request that came.
    private long lastArrived;

    private boolean closed;

    /// Who takes what comes.
    interface Inlet {
        /// @param address whom it is for, or from whom it is
        /// @return to withdraw a request by
        Withdrawal arrived(Address address, Said said, Outcome outcome);
    }

    /// Without a budget of the process.
    Link(EventExecutor loop, Stream stream, MessageLimits limits, Inlet inlet) {
        this(loop, stream, limits, Budget.unlimited(), inlet);
    }

    Link(EventExecutor loop, Stream stream, MessageLimits limits, Budget budget, Inlet inlet) {
        this.loop = loop;
        this.stream = stream;
        this.limits = limits;
        this.inlet = inlet;
        this.outbox = new Outbox(limits, budget);
        this.arrivals = new Arrivals(limits);
    }

    /// Says something to the other end; where there is no room as the sender chooses.
    Withdrawal offer(Address peer, Said said, WhenFull whenFull, Outcome outcome) {
        return switch (outbox.offer(peer, said, Outbox.patience(whenFull, loop.inEventLoop()), outcome)) {
            case Outbox.Offer.Accepted(var outgoing) -> {
                schedule();
                yield outgoing.isRequest() ? () -> run(() -> withdraw(outgoing)) : Withdrawal.NOTHING;
            }
            case Outbox.Offer.Refused(var failure) -> {
                outcome.failed(failure);
                yield Withdrawal.NOTHING;
            }
        };
    }

    /// Messages and requests that have come from the other end; any thread.
    long arrived() {
        return arrived.get();
    }

    /// Messages and requests that handlers of the other end have taken; any thread.
    long delivered() {
        return delivered.get();
    }

    Arrivals arrivals() {
        return arrivals;
    }

    void tellTaken(long id) {
        taken.add(id);
        schedule();
    }

    void tell(Envelope answer) {
        outbox.answer(answer);
        schedule();
    }

    void tellReply(long id, Payload payload) {
        if (payload.size() > limits.maxPayloadBytes()) {
            tell(Envelopes.failure(
                    id,
                    new Failure(
                            FailureReason.HANDLER_FAILED,
                            "the reply has " + payload.size() + " bytes: at most " + limits.maxPayloadBytes()
                                    + " are allowed")));
            return;
        }
        var patience = loop.inEventLoop() ? java.time.Duration.ZERO : Incoming.REPLY_PATIENCE;
        if (outbox.reply(id, payload, patience)) {
            schedule();
        } else {
            tell(Envelopes.failure(
                    // Not QUEUE_FULL, which says that it was not delivered.
                    id, new Failure(FailureReason.HANDLER_FAILED, "there was no room for the reply on its way back")));
        }
    }

    /// A request that came was answered: it needs no withdrawal any more.
    void forgetLater(long id) {
        run(() -> requests.remove(id));
    }

    private void run(Runnable task) {
        if (loop.inEventLoop()) {
            task.run();
        } else {
            Posting.post(loop, task);
        }
    }

    private void schedule() {
        if (scheduled.compareAndSet(false, true)) {
            Posting.post(loop, this::flush);
        }
    }

    /// Writes what there is, as long as the stream is ready; to be called again when it has become so.
    void flush() {
        scheduled.set(false);
        outbox.takeUnwatched().forEach(this::watchDeadline);
        while (!closed && stream.isReady() && flushBatch()) {}
    }

    private boolean flushBatch() {
        var batch = new ArrayList<Outbox.Pending>();
        outbox.take(MAX_BATCH, MAX_BATCH_BYTES, batch);
        var ranges = taken.drain(MAX_RANGES);
        if (batch.isEmpty() && ranges.isEmpty()) {
            return false;
        }
        // What is told as taken goes before its answer, which was queued later.
        while (ranges.size() == MAX_RANGES) {
            stream.send(List.of(), ranges);
            ranges = taken.drain(MAX_RANGES);
        }
        var envelopes = new ArrayList<Envelope>(batch.size());
        for (var pending : batch) {
            envelopes.add(pending.envelope());
            var outgoing = pending.outgoing();
            if (outgoing != null) {
                outstanding.put(outgoing.id(), outgoing);
                if (outgoing.isSettled()) {
                    outbox.answer(Envelopes.cancel(outgoing.id()));
                }
            }
        }
        stream.send(envelopes, ranges);
        return true;
    }

    private void watchDeadline(Outgoing request) {
        if (closed || request.isSettled()) {
            return;
        }
        long left = request.deadlineNanos() - System.nanoTime();
        var timer = loop.schedule(() -> expire(request), Math.max(0, left), TimeUnit.NANOSECONDS);
        request.timedBy(() -> timer.cancel(false));
    }

    private void expire(Outgoing request) {
        settleEarly(
                request, new Failure(FailureReason.DEADLINE_EXCEEDED, "no reply from " + request.peer() + " in time"));
    }

    private void withdraw(Outgoing request) {
        settleEarly(
                request, new Failure(FailureReason.CANCELLED, "the request to " + request.peer() + " was cancelled"));
    }

    /// The outcome is told, though the peer has not answered; it is told to stop, and answers all the same.
    private void settleEarly(Outgoing request, Failure failure) {
        if (closed || request.isSettled()) {
            return;
        }
        request.settle();
        // One that is still in the queue is cancelled right behind it.
        if (outstanding.containsKey(request.id())) {
            outbox.answer(Envelopes.cancel(request.id()));
            schedule();
        }
        request.outcome().failed(failure);
    }

    /// What came in one gRPC message.
    void received(List<Envelope> envelopes, List<IdRange> takenByPeer) throws SessionViolation {
        if (closed) {
            // Everything has its outcome.
            return;
        }
        if (envelopes.size() > MAX_ENVELOPES) {
            throw SessionViolation.overLimit(
                    envelopes.size() + " envelopes at once: at most " + MAX_ENVELOPES + " are allowed");
        }
        // A peer that keeps to the bounds has at most so many things under way that we could have to answer.
        if (outbox.answers() + taken.size() > limits.maxMessages() + 2 * limits.maxOpenRequests()) {
            throw SessionViolation.overLimit("messages but reads no answers");
        }
        if (!takenByPeer.isEmpty()) {
            markTaken(takenByPeer);
        }
        for (var envelope : envelopes) {
            received(envelope);
        }
    }

    private void markTaken(List<IdRange> ranges) throws SessionViolation {
        var released = new ArrayList<Outgoing>();
        try {
            for (var range : ranges) {
                markTaken(range, released);
            }
        } finally {
            // Also of those before a violation: they are no longer outstanding, so the end would not tell them.
            outbox.release(released);
            delivered.addAndGet(released.size());
            for (var outgoing : released) {
                if (!outgoing.isSettled()) {
                    outgoing.outcome().taken();
                }
            }
        }
    }

    private void markTaken(IdRange range, List<Outgoing> released) throws SessionViolation {
        long count = range.getLast() - range.getFirst();
        if (range.getFirst() <= 0 || count < 0 || count >= outstanding.size()) {
            throw SessionViolation.malformed("numbers " + range.getFirst() + " to " + range.getLast()
                    + " as taken, of which not all are under way");
        }
        for (long id = range.getFirst(); id <= range.getLast(); id++) {
            var outgoing = outstanding.get(id);
            if (outgoing == null || outgoing.isTaken() || outgoing.isBroadcast()) {
                throw SessionViolation.malformed("number " + id + " as taken, which is not under way");
            }
            outgoing.take();
            released.add(outgoing);
            if (!outgoing.isRequest()) {
                outstanding.remove(id);
            }
        }
    }

    private void received(Envelope envelope) throws SessionViolation {
        switch (envelope.getContentCase()) {
            case MESSAGE -> {
                var payload = Envelopes.payload(envelope.getMessage(), limits);
                arrived(envelope, new Said.Message(payload), false);
            }
            case REQUEST -> arrived(envelope, Envelopes.request(envelope.getRequest(), limits), true);
            case REPLY -> {
                var payload = Envelopes.payload(envelope.getReply(), limits);
                var request = answered(envelope, "reply", Outgoing::isRequest);
                if (!request.isTaken()) {
                    // A reply says as much.
                    delivered.incrementAndGet();
                }
                settle(request, outcome -> outcome.replied(payload));
            }
            case FAILURE -> {
                var failure = Envelopes.failure(envelope.getFailure());
                settle(answered(envelope, "failure", _ -> true), outcome -> outcome.failed(failure));
            }
            case BROADCAST -> {
                var told = Envelopes.broadcast(envelope.getBroadcast());
                settle(
                        answered(envelope, "broadcast", Outgoing::isBroadcast),
                        outcome -> outcome.broadcast(told.delivered(), told.failed()));
            }
            case CANCEL -> {
                var request = requests.get(envelope.getId());
                if (request != null) {
                    request.withdraw();
                }
            }
            case CONTENT_NOT_SET ->
                throw SessionViolation.malformed("an envelope that says nothing this version knows");
        }
    }

    private void arrived(Envelope envelope, Said said, boolean request) throws SessionViolation {
        long id = envelope.getId();
        if (id <= lastArrived) {
            throw SessionViolation.malformed("envelope number " + Long.toUnsignedString(id) + " after " + lastArrived
                    + ": each must be greater than the one before, from 1 to 2^63 - 1");
        }
        lastArrived = id;
        arrived.incrementAndGet();
        arrivals.came(said.payload().size(), request);
        var incoming = new Incoming(this, id, said.payload().size(), request);
        var withdrawal = inlet.arrived(Envelopes.address(envelope), said, incoming);
        if (request && !incoming.isAnswered()) {
            requests.put(id, withdrawal);
        }
    }

    private Outgoing answered(Envelope answer, String what, Predicate<Outgoing> fits) throws SessionViolation {
        var outgoing = outstanding.remove(answer.getId());
        if (outgoing == null) {
            throw SessionViolation.malformed(
                    "a " + what + " for number " + answer.getId() + ", which is not under way");
        }
        if (!fits.test(outgoing)) {
            // Its outcome comes with the end.
            outstanding.put(outgoing.id(), outgoing);
            throw SessionViolation.malformed(
                    "a " + what + " for number " + answer.getId() + ", which is answered otherwise");
        }
        return outgoing;
    }

    private void settle(Outgoing outgoing, Consumer<Outcome> tell) {
        if (!outgoing.isTaken()) {
            outgoing.take();
            outbox.release(List.of(outgoing));
        }
        if (outgoing.isRequest()) {
            outbox.requestAnswered();
        }
        if (!outgoing.isSettled()) {
            outgoing.settle();
            tell.accept(outgoing.outcome());
        }
    }

    /// The stream has ended: all that was said fails, all that came and is not answered is withdrawn. Idempotent.
    void close(String why) {
        if (closed) {
            return;
        }
        closed = true;
        var failure = new Failure(FailureReason.PEER_GONE, why);
        for (var pending : outbox.close(failure)) {
            fail(pending.outgoing(), failure);
        }
        for (var outgoing : outstanding.values()) {
            fail(outgoing, failure);
        }
        outstanding.clear();
        requests.values().forEach(Withdrawal::withdraw);
        requests.clear();
    }

    private static void fail(@org.jspecify.annotations.Nullable Outgoing outgoing, Failure failure) {
        if (outgoing != null && !outgoing.isSettled()) {
            outgoing.settle();
            outgoing.outcome().failed(failure);
        }
    }
}
