package dev.drover.master.control;

import dev.drover.session.Switchboard;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.StatusRuntimeException;
import io.quarkus.grpc.GlobalInterceptor;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.inject.spi.Prioritized;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Optional;

/// Lets a few callers at once send what they say, and the others wait: a message is in memory as far as it has come,
/// and a hundred calls could send large ones at the same time.
///
/// A caller that waits is not read from; what it may have sent by then is the window of its stream.
@GlobalInterceptor
@Singleton
class Reception implements ServerInterceptor, Prioritized {
    /// A message grows in a buffer that doubles.
    private static final int COPIES = 2;

    /// From a caller's turn to the end of what it sends: one that hangs is not waited for.
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final Turns turns;

    @Inject
    Reception(Switchboard switchboard) {
        var limits = switchboard.limits();
        this.turns = new Turns((int) Math.max(1, limits.maxTotalBytes() / 2 / COPIES / limits.maxPayloadBytes()));
    }

    /// The first of all, on the event loop, before anything else has looked at the call.
    @Override
    public int getPriority() {
        return Integer.MAX_VALUE;
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        var context = Vertx.currentContext();
        if (context == null || call.getMethodDescriptor().getType() != MethodType.UNARY) {
            return next.startCall(call, headers);
        }
        var request = request(context);
        if (request.isEmpty()) {
            return next.startCall(call, headers);
        }
        var caller = new Caller(call, context, request.get());
        var listener = next.startCall(call, headers);
        return new SimpleForwardingServerCallListener<>(listener) {
            @Override
            public void onHalfClose() {
                caller.hasSent();
                // One that was cut off has its answer.
                if (!caller.isCutOff()) {
                    super.onHalfClose();
                }
            }

            @Override
            public void onCancel() {
                caller.hasSent();
                super.onCancel();
            }

            @Override
            public void onComplete() {
                caller.hasSent();
                super.onComplete();
            }
        };
    }

    private static Optional<HttpServerRequest> request(Context context) {
        RoutingContext routing = context.getLocal(RoutingContext.class.getName());
        return Optional.ofNullable(routing).map(RoutingContext::request);
    }

    /// One that sends, or waits for its turn to.
    private final class Caller {
        private final ServerCall<?, ?> call;
        private final Context context;
        private final Turns.Turn turn;
        private long timer;
        private boolean cutOff;

        Caller(ServerCall<?, ?> call, Context context, HttpServerRequest request) {
            this.call = call;
            this.context = context;
            this.turn = turns.take(request::pause, () -> {
                watch();
                request.resume();
            });
            if (turn.isTaken()) {
                watch();
            }
        }

        private void watch() {
            timer = context.owner().setTimer(TIMEOUT.toMillis(), _ -> cutOff());
        }

        void hasSent() {
            context.owner().cancelTimer(timer);
            turn.end();
        }

        boolean isCutOff() {
            return cutOff;
        }

        private void cutOff() {
            cutOff = true;
            turn.end();
            StatusRuntimeException refused = Refusals.exceptionOf(new Refusal.NotReceived(TIMEOUT));
            call.close(
                    refused.getStatus(),
                    Optional.ofNullable(refused.getTrailers()).orElseGet(Metadata::new));
        }
    }
}
