package dev.drover.master.rest;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import com.google.protobuf.Message;
import com.google.rpc.Code;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A call of the control service that came by HTTP. What gRPC promises a service holds: its listener is told one thing
/// at a time, on virtual threads, and it may answer from any thread.
abstract class RestCall extends ServerCall<Message, Message> {
    private final ServerMethodDefinition<Message, Message> method;
    private final ReentrantLock lock = new ReentrantLock();

    @GuardedBy("lock")
    private @Nullable Listener<Message> listener;

    /// Published by the event loop to the call.
    private volatile boolean cancelled;

    /// Published by the call to the event loop.
    private volatile boolean closed;

    RestCall(ServerMethodDefinition<Message, Message> method) {
        this.method = method;
    }

    /// Calls the service. Once, on a virtual thread: it may wait.
    final void start(Message request) {
        lock.lock();
        try {
            if (!cancelled) {
                var started = method.getServerCallHandler().startCall(this, new Metadata());
                listener = started;
                started.onReady();
                started.onMessage(request);
                started.onHalfClose();
            }
        } finally {
            lock.unlock();
        }
    }

    /// Nobody waits for the answer any more. Any thread.
    final void cancel() {
        cancelled = true;
        tell(Listener::onCancel);
    }

    /// More can be told. Any thread.
    final void tellReady() {
        tell(Listener::onReady);
    }

    private void tell(Consumer<Listener<Message>> what) {
        if (!closed) {
            Thread.ofVirtual().name("drover-rest").start(() -> {
                lock.lock();
                try {
                    if (listener != null && !closed) {
                        what.accept(listener);
                    }
                } finally {
                    lock.unlock();
                }
            });
        }
    }

    /// It has been answered.
    abstract void succeeded();

    /// It has been refused.
    abstract void failed(Problem problem);

    @Override
    public final void close(Status status, Metadata trailers) {
        closed = true;
        if (status.isOk()) {
            succeeded();
        } else {
            failed(problem(status, trailers));
        }
    }

    private static Problem problem(Status status, Metadata trailers) {
        var told = Objects.requireNonNullElseGet(
                StatusProto.fromStatusAndTrailers(status, trailers),
                () -> com.google.rpc.Status.newBuilder()
                        .setCode(Code.UNKNOWN.getNumber())
                        .build());
        return Problem.of(told);
    }

    /// Requests come whole, with the start.
    @Override
    public final void request(int count) {}

    @Override
    public final void sendHeaders(Metadata headers) {}

    @Override
    public final boolean isCancelled() {
        return cancelled;
    }

    @Override
    public final MethodDescriptor<Message, Message> getMethodDescriptor() {
        return method.getMethodDescriptor();
    }
}
