package dev.drover.master.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.protocol.control.v1.Everyone;
import dev.drover.protocol.control.v1.SubscribeRequest;
import dev.drover.protocol.control.v1.SubscribeResponse;
import dev.drover.protocol.control.v1.Subscription;
import dev.drover.protocol.worker.v1.Envelope;
import dev.drover.protocol.worker.v1.Failure;
import dev.drover.protocol.worker.v1.IdRange;
import dev.drover.protocol.worker.v1.Payload;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// A program that subscribes by the contract, or breaks it.
final class TestProgram implements ClientResponseObserver<SubscribeRequest, SubscribeResponse> {
    private final BlockingQueue<Envelope> given = new LinkedBlockingQueue<>();
    private final CompletableFuture<SubscribeResponse> subscribed = new CompletableFuture<>();
    private final CompletableFuture<Status> ended = new CompletableFuture<>();
    private final Semaphore signsOfLife = new Semaphore(0);
    private final boolean reads;

    @SuppressWarnings("NullAway.Init") // set by beforeStart
    private ClientCallStreamObserver<SubscribeRequest> stream;

    private TestProgram(boolean reads) {
        this.reads = reads;
    }

    /// One that has said nothing yet.
    static TestProgram silent(TalkingMaster master) {
        var program = new TestProgram(true);
        var _ = master.streams().subscribe(program);
        return program;
    }

    /// One that wants everything and answers requests.
    static TestProgram parent(TalkingMaster master, String name) {
        return of(master, subscription(name).build());
    }

    /// What [#parent] asks for.
    static Subscription.Builder subscription(String name) {
        return Subscription.newBuilder()
                .setName(name)
                .setEveryone(Everyone.getDefaultInstance())
                .setAnswersRequests(true);
    }

    static TestProgram of(TalkingMaster master, Subscription subscription) {
        return silent(master).subscribe(subscription).awaitSubscribed();
    }

    /// One that reads no more than that it is subscribed.
    static TestProgram deaf(TalkingMaster master, String name) {
        var program = new TestProgram(false);
        var _ = master.streams().subscribe(program);
        return program.subscribe(subscription(name).build()).awaitSubscribed();
    }

    TestProgram subscribe(Subscription subscription) {
        return say(SubscribeRequest.newBuilder().setSubscription(subscription).build());
    }

    TestProgram say(SubscribeRequest request) {
        stream.onNext(request);
        return this;
    }

    private TestProgram awaitSubscribed() {
        assertThat(subscribed
                        .orTimeout(10, TimeUnit.SECONDS)
                        .join()
                        .getSubscribed()
                        .getLimits()
                        .getMaxMessages())
                .isPositive();
        return this;
    }

    /// The next that it is given.
    Envelope next() throws InterruptedException {
        var next = given.poll(10, TimeUnit.SECONDS);
        assertThat(next).as("nothing was given in time").isNotNull();
        return next;
    }

    /// What it was given and nobody has looked at.
    int unread() {
        return given.size();
    }

    void awaitSignOfLife() throws InterruptedException {
        assertThat(signsOfLife.tryAcquire(10, TimeUnit.SECONDS))
                .as("no sign of life in time")
                .isTrue();
    }

    void sign(Envelope envelope) {
        sign(envelope.getId(), envelope.getId());
    }

    void sign(long first, long last) {
        say(SubscribeRequest.newBuilder()
                .addTaken(IdRange.newBuilder().setFirst(first).setLast(last))
                .build());
    }

    void reply(long number, String text) {
        var reply = dev.drover.session.Payload.text(text);
        answer(Envelope.newBuilder()
                .setId(number)
                .setReply(
                        Payload.newBuilder().setContentType(reply.contentType()).setData(reply.bytes())));
    }

    void fail(long number, String message) {
        answer(Envelope.newBuilder()
                .setId(number)
                .setFailure(Failure.newBuilder().setMessage(message)));
    }

    private void answer(Envelope.Builder answer) {
        say(SubscribeRequest.newBuilder().addEnvelopes(answer).build());
    }

    /// How its call ended.
    Status ended() {
        return ended.orTimeout(10, TimeUnit.SECONDS).join();
    }

    void leave() {
        stream.onCompleted();
    }

    void vanish() {
        stream.cancel("gone", null);
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<SubscribeRequest> requests) {
        stream = requests;
        if (!reads) {
            requests.disableAutoRequestWithInitial(1);
        }
    }

    @Override
    public void onNext(SubscribeResponse response) {
        if (response.hasSubscribed()) {
            subscribed.complete(response);
        }
        if (response.equals(SubscribeResponse.getDefaultInstance())) {
            signsOfLife.release();
        }
        given.addAll(response.getEnvelopesList());
    }

    @Override
    public void onError(Throwable failure) {
        subscribed.completeExceptionally(failure);
        ended.complete(Status.fromThrowable(failure));
    }

    @Override
    public void onCompleted() {
        ended.complete(Status.OK);
    }
}
