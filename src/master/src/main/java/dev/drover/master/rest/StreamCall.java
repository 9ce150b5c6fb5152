package dev.drover.master.rest;

import com.google.protobuf.Message;
import io.grpc.ServerMethodDefinition;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/// A call whose answers are written as they come. A reader that does not read holds up whoever answers.
final class StreamCall extends RestCall {
    /// What may wait to be read beside what the kernel holds; an answer that was begun is not counted.
    private static final int MAX_UNREAD_BYTES = 64 << 10;

    /// A refusal comes sooner and is told with its own status; after that the stream has begun, even if there is
    /// nothing to tell.
    private static final Duration BEGIN = Duration.ofSeconds(2);

    /// Shorter than the patience of whatever may stand between.
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(15);

    private final Exchange exchange;
    private final StreamFormat format;
    private final AtomicLong unread = new AtomicLong();

    /// On the event loop.
    private boolean begun;

    /// By whoever answers, which a service does on one thread at a time.
    private boolean told;

    private Runnable endLife = () -> {};

    StreamCall(ServerMethodDefinition<Message, Message> method, Exchange exchange, StreamFormat format) {
        super(method);
        this.exchange = exchange;
        this.format = format;
    }

    /// On the event loop, before the start.
    void open() {
        exchange.whenLeft(this::leave);
        if (format.isLive()) {
            endLife = exchange.repeat(BEGIN, KEEP_ALIVE, this::signOfLife);
        }
    }

    private void leave() {
        endLife.run();
        cancel();
    }

    private void signOfLife() {
        if (isReady()) {
            write(": \n\n");
        }
    }

    @Override
    public boolean isReady() {
        return unread.get() < MAX_UNREAD_BYTES;
    }

    @Override
    public void sendMessage(Message answer) {
        var text = format.answer(answer, !told);
        told |= !text.isEmpty();
        var bytes = Buffer.buffer(text);
        // Counted before it is handed over: whoever answers asks next whether it may go on.
        unread.addAndGet(bytes.length());
        exchange.run(() -> {
            begin();
            exchange.write(bytes).onComplete(_ -> wasRead(bytes.length()));
        });
    }

    private void wasRead(int bytes) {
        long before = unread.getAndAdd(-bytes);
        if (before >= MAX_UNREAD_BYTES && before - bytes < MAX_UNREAD_BYTES) {
            tellReady();
        }
    }

    private void write(String text) {
        begin();
        send(text);
    }

    private void begin() {
        if (!begun && !exchange.isOver()) {
            begun = true;
            exchange.begin(format.type());
            send(format.begin());
        }
    }

    private void send(String text) {
        if (!text.isEmpty()) {
            exchange.write(Buffer.buffer(text));
        }
    }

    @Override
    void succeeded() {
        exchange.run(() -> {
            endLife.run();
            write(format.end());
            exchange.end();
        });
    }

    @Override
    void failed(Problem problem) {
        exchange.run(() -> {
            endLife.run();
            if (!begun) {
                exchange.answer(Answer.of(problem));
            } else if (format.failed(problem).isEmpty()) {
                exchange.close();
            } else {
                write(format.failed(problem));
                exchange.end();
            }
        });
    }
}
