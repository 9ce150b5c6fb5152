package dev.drover.master.control;

import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.quarkus.grpc.GlobalInterceptor;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.inject.spi.Prioritized;
import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/// Tells each call two things that Quarkus' server leaves out.
///
/// - Its beginning. Quarkus starts a call with gRPC's first event, which is `onReady`. That does not come while another
///   stream of the connection, whose reader does not read, has used up the connection's window: no call of that
///   connection would start, and what it has sent would stay.
/// - Its end, when its connection breaks. Vert.x tells gRPC only of a reset of the stream.
@GlobalInterceptor
@Singleton
class CallEvents implements ServerInterceptor, Prioritized {
    /// The first of all, on the event loop, before anything else has looked at the call.
    @Override
    public int getPriority() {
        return Integer.MAX_VALUE;
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        var listener = new EndedOnce<>(next.startCall(call, headers));
        var context = Vertx.currentContext();
        if (context != null) {
            // As an event of its own, once the call knows its listener; gRPC allows it where nothing is ready.
            context.runOnContext(_ -> listener.onReady());
            routing(context)
                    .ifPresent(routing -> routing.addEndHandler(ended -> {
                        if (ended.failed()) {
                            context.runOnContext(_ -> listener.onCancel());
                        }
                    }));
        }
        return listener;
    }

    /// Of the HTTP request that carries the call which is being started in that context.
    static Optional<RoutingContext> routing(Context context) {
        return Optional.ofNullable(context.getLocal(RoutingContext.class.getName()));
    }

    /// Tells one end of a call, the first.
    private static final class EndedOnce<Q> extends SimpleForwardingServerCallListener<Q> {
        private final AtomicBoolean ended = new AtomicBoolean();

        EndedOnce(ServerCall.Listener<Q> listener) {
            super(listener);
        }

        @Override
        public void onCancel() {
            if (!ended.getAndSet(true)) {
                super.onCancel();
            }
        }

        @Override
        public void onComplete() {
            if (!ended.getAndSet(true)) {
                super.onComplete();
            }
        }
    }
}
