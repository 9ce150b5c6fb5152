package dev.drover.session;

import java.util.Optional;
import java.util.function.Consumer;

/// A program outside that has subscribed: a parent in Node's sense. Thread-safe.
///
/// Holds at most [MessageLimits#maxMessages] and [MessageLimits#maxBytes] that the program has not signed for, and
/// [MessageLimits#maxOpenRequests] it has not answered, and no more than is left of
/// [MessageLimits#maxTotalBytes]; what is more fails with [FailureReason#QUEUE_FULL].
public final class Program implements Receiver, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Program.class.getName());

    private final Address.Program address;
    private final Subscriber subscriber;
    private final Room room;
    private final Consumer<Program> whenClosed;

    /// @param budget of all sessions and programs of this process
    Program(
            Address.Program address,
            Subscriber subscriber,
            MessageLimits limits,
            Budget budget,
            Consumer<Program> whenClosed) {
        this.address = address;
        this.subscriber = subscriber;
        this.room = new Room(address.toString(), limits, budget);
        this.whenClosed = whenClosed;
    }

    /// Its name among those who send to it.
    public Address.Program address() {
        return address;
    }

    Subscriber subscriber() {
        return subscriber;
    }

    @Override
    public Optional<Outcome> admit(Address from, Said said, Outcome outcome) {
        return room.enter(said, outcome);
    }

    @Override
    public Withdrawal give(Address from, Said said, Outcome outcome) {
        if (room.isClosed()) {
            return Withdrawal.NOTHING;
        }
        try {
            return switch (said) {
                case Said.Message(var payload) -> {
                    subscriber.message(new IncomingMessage(from, payload), outcome::taken);
                    yield Withdrawal.NOTHING;
                }
                case Said.Request asked -> {
                    var request = new IncomingRequest(from, asked, outcome);
                    subscriber.request(request, outcome::taken);
                    yield () -> request.cancel().forEach(Thread::startVirtualThread);
                }
            };
        } catch (RuntimeException failure) {
            // A bug of the subscriber: the sender's session has nothing to do with it.
            LOG.log(System.Logger.Level.WARNING, "A subscriber failed, program=" + address.name(), failure);
            outcome.failed(new Failure(FailureReason.HANDLER_FAILED, address + " failed"));
            return Withdrawal.NOTHING;
        }
    }

    /// It leaves: what it has not signed for, and the requests it has not answered, fail. Idempotent.
    @Override
    public void close() {
        if (room.close()) {
            whenClosed.accept(this);
        }
    }
}
