package dev.drover.bench;

import dev.drover.session.Delivery;
import dev.drover.session.IncomingMessage;
import dev.drover.session.IncomingRequest;
import dev.drover.session.Payload;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// One end of the conversation that is measured, the same in the parent and in its worker: it counts messages, echoes
/// requests, and follows those that are orders. Payloads are text, because Node's are: made anew for each message, and
/// read by whoever gets it.
final class MessagesEnd {
    /// For one round trip, or for the rest of a flood.
    static final Duration ANSWER_BOUND = Duration.ofSeconds(30);

    private static final int CLOCK_EVERY = 64;

    /// The other end.
    interface Other {
        CompletableFuture<Delivery> send(Payload payload);

        CompletableFuture<Payload> request(Payload payload, Duration timeout);
    }

    /// Where the handlers of both ends run.
    enum Handlers {
        /// On virtual threads, as they do unless told otherwise.
        VIRTUAL,
        /// On the thread of the session, as Node's.
        DIRECT;

        Optional<Executor> executor() {
            return this == DIRECT ? Optional.of(Runnable::run) : Optional.empty();
        }
    }

    /// What an end can be told to do, in JSON; everything else is echoed.
    enum What {
        /// Tell the process.
        PID,
        /// Tell how many messages have come since the last time.
        TAKEN,
        /// Flood the other end.
        FLOOD
    }

    /// @param size characters in a message
    record Order(What what, int size, long millis) {
        static Order to(What what) {
            return new Order(what, 0, 0);
        }
    }

    private final Other other;

    /// Written and read by the handlers, of which one runs at a time.
    private long taken;

    private long characters;

    MessagesEnd(Other other) {
        this.other = other;
    }

    void onMessage(IncomingMessage message) {
        taken++;
        characters += message.payload().text().length();
    }

    void onRequest(IncomingRequest request) {
        var payload = request.payload();
        if (!payload.contentType().equals(Payload.JSON)) {
            request.reply(Payload.text(payload.text()));
            return;
        }
        var order = payload.json(Order.class);
        switch (order.what()) {
            case PID -> request.reply(Payload.json(ProcessHandle.current().pid()));
            case TAKEN -> request.reply(Payload.json(takenSince()));
            // On a thread of its own, whatever that of the handlers is: it waits.
            case FLOOD ->
                Thread.startVirtualThread(
                        () -> request.reply(Payload.json(flood(order.size(), Duration.ofMillis(order.millis())))));
        }
    }

    private String takenSince() {
        var since = taken + " " + characters;
        taken = 0;
        characters = 0;
        return since;
    }

    /// Sends while there is room, and waits until the other end has taken all.
    Flood.Sent flood(int size, Duration duration) {
        var text = "x".repeat(size);
        long start = System.nanoTime();
        long end = start + duration.toNanos();
        long count = 0;
        CompletableFuture<Delivery> last;
        do {
            for (int i = 1; i < CLOCK_EVERY; i++) {
                var _ = other.send(Payload.text(text));
            }
            last = other.send(Payload.text(text));
            count += CLOCK_EVERY;
        } while (System.nanoTime() - end < 0);
        await(last);
        double seconds = (System.nanoTime() - start) / 1e9;
        checkTaken(count, count * size);
        return new Flood.Sent(count, seconds);
    }

    /// Of one sender everything is taken in order, so the answer counts what was sent before the question.
    private void checkTaken(long count, long charactersSent) {
        var expected = count + " " + charactersSent;
        var told = ask(What.TAKEN, String.class);
        if (!told.equals(expected)) {
            throw new BenchException("messages and characters sent are " + expected + ", those taken are " + told);
        }
    }

    <T> T ask(What what, Class<T> type) {
        return await(other.request(Payload.json(Order.to(what)), ANSWER_BOUND)).json(type);
    }

    /// Lets the other end flood this one.
    Flood.Sent floodBack(int size, Duration duration) {
        var order = Payload.json(new Order(What.FLOOD, size, duration.toMillis()));
        return await(other.request(order, duration.plus(ANSWER_BOUND))).json(Flood.Sent.class);
    }

    static <T> T await(CompletableFuture<T> future) {
        try {
            return future.get(ANSWER_BOUND.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException failure) {
            throw new BenchException("a message failed: " + failure.getCause());
        } catch (TimeoutException _) {
            throw new BenchException("a message has no outcome after " + ANSWER_BOUND);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted");
        }
    }
}
