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
import jakarta.enterprise.inject.spi.Prioritized;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Optional;

/// Lets a few callers at once send what they say, and the others wait: a message is in memory as far as it has come,
/// and a hundred calls could send large ones at the same time.
///
/// A caller that waits is not read from; what it may have sent by then is the window of its stream.
///
/// Also begins each call at once. Quarkus leaves that to gRPC's first event, which is `onReady`: it does not come as
/// long
/// as another stream of the same connection, whose reader does not read, has used up the connection's window.
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

    /// On the event loop, right after [CallEvents].
    @Override
    public int getPriority() {
        return Integer.MAX_VALUE - 1;
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        var listener = next.startCall(call, headers);
        var context = Vertx.currentContext();
        if (context == null || call.getMethodDescriptor().getType() != MethodType.UNARY) {
            return listener;
        }
        return CallEvents.routing(context)
                .map(routing -> inTurn(listener, new Caller(call, context, routing.request())))
                .orElse(listener);
    }

    private static <Q> ServerCall.Listener<Q> inTurn(ServerCall.Listener<Q> listener, Caller caller) {
        return new SimpleForwardingServerCallListener<Q>(listener) {
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
