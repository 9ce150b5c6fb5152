package dev.drover.master.control;

import dev.drover.protocol.control.v1.Senders;
import dev.drover.protocol.control.v1.SubscribeRequest;
import dev.drover.protocol.control.v1.SubscribeResponse;
import dev.drover.protocol.control.v1.Subscribed;
import dev.drover.protocol.worker.v1.Envelope;
import dev.drover.session.Address;
import dev.drover.session.IncomingMessage;
import dev.drover.session.IncomingRequest;
import dev.drover.session.MessageLimits;
import dev.drover.session.Payload;
import dev.drover.session.Program;
import dev.drover.session.Receipt;
import dev.drover.session.Subscriber;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One call of Subscribe. Belongs to the loop of its call; only the methods of [Subscriber] come from the session
/// thread, which they do not hold up.
///
/// ```
///  Silent --subscription--> Open --> Ended
///     \_____________________________^
/// ```
final class Subscription implements Subscriber, StreamObserver<SubscribeRequest> {
    /// For how long a program is waited for.
    ///
    /// @param subscription from the call to the subscription: a silent caller does not hold a place
    /// @param receipt for which a program may leave something unsigned: its sender may be waiting
    /// @param silence after which it is given a sign of life: what is between closes connections that seem unused
    record Patience(Duration subscription, Duration receipt, Duration silence) {
        static final Patience DEFAULT =
                new Patience(Duration.ofSeconds(5), Duration.ofSeconds(30), Duration.ofMinutes(1));

        /// Between two looks at what is due.
        Duration look() {
            return receipt.dividedBy(8);
        }
    }

    private static final int MAX_AT_ONCE = 1024;

    private static final Logger LOG = LoggerFactory.getLogger(Subscription.class);

    private final ServerCallStreamObserver<SubscribeResponse> peer;
    private final Executor loop;
    private final Programs programs;
    private final InHand inHand;
    private final MessageLimits limits;
    private final Patience patience;
    private final Backlog backlog = new Backlog();

    /// Set by whoever gave something, cleared by the loop before it looks.
    private final AtomicBoolean scheduled = new AtomicBoolean();

    /// Written once by the loop before the session thread asks.
    private volatile Wanted wanted = new Wanted(false, Set.of(), false);

    private Phase phase = new Phase.Silent();
    private long lastWritten;

    private sealed interface Phase {
        record Silent() implements Phase {}

        record Open(Program program) implements Phase {}

        record Ended() implements Phase {}
    }

    /// What the program wants of what is said to the parent.
    private record Wanted(boolean everyone, Set<Address> senders, boolean requests) {
        boolean includes(Address sender) {
            return everyone
                    || senders.contains(sender)
                    || (sender instanceof Address.Worker(var name) && senders.contains(poolOf(name)));
        }

        /// The pool of `web-0`.
        private static Address poolOf(String worker) {
            int dash = worker.lastIndexOf('-');
            return dash > 0 ? Address.pool(worker.substring(0, dash)) : Address.parent();
        }
    }

    Subscription(
            ServerCallStreamObserver<SubscribeResponse> peer,
            Executor loop,
            Programs programs,
            InHand inHand,
            MessageLimits limits,
            Patience patience) {
        this.peer = peer;
        this.loop = loop;
        this.programs = programs;
        this.inHand = inHand;
        this.limits = limits;
        this.patience = patience;
    }

    /// To be called where gRPC calls.
    void begin() {
        peer.setOnReadyHandler(this::schedule);
        peer.setOnCancelHandler(() -> loop.execute(this::end));
        peer.disableAutoRequest();
        peer.request(1);
        after(patience.subscription(), this::subscriptionDue);
    }

    private void after(Duration delay, Runnable task) {
        CompletableFuture.delayedExecutor(delay.toMillis(), TimeUnit.MILLISECONDS, loop)
                .execute(task);
    }

    private void subscriptionDue() {
        if (phase instanceof Phase.Silent) {
            cutOff(new Refusal.SubscriptionMissing(patience.subscription()));
        }
    }

    private void watch() {
        if (!(phase instanceof Phase.Open)) {
            return;
        }
        var oldest = backlog.oldestUnsigned();
        if (oldest.isPresent()
                && System.nanoTime() - oldest.getAsLong() > patience.receipt().toNanos()) {
            cutOff(new Refusal.ReceiptOverdue(patience.receipt()));
            return;
        }
        if (peer.isReady()
                && System.nanoTime() - lastWritten > patience.silence().toNanos()) {
            write(SubscribeResponse.getDefaultInstance());
        }
        after(patience.look(), this::watch);
    }

    @Override
    public void onNext(SubscribeRequest request) {
        loop.execute(() -> received(request));
    }

    private void received(SubscribeRequest request) {
        try {
            switch (phase) {
                case Phase.Silent() -> enter(request);
                case Phase.Open _ -> answer(request);
                case Phase.Ended() -> {}
            }
            // Only now, so that no more than one waits for the loop.
            peer.request(1);
        } catch (CallRefused refused) {
            cutOff(refused.refusal());
        } catch (RuntimeException bug) {
            LOG.error("Control call failed: Subscribe", bug);
            cutOff(new Refusal.Failed("Subscribe"));
        }
    }

    private void enter(SubscribeRequest request) throws CallRefused {
        if (!request.hasSubscription()) {
            throw broken("the first message is no subscription");
        }
        if (request.getEnvelopesCount() > 0 || request.getTakenCount() > 0) {
            throw broken("something said beside the subscription");
        }
        var subscription = request.getSubscription();
        var name = Spoken.program("subscription.name", subscription.getName());
        wanted = new Wanted(
                subscription.hasEveryone(), senders(subscription.getSenders()), subscription.getAnswersRequests());
        var program = programs.enter(name, this);
        phase = new Phase.Open(program);
        LOG.info("Program subscribed program={}", name.name());
        write(SubscribeResponse.newBuilder()
                .setSubscribed(Subscribed.newBuilder().setLimits(Spoken.wire(limits)))
                .build());
        after(patience.look(), this::watch);
    }

    private static Set<Address> senders(Senders senders) throws CallRefused {
        if (senders.getSendersCount() > MAX_AT_ONCE) {
            throw broken("more than " + MAX_AT_ONCE + " senders");
        }
        var addresses = new HashSet<Address>();
        for (var sender : senders.getSendersList()) {
            addresses.add(Spoken.address("subscription.senders.senders", sender));
        }
        return addresses;
    }

    private void answer(SubscribeRequest request) throws CallRefused {
        if (request.hasSubscription()) {
            throw broken("a second subscription");
        }
        if (request.getEnvelopesCount() > MAX_AT_ONCE || request.getTakenCount() > MAX_AT_ONCE) {
            throw broken("more than " + MAX_AT_ONCE + " envelopes or ranges at once");
        }
        for (var range : request.getTakenList()) {
            if (range.getFirst() < 1 || range.getLast() < range.getFirst() || !backlog.hasWritten(range.getLast())) {
                throw broken("numbers " + Long.toUnsignedString(range.getFirst()) + " to "
                        + Long.toUnsignedString(range.getLast()) + " as taken, of which not all were given");
            }
            backlog.sign(range.getFirst(), range.getLast());
        }
        for (var envelope : request.getEnvelopesList()) {
            answer(envelope);
        }
    }

    private void answer(Envelope envelope) throws CallRefused {
        if (!backlog.hasWritten(envelope.getId())) {
            throw broken("an answer to number " + Long.toUnsignedString(envelope.getId()) + ", which was never given");
        }
        switch (envelope.getContentCase()) {
            case REPLY -> {
                var reply = Spoken.payload("envelopes.reply", envelope.getReply());
                if (reply.size() > limits.maxPayloadBytes()) {
                    throw broken("a reply of " + reply.size() + " bytes: at most " + limits.maxPayloadBytes()
                            + " are allowed");
                }
                backlog.answer(envelope.getId()).ifPresent(request -> reply(request, reply));
            }
            case FAILURE ->
                backlog.answer(envelope.getId())
                        .ifPresent(request -> request.fail(envelope.getFailure().getMessage()));
            case MESSAGE, REQUEST, CANCEL, BROADCAST, CONTENT_NOT_SET ->
                throw broken("an envelope that is neither reply nor failure");
        }
    }

    /// On a thread of its own, because it waits while the requester does not read.
    private void reply(IncomingRequest request, Payload reply) {
        if (!inHand.take(reply.size())) {
            request.fail("the master has no room for the reply: too much is on its way");
            return;
        }
        Thread.ofVirtual().name("drover-reply").start(() -> {
            try {
                request.reply(reply);
            } finally {
                inHand.giveBack(reply.size());
            }
        });
    }

    private static CallRefused broken(String how) {
        return new CallRefused(new Refusal.ContractBroken(how));
    }

    @Override
    public void message(IncomingMessage message, Receipt receipt) {
        backlog.add(message, receipt);
        schedule();
    }

    @Override
    public void request(IncomingRequest request, Receipt receipt) {
        long number = backlog.add(request, receipt);
        request.onCancel(() -> {
            backlog.cancel(number);
            schedule();
        });
        schedule();
    }

    @Override
    public boolean listensTo(Address sender) {
        return wanted.includes(sender);
    }

    @Override
    public boolean answers() {
        return wanted.requests();
    }

    private void schedule() {
        if (scheduled.compareAndSet(false, true)) {
            loop.execute(this::flush);
        }
    }

    /// Writes as long as the program reads.
    private void flush() {
        scheduled.set(false);
        while (phase instanceof Phase.Open && peer.isReady()) {
            var next = backlog.next();
            if (next.isEmpty()) {
                return;
            }
            write(SubscribeResponse.newBuilder().addAllEnvelopes(next).build());
        }
    }

    private void write(SubscribeResponse response) {
        lastWritten = System.nanoTime();
        try {
            peer.onNext(response);
        } catch (RuntimeException gone) {
            LOG.debug("Subscription not writable", gone);
            end();
        }
    }

    @Override
    public void onError(Throwable failure) {
        loop.execute(this::end);
    }

    @Override
    public void onCompleted() {
        loop.execute(() -> {
            if (!(phase instanceof Phase.Ended)) {
                end();
                finish(peer::onCompleted);
            }
        });
    }

    private void cutOff(Refusal refusal) {
        if (!(phase instanceof Phase.Ended)) {
            if (phase instanceof Phase.Open(var program)) {
                LOG.warn("Program cut off program={}: {}", program.address().name(), refusal);
            }
            end();
            finish(() -> peer.onError(Refusals.exceptionOf(refusal)));
        }
    }

    private static void finish(Runnable last) {
        try {
            last.run();
        } catch (RuntimeException gone) {
            LOG.debug("End of a subscription not told", gone);
        }
    }

    private void end() {
        var before = phase;
        phase = new Phase.Ended();
        if (before instanceof Phase.Open(var program)) {
            programs.leave(program);
            backlog.clear();
            LOG.info("Program left program={}", program.address().name());
        }
    }
}
