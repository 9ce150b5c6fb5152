package dev.drover.cli;

import dev.drover.protocol.control.v1.SubscribeRequest;
import dev.drover.protocol.control.v1.SubscribeResponse;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.Function;

/// What the master sends to one subscriber, read one by one: no more is asked for before the last has been taken,
/// so that
/// nothing piles up here. For one thread.
final class SubscriptionStream implements ClientResponseObserver<SubscribeRequest, SubscribeResponse>, AutoCloseable {

    /// One is asked for at a time, and then comes the end.
    private static final int MOST = 2;

    /// Something that came.
    private sealed interface Event {
        record Next(SubscribeResponse response) implements Event {}

        record Failed(Throwable failure) implements Event {}

        record Ended() implements Event {}
    }

    private final Function<StatusRuntimeException, CliException> failures;
    private final BlockingQueue<Event> events = new ArrayBlockingQueue<>(MOST);

    @SuppressWarnings("NullAway.Init") // set before the call begins
    private ClientCallStreamObserver<SubscribeRequest> requests;

    /// @param failures makes of a failed call what is told
    SubscriptionStream(Function<StatusRuntimeException, CliException> failures) {
        this.failures = failures;
    }

    void say(SubscribeRequest request) {
        requests.onNext(request);
    }

    /// Waits for the next; empty at the end.
    ///
    /// @throws CliException where the call has failed
    Optional<SubscribeResponse> next() throws InterruptedException {
        requests.request(1);
        return switch (events.take()) {
            case Event.Next(var response) -> Optional.of(response);
            case Event.Failed(StatusRuntimeException failure) -> throw failures.apply(failure);
            case Event.Failed(var bug) -> throw new IllegalStateException(bug);
            case Event.Ended() -> Optional.empty();
        };
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<SubscribeRequest> stream) {
        requests = stream;
        stream.disableAutoRequestWithInitial(0);
    }

    @Override
    public void onNext(SubscribeResponse response) {
        events.add(new Event.Next(response));
    }

    @Override
    public void onError(Throwable failure) {
        events.add(new Event.Failed(failure));
    }

    @Override
    public void onCompleted() {
        events.add(new Event.Ended());
    }

    @Override
    public void close() {
        requests.cancel("done", null);
    }
}
