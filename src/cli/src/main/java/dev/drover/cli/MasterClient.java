package dev.drover.cli;

import dev.drover.protocol.control.v1.ControlServiceGrpc;
import dev.drover.protocol.control.v1.ControlServiceGrpc.ControlServiceBlockingStub;
import dev.drover.protocol.control.v1.GetVersionRequest;
import dev.drover.protocol.control.v1.MessageServiceGrpc;
import dev.drover.protocol.control.v1.MessageServiceGrpc.MessageServiceBlockingStub;
import dev.drover.protocol.control.v1.MessageServiceGrpc.MessageServiceStub;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;

/// The way to one master. Each call has the whole timeout; a failed one ends in a [CliException].
final class MasterClient implements AutoCloseable {

    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    /// For the answer of a master that has waited as long as it should.
    private static final Duration ANSWER_SLACK = Duration.ofSeconds(5);

    private final Address address;
    private final Duration timeout;
    private final MasterChannel channel;
    private final ControlServiceBlockingStub stub;
    private final MessageServiceBlockingStub messages;
    private final MessageServiceStub streams;

    private MasterClient(Address address, Duration timeout, MasterChannel channel, Optional<String> token) {
        this.address = address;
        this.timeout = timeout;
        this.channel = channel;
        Channel authorized = token.<Channel>map(text -> ClientInterceptors.intercept(
                        channel.grpc(), MetadataUtils.newAttachHeadersInterceptor(bearer(text))))
                .orElse(channel.grpc());
        this.stub = ControlServiceGrpc.newBlockingStub(authorized);
        this.messages = MessageServiceGrpc.newBlockingStub(authorized);
        this.streams = MessageServiceGrpc.newStub(authorized);
    }

    /// @param early what may be open already
    /// @param tokenFile what opens the writing calls on a TCP address of this machine; sent nowhere else
    static MasterClient of(
            Address address,
            EarlyChannel early,
            Credentials credentials,
            Map<String, String> environment,
            Path tokenFile,
            Duration timeout) {
        return switch (address) {
            case Address.Unix(Path path) -> {
                // Before anything of gRPC is loaded: the usual mistake is told at once.
                if (!Files.exists(path)) {
                    throw unreachable(address, "there is no such socket");
                }
                yield new MasterClient(
                        address, timeout, early.take(path).orElseGet(() -> MasterChannel.to(path)), Optional.empty());
            }
            case Address.Tcp tcp -> {
                InetSocketAddress target = resolve(tcp);
                yield new MasterClient(
                        address,
                        timeout,
                        MasterChannel.to(target),
                        target.getAddress().isLoopbackAddress()
                                ? credentials.token(environment).or(() -> token(tokenFile))
                                : Optional.empty());
            }
            case Address.Tls(Address.Tcp tcp) -> {
                var tls = credentials.tls(environment);
                // The name stands in the certificate.
                var channel = MasterChannel.to(
                        resolve(tcp), builder -> builder.sslContext(tls).overrideAuthority(tcp.toString()));
                yield new MasterClient(address, timeout, channel, credentials.token(environment));
            }
        };
    }

    Address address() {
        return address;
    }

    /// Makes one call. What it is for, `restart worker web-0`, is told where it fails.
    <T> T call(String purpose, Function<ControlServiceBlockingStub, T> call) {
        try {
            return call.apply(stub.withDeadlineAfter(timeout.toMillis(), TimeUnit.MILLISECONDS));
        } catch (StatusRuntimeException e) {
            throw failure(purpose, e);
        }
    }

    /// Makes one call that is answered when something is over; empty when that is not so in time. The first look
    /// whether a master answers at all has a bound of its own.
    <T> Optional<T> await(String purpose, Duration time, Function<ControlServiceBlockingStub, T> call) {
        var _ = call(purpose, stub -> stub.getVersion(GetVersionRequest.getDefaultInstance()));
        try {
            return Optional.of(call.apply(stub.withDeadlineAfter(time.toMillis(), TimeUnit.MILLISECONDS)));
        } catch (StatusRuntimeException e) {
            if (e.getStatus().getCode() == Status.Code.DEADLINE_EXCEEDED) {
                return Optional.empty();
            }
            throw failure(purpose, e);
        }
    }

    /// Makes one call with many answers and hands each on, until the end.
    ///
    /// @param time for all of it; empty: without a bound
    /// @return false when the time was over before the end
    <R, T> boolean follow(
            String purpose,
            Optional<Duration> time,
            Function<ControlServiceBlockingStub, Iterator<R>> call,
            Function<R, T> answer,
            Consumer<T> reader) {
        try {
            Iterator<R> answers =
                    call.apply(time.map(left -> stub.withDeadlineAfter(left.toMillis(), TimeUnit.MILLISECONDS))
                            .orElse(stub));
            while (answers.hasNext()) {
                reader.accept(answer.apply(answers.next()));
            }
            return true;
        } catch (StatusRuntimeException e) {
            if (time.isPresent() && e.getStatus().getCode() == Status.Code.DEADLINE_EXCEEDED) {
                return false;
            }
            throw failure(purpose, e);
        }
    }

    /// Makes one call that tells changes for as long as it goes, and hands each on.
    ///
    /// @return false when changes were lost (`EXPIRED`), so that the caller must look anew
    <R> boolean watch(String purpose, Function<ControlServiceBlockingStub, Iterator<R>> call, Consumer<R> reader) {
        try {
            call.apply(stub).forEachRemaining(reader);
            return true;
        } catch (StatusRuntimeException e) {
            if (e.getStatus().getCode() == Status.Code.OUT_OF_RANGE) {
                return false;
            }
            throw failure(purpose, e);
        }
    }

    /// Makes one call that says something. The master answers in the given time; one that does not in somewhat
    /// more is not
    /// there.
    <T> T say(String purpose, Duration time, Function<MessageServiceBlockingStub, T> call) {
        try {
            return call.apply(messages.withDeadlineAfter(time.plus(ANSWER_SLACK).toMillis(), TimeUnit.MILLISECONDS));
        } catch (StatusRuntimeException e) {
            throw Undelivered.told(purpose, e).orElseGet(() -> failure(purpose, e));
        }
    }

    /// Opens a subscription, without a bound of time.
    SubscriptionStream subscribe(String purpose) {
        var stream = new SubscriptionStream(e -> Undelivered.told(purpose, e).orElseGet(() -> failure(purpose, e)));
        var _ = streams.subscribe(stream);
        return stream;
    }

    static com.google.protobuf.Duration wire(Duration time) {
        return com.google.protobuf.Duration.newBuilder()
                .setSeconds(time.toSeconds())
                .setNanos(time.toNanosPart())
                .build();
    }

    /// Whether a master is there at all; one that is too slow to answer is.
    boolean isListening() {
        try {
            var _ = stub.withDeadlineAfter(timeout.toMillis(), TimeUnit.MILLISECONDS)
                    .getVersion(GetVersionRequest.getDefaultInstance());
            return true;
        } catch (StatusRuntimeException e) {
            return e.getStatus().getCode() != Status.Code.UNAVAILABLE;
        }
    }

    private CliException failure(String purpose, StatusRuntimeException e) {
        String told = Optional.ofNullable(e.getStatus().getDescription())
                .orElse(e.getStatus().getCode().toString());
        // What a master says in whole sentences needs no beginning.
        String cannot = told.startsWith("cannot ") ? "" : "cannot " + purpose + ": ";
        return switch (e.getStatus().getCode()) {
            case UNAVAILABLE -> unreachable(address, cause(e));
            case DEADLINE_EXCEEDED ->
                new CliException(
                        ExitCode.UNREACHABLE,
                        "cannot reach the master at " + address + ": no answer within " + timeout.toMillis()
                                + " ms; give it longer with --timeout");
            case NOT_FOUND -> new CliException(ExitCode.NOT_FOUND, cannot + told + NextStep.after(e));
            case INVALID_ARGUMENT ->
                new CliException(NextStep.isBadField(e) ? ExitCode.USAGE : ExitCode.FAILED, cannot + told);
            case UNAUTHENTICATED ->
                new CliException(
                        ExitCode.FAILED, cannot + told + "; give --token-file, or --tls-certificate and --tls-key");
            case PERMISSION_DENIED ->
                new CliException(
                        ExitCode.FAILED,
                        cannot
                                + told
                                + (address instanceof Address.Tls
                                        ? ""
                                        : "; use the control socket of the master's run directory, or its token"
                                                + " (DROVER_RUN_DIR) on an address of this machine"));
            case UNIMPLEMENTED ->
                new CliException(
                        ExitCode.FAILED,
                        cannot + "the master at " + address + " does not know this call; compare 'drover version'");
            default -> new CliException(ExitCode.FAILED, cannot + told + NextStep.after(e));
        };
    }

    private static CliException unreachable(Address address, String cause) {
        return new CliException(
                ExitCode.UNREACHABLE,
                "cannot reach the master at " + address + ": " + cause
                        + "; start one with 'drover run' or name another with --address or DROVER_RUN_DIR");
    }

    /// The innermost cause, which is the kernel's word.
    private static String cause(StatusRuntimeException e) {
        String told = Optional.ofNullable(e.getStatus().getDescription()).orElse("no connection");
        for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
            told = Optional.ofNullable(cause.getMessage())
                    .orElse(cause.getClass().getSimpleName());
        }
        return told;
    }

    private static InetSocketAddress resolve(Address.Tcp address) {
        try {
            return address.resolve();
        } catch (UnknownHostException _) {
            throw unreachable(address, "the host is unknown");
        }
    }

    private static Optional<String> token(Path file) {
        try {
            return Files.isReadable(file)
                    ? Optional.of(Files.readString(file).strip()).filter(text -> !text.isEmpty())
                    : Optional.empty();
        } catch (IOException _) {
            return Optional.empty(); // reading calls need none; the others say what is missing
        }
    }

    private static Metadata bearer(String token) {
        var headers = new Metadata();
        headers.put(AUTHORIZATION, "Bearer " + token);
        return headers;
    }

    @Override
    public void close() {
        channel.close();
    }
}
