package dev.drover.master.control;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.quarkus.grpc.GlobalInterceptor;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/// Tells a call by when its caller wants the answer: Vert.x' server reads `grpc-timeout` for nobody.
@GlobalInterceptor
@Singleton
class CallDeadline implements ServerInterceptor {
    private static final Metadata.Key<String> TIMEOUT =
            Metadata.Key.of("grpc-timeout", Metadata.ASCII_STRING_MARSHALLER);

    /// Of [System#nanoTime].
    private static final Context.Key<Long> END = Context.key("drover-call-end");

    /// Digits and a unit, as gRPC over HTTP/2 writes it.
    private static final Pattern FORMAT = Pattern.compile("([0-9]{1,8})([HMSmun])");

    /// What the caller of the current call still waits; empty: it has set no deadline. Only where gRPC calls.
    static Optional<Duration> left() {
        return Optional.ofNullable(END.get()).map(end -> Duration.ofNanos(Math.max(0, end - System.nanoTime())));
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        var timeout = Optional.ofNullable(headers.get(TIMEOUT)).flatMap(CallDeadline::parse);
        if (timeout.isEmpty()) {
            return next.startCall(call, headers);
        }
        long end = System.nanoTime() + timeout.get().toNanos();
        return Contexts.interceptCall(Context.current().withValue(END, end), call, headers, next);
    }

    /// Empty for what is none: then the caller ends the call all the same.
    static Optional<Duration> parse(String text) {
        var matcher = FORMAT.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        long number = Long.parseLong(matcher.group(1));
        return Optional.of(
                switch (matcher.group(2).charAt(0)) {
                    case 'H' -> Duration.ofHours(Math.min(number, 876_000));
                    case 'M' -> Duration.ofMinutes(number);
                    case 'S' -> Duration.ofSeconds(number);
                    case 'm' -> Duration.ofMillis(number);
                    case 'u' -> Duration.ofNanos(number * 1_000);
                    default -> Duration.ofNanos(number);
                });
    }
}
