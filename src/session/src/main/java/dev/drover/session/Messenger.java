package dev.drover.session;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/// Sends messages and requests, and takes those of others: a worker's, or the parent's.
///
/// **Order.** What one sender says to one receiver is taken in the order in which it was said, messages and
/// requests alike; by several threads of a sender, in the order in which their calls got room.
///
/// **At most once.** The future of a message completes when the receiver's handler has it, that of a request with
/// the reply. A failure ([MessageException]) means unknown, unless its reason says that it was not delivered; it
/// always comes: when the receiver dies, at once.
///
/// **Bounds.** A sender keeps at most [MessageLimits#maxMessagesPerPeer] messages under way to one address; when a
/// slow receiver has not taken those, the next one waits or fails, as the sender chooses.
///
/// **Threads.** Every method may be called from any thread. Handlers run on virtual threads, one at a time for each
/// sender and in order, and may block: a slow one slows that sender alone. [#handleOn] chooses other threads. Futures
/// complete on the thread of the sessions: use the `...Async` methods of a future for what blocks.
public interface Messenger {
    /// How long [#send(Address, Payload)] waits for room.
    Duration DEFAULT_WAIT = Duration.ofSeconds(30);

    /// Sends a message; waits up to [#DEFAULT_WAIT] while there is no room.
    ///
    /// @return completes when a handler of the receiver has it, for a pool when that is known of every worker; or
    ///     fails with a [MessageException]
    default CompletableFuture<Delivery> send(Address to, Payload payload) {
        return send(to, payload, WhenFull.waitFor(DEFAULT_WAIT));
    }

    /// Sends a message, as [#send(Address, Payload)], with another choice for when there is no room.
    CompletableFuture<Delivery> send(Address to, Payload payload, WhenFull whenFull);

    /// Sends a request, which a handler of the receiver answers.
    ///
    /// @param to not a pool
    /// @param timeout for all of it, the wait for room too; positive
    /// @return completes with the reply; fails with a [MessageException]. To cancel it withdraws the request: its
    ///     handler is told.
    /// @throws IllegalArgumentException for a pool, or a timeout that is not positive
    CompletableFuture<Payload> request(Address to, Payload payload, Duration timeout);

    /// Who takes messages from now on; one that came before and was not taken goes to it too. A handler that
    /// throws is reported and costs nobody anything else.
    void onMessage(Consumer<IncomingMessage> handler);

    /// Who answers requests from now on, by [IncomingRequest#reply], now or later. A handler that throws before it
    /// has answered fails the request with [FailureReason#HANDLER_FAILED].
    void onRequest(Consumer<IncomingRequest> handler);

    /// On which threads handlers run from now on, instead of virtual ones: whatever they are, one at a time for each
    /// sender and in order.
    ///
    /// `Runnable::run` is the thread of the sessions itself, as Node has it: the shortest way, for handlers that
    /// never block. One that does stops all that this process says and hears, its heartbeat too; and nothing that
    /// such a handler says waits for room: without room it fails at once.
    ///
    /// @param executor runs each task it is given, once; what it refuses fails with [FailureReason#HANDLER_FAILED]
    void handleOn(Executor executor);
}
