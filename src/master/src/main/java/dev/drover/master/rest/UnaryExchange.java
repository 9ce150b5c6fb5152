package dev.drover.master.rest;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.grpc.ServerMethodDefinition;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;

/// A call with one answer, from its request to when its answer has left. It holds a place in the room until then.
final class UnaryExchange {
    private static final int PRECONDITION_FAILED = 412;
    private static final String STALE = "RESOURCE_VERSION_STALE";

    private final Asked asked;
    private final Exchange exchange;
    private final Semaphore room;
    private final UnaryCall call;
    private final AtomicBoolean left = new AtomicBoolean();

    /// @param room in which it has a place
    UnaryExchange(Asked asked, ServerMethodDefinition<Message, Message> method, Semaphore room) {
        this.asked = asked;
        this.exchange = asked.exchange();
        this.room = room;
        this.call = new UnaryCall(method, this::rendered, this::refused, this::answer);
    }

    /// On the event loop.
    void begin() {
        exchange.whenLeft(() -> {
            call.cancel();
            leave();
        });
        if (asked.route().takesBody()) {
            exchange.receive(this::start, this::leave);
        } else {
            start(ByteString.EMPTY);
        }
    }

    private void start(ByteString body) {
        Thread.ofVirtual().name("drover-rest").start(() -> read(body));
    }

    private void read(ByteString body) {
        try {
            call.start(new RequestReader(asked.route().method()).read(asked.callRequest(body)));
        } catch (RequestRefused refused) {
            answer(Answer.of(refused.problem()));
        }
    }

    private Answer rendered(Message message) {
        try {
            return Answer.of(
                    Rendering.render(asked.route().shape(), message, asked.variables()),
                    exchange.header("if-none-match"));
        } catch (RequestRefused refused) {
            return Answer.of(refused.problem());
        }
    }

    /// Who has set the condition by HTTP is told in its words.
    private Answer refused(Problem problem) {
        return Answer.of(
                asked.isConditional() && problem.reason().equals(STALE)
                        ? problem.withStatus(PRECONDITION_FAILED)
                        : problem);
    }

    private void answer(Answer answer) {
        exchange.run(() -> exchange.answer(answer).onComplete(_ -> leave()));
    }

    private void leave() {
        if (left.compareAndSet(false, true)) {
            room.release();
        }
    }
}
