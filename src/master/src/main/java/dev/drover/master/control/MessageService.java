package dev.drover.master.control;

import dev.drover.protocol.control.v1.MessageServiceGrpc.MessageServiceImplBase;
import dev.drover.protocol.control.v1.RequestRequest;
import dev.drover.protocol.control.v1.RequestResponse;
import dev.drover.protocol.control.v1.SendRequest;
import dev.drover.protocol.control.v1.SendResponse;
import dev.drover.protocol.control.v1.SubscribeRequest;
import dev.drover.protocol.control.v1.SubscribeResponse;
import dev.drover.session.Address;
import dev.drover.session.Failure;
import dev.drover.session.FailureReason;
import dev.drover.session.MessageException;
import dev.drover.session.Switchboard;
import dev.drover.session.WhenFull;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.quarkus.grpc.GrpcService;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Messages of programs outside. Who may call is decided before, by [GateFilter].
///
/// Its methods run on the event loop and do not wait: what does is a [WaitingCall].
@GrpcService
class MessageService extends MessageServiceImplBase {
    /// For a call whose caller does not say how long it waits.
    static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);

    private static final String ANONYMOUS = "anonymous";

    private final Switchboard switchboard;
    private final CallLoop callLoop;
    private final InHand inHand;
    private final Programs programs;
    private final Subscription.Patience patience;

    @Inject
    MessageService(Switchboard switchboard, CallLoop callLoop) {
        this(switchboard, callLoop, Subscription.Patience.DEFAULT);
    }

    MessageService(Switchboard switchboard, CallLoop callLoop, Subscription.Patience patience) {
        this.switchboard = switchboard;
        this.callLoop = callLoop;
        // Half as much as the switchboard itself may hold.
        this.inHand = new InHand(switchboard.limits().maxTotalBytes() / 2);
        this.programs = new Programs(switchboard);
        this.patience = patience;
    }

    @Override
    public void send(SendRequest request, StreamObserver<SendResponse> observer) {
        begin("Send", observer, request.getPayload().getData().size(), () -> sending(request));
    }

    @Override
    public void request(RequestRequest request, StreamObserver<RequestResponse> observer) {
        begin("Request", observer, request.getPayload().getData().size(), () -> asking(request));
    }

    @Override
    public StreamObserver<SubscribeRequest> subscribe(StreamObserver<SubscribeResponse> observer) {
        var peer = (ServerCallStreamObserver<SubscribeResponse>) observer;
        var subscription = new Subscription(peer, callLoop.current(), programs, inHand, switchboard.limits(), patience);
        subscription.begin();
        return subscription;
    }

    /// What has not gone on yet.
    InHand inHand() {
        return inHand;
    }

    /// Reads a call.
    private interface Reading<T> {
        WaitingCall.Work<T> read() throws CallRefused;
    }

    private <T> void begin(String method, StreamObserver<T> observer, int payloadBytes, Reading<T> reading) {
        try {
            var work = reading.read();
            if (!inHand.take(payloadBytes)) {
                throw new CallRefused(new Refusal.TooMuchInHand());
            }
            WaitingCall.start(method, (ServerCallStreamObserver<T>) observer, () -> {
                try {
                    return work.run();
                } finally {
                    inHand.giveBack(payloadBytes);
                }
            });
        } catch (CallRefused refused) {
            observer.onError(Refusals.exceptionOf(refused.refusal()));
        }
    }

    private WaitingCall.Work<SendResponse> sending(SendRequest request) throws CallRefused {
        var to = Spoken.address("to", request.getTo());
        var payload = Spoken.payload("payload", request.getPayload());
        var sender = switchboard.program(sender(request.getSender()));
        var left = timeout(request.hasTimeout(), request.getTimeout());
        var patience = request.hasWaitWhenFull()
                ? shorter(left, Spoken.duration("wait_when_full", request.getWaitWhenFull()))
                : left;
        long end = System.nanoTime() + left.toNanos();
        return () -> {
            var delivery = await(to, sender.send(to, payload, WhenFull.waitFor(patience)), end);
            return SendResponse.newBuilder()
                    .setDelivered(delivery.delivered())
                    .setFailed(delivery.failed())
                    .build();
        };
    }

    private WaitingCall.Work<RequestResponse> asking(RequestRequest request) throws CallRefused {
        var to = Spoken.address("to", request.getTo());
        if (to instanceof Address.Pool) {
            throw new CallRefused(
                    new Refusal.FieldInvalid("to", "a pool gives no single answer: address one of its workers"));
        }
        var payload = Spoken.payload("payload", request.getPayload());
        var sender = switchboard.program(sender(request.getSender()));
        var timeout = timeout(request.hasTimeout(), request.getTimeout());
        long end = System.nanoTime() + timeout.toNanos();
        return () -> {
            var asked = sender.request(to, payload, timeout);
            try {
                return RequestResponse.newBuilder()
                        .setReply(Spoken.wire(await(to, asked, end)))
                        .build();
            } finally {
                // Withdraws the request, unless it has its outcome.
                asked.cancel(true);
            }
        };
    }

    private static Address.Program sender(String name) throws CallRefused {
        return Spoken.program("sender", name.isEmpty() ? ANONYMOUS : name);
    }

    /// How long a call may take: as long as its caller waits, or what it says if that is shorter.
    private static Duration timeout(boolean given, com.google.protobuf.Duration field) throws CallRefused {
        var left = CallDeadline.left();
        if (!given) {
            return positive(left.orElse(DEFAULT_TIMEOUT));
        }
        var timeout = Spoken.duration("timeout", field);
        if (timeout.isZero()) {
            throw new CallRefused(new Refusal.FieldInvalid("timeout", "it must be positive"));
        }
        return positive(left.map(waiting -> shorter(waiting, timeout)).orElse(timeout));
    }

    /// A deadline that has passed meanwhile is one that is about to.
    private static Duration positive(Duration left) {
        return left.isPositive() ? left : Duration.ofNanos(1);
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private static <T> T await(Address to, CompletableFuture<T> outcome, long end)
            throws CallRefused, InterruptedException {
        try {
            return outcome.get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof MessageException told) {
                throw undelivered(to, told.reason(), String.valueOf(told.getMessage()));
            }
            throw new IllegalStateException("A message failed without a reason", failed);
        } catch (TimeoutException _) {
            throw undelivered(
                    to, FailureReason.DEADLINE_EXCEEDED, "nothing was heard of " + to + " in time; it may have it");
        }
    }

    private static CallRefused undelivered(Address to, FailureReason reason, String message) {
        return new CallRefused(new Refusal.Undelivered(to, new Failure(reason, message)));
    }
}
