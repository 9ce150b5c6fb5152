package dev.drover.master.control;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.rpc.ErrorInfo;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ServerCallStreamObserver;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// Keeps what a service answers; its reader reads unless told otherwise.
final class Answer<T> extends ServerCallStreamObserver<T> {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final BlockingQueue<T> messages = new LinkedBlockingQueue<>();
    private final List<Throwable> errors = new CopyOnWriteArrayList<>();
    private final CountDownLatch end = new CountDownLatch(1);
    private final CountDownLatch stalled = new CountDownLatch(1);

    /// Published by the call to the test.
    private volatile boolean completed;

    /// Published by the test to the call.
    volatile boolean reading = true;

    private volatile Runnable onCancel = () -> {};

    T only() {
        assertThat(errors).isEmpty();
        assertThat(completed).isTrue();
        assertThat(messages).hasSize(1);
        return messages.element();
    }

    Status.Code code() {
        assertThat(messages).isEmpty();
        return Status.fromThrowable(errors.getFirst()).getCode();
    }

    /// The reason of the refusal, for programs.
    String reason() {
        return detail(0, ErrorInfo.class).getReason();
    }

    <D extends Message> D detail(int index, Class<D> type) {
        try {
            return Objects.requireNonNull(StatusProto.fromThrowable(errors.getFirst()))
                    .getDetails(index)
                    .unpack(type);
        } catch (InvalidProtocolBufferException failure) {
            throw new AssertionError(failure);
        }
    }

    /// The next message of several.
    T next() throws InterruptedException {
        var message = messages.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(message).isNotNull();
        return message;
    }

    void awaitEnd() throws InterruptedException {
        assertThat(end.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }

    /// Waits until the call has something to say while nobody reads.
    void awaitStalled() throws InterruptedException {
        assertThat(stalled.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }

    boolean isOver() {
        return end.getCount() == 0;
    }

    /// As gRPC tells the call when its caller leaves.
    void cancel() {
        onCancel.run();
    }

    @Override
    public void onNext(T message) {
        messages.add(message);
    }

    @Override
    public void onError(Throwable error) {
        errors.add(error);
        end.countDown();
    }

    @Override
    public void onCompleted() {
        completed = true;
        end.countDown();
    }

    @Override
    public boolean isReady() {
        if (!reading) {
            stalled.countDown();
        }
        return reading;
    }

    @Override
    public boolean isCancelled() {
        return false;
    }

    @Override
    public void setOnCancelHandler(Runnable handler) {
        onCancel = handler;
    }

    @Override
    public void setOnReadyHandler(Runnable handler) {}

    @Override
    public void disableAutoInboundFlowControl() {}

    @Override
    public void request(int count) {}

    @Override
    public void setMessageCompression(boolean enable) {}

    @Override
    public void setCompression(String compression) {}
}
