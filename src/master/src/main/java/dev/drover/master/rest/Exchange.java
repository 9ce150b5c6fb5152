package dev.drover.master.rest;

import com.google.protobuf.ByteString;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import java.util.function.Consumer;

/// A request and its answer. On its event loop, but for what says otherwise.
final class Exchange {
    /// What a request may bring: far more than pools need, and small enough to be held for each call at once.
    static final int MAX_BODY_BYTES = 1 << 20;

    /// A request that does not come whole in that time, and an answer that is not read in it, hold a call's place.
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Vertx vertx;
    private final Context context;
    private final HttpServerRequest request;
    private final HttpServerResponse response;

    Exchange(Vertx vertx, HttpServerRequest request) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.request = request;
        this.response = request.response();
    }

    /// Runs something on the event loop, in the order of the calls of one thread. Any thread.
    void run(Runnable task) {
        context.runOnContext(_ -> task.run());
    }

    /// A header; empty: there is none.
    String header(String name) {
        var value = request.getHeader(name);
        return value == null ? "" : value;
    }

    /// As it was sent, without the question mark.
    String query() {
        var query = request.query();
        return query == null ? "" : query;
    }

    boolean isHead() {
        return request.method().name().equals("HEAD");
    }

    /// Takes what comes, once, and whole.
    ///
    /// @param refused run, instead, where it is too large or too slow; that has been answered
    void receive(Consumer<ByteString> body, Runnable refused) {
        if (declaredLength() > MAX_BODY_BYTES) {
            refuse(tooLarge(), refused);
            return;
        }
        if (header("expect").equalsIgnoreCase("100-continue")) {
            response.writeContinue();
        }
        var received = Buffer.buffer();
        long timer = vertx.setTimer(PATIENCE.toMillis(), _ -> refuse(tooSlow(), refused));
        request.handler(chunk -> {
            if (received.length() + chunk.length() > MAX_BODY_BYTES) {
                vertx.cancelTimer(timer);
                refuse(tooLarge(), refused);
            } else {
                received.appendBuffer(chunk);
            }
        });
        request.exceptionHandler(_ -> vertx.cancelTimer(timer));
        request.endHandler(_ -> {
            vertx.cancelTimer(timer);
            if (!isOver()) {
                body.accept(ByteString.copyFrom(received.getBytes()));
            }
        });
    }

    private long declaredLength() {
        try {
            return Long.parseLong(header("content-length"));
        } catch (NumberFormatException _) {
            return 0;
        }
    }

    private static Problem tooLarge() {
        return Problem.of(
                413, "BODY_TOO_LARGE", "the body is larger than " + MAX_BODY_BYTES + " bytes: send less at once");
    }

    private static Problem tooSlow() {
        return Problem.of(
                408,
                "NOT_RECEIVED",
                "the request did not come whole within " + PATIENCE.toSeconds() + " s: send it again");
    }

    /// Answers a request of which more may come, which nobody reads.
    private void refuse(Problem problem, Runnable refused) {
        request.handler(_ -> {});
        if (!isOver()) {
            answer(Answer.of(problem).with("connection", "close")).onComplete(_ -> close());
        }
        refused.run();
    }

    /// Answers, unless it is too late.
    ///
    /// @return done when the answer has left, or never will
    Future<Void> answer(Answer answer) {
        if (isOver()) {
            return Future.succeededFuture();
        }
        response.setStatusCode(answer.status());
        if (!answer.type().isEmpty()) {
            head(answer.type());
        }
        answer.headers().forEach(response::putHeader);
        long timer = vertx.setTimer(PATIENCE.toMillis(), _ -> close());
        return response.end(Buffer.buffer(answer.body())).onComplete(_ -> vertx.cancelTimer(timer));
    }

    /// Begins an answer of unknown length.
    void begin(String type) {
        response.setStatusCode(200).setChunked(true);
        head(type);
    }

    private void head(String type) {
        response.putHeader("content-type", type)
                .putHeader("cache-control", "no-store")
                .putHeader("x-content-type-options", "nosniff");
    }

    /// Writes a part of an answer.
    ///
    /// @return done when it has left, or never will
    Future<Void> write(Buffer part) {
        return isOver() ? Future.succeededFuture() : response.write(part);
    }

    void end() {
        if (!isOver()) {
            response.end();
        }
    }

    /// Whether nothing can be answered any more.
    boolean isOver() {
        return response.ended() || response.closed();
    }

    /// Cuts the connection: what was answered so far is not whole.
    void close() {
        request.connection().close();
    }

    /// Tells when the asker leaves before the end.
    void whenLeft(Runnable task) {
        response.closeHandler(_ -> task.run());
    }

    /// Does something after a while, and then again and again.
    ///
    /// @return what ends it
    Runnable repeat(Duration first, Duration then, Runnable task) {
        long timer = vertx.setPeriodic(first.toMillis(), then.toMillis(), _ -> task.run());
        return () -> vertx.cancelTimer(timer);
    }
}
