package dev.drover.master.rest;

import com.google.protobuf.Message;
import io.grpc.ServerMethodDefinition;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A call with one answer.
final class UnaryCall extends RestCall {
    private final Function<Message, Answer> success;
    private final Function<Problem, Answer> failure;
    private final Consumer<Answer> answer;

    /// Written and read by whoever answers, which a service does on one thread at a time.
    private volatile @Nullable Message message;

    /// @param success what is answered, of what the service answers
    /// @param failure what is answered when it refuses
    /// @param answer takes what is answered, once, on any thread
    UnaryCall(
            ServerMethodDefinition<Message, Message> method,
            Function<Message, Answer> success,
            Function<Problem, Answer> failure,
            Consumer<Answer> answer) {
        super(method);
        this.success = success;
        this.failure = failure;
        this.answer = answer;
    }

    @Override
    public void sendMessage(Message told) {
        message = told;
    }

    @Override
    void succeeded() {
        answer.accept(success.apply(Objects.requireNonNull(message)));
    }

    @Override
    void failed(Problem problem) {
        answer.accept(failure.apply(problem));
    }
}
