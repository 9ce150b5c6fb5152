package dev.drover.supervisor.health;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Asks real servers.
class NetworkProberTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(1);
    private static final ProbeResult PASSED = new ProbeResult.Passed();

    private final NetworkProber prober = new NetworkProber();

    @AfterEach
    void end() {
        prober.close();
    }

    private ProbeResult ask(InetSocketAddress target, ProbeAction action) throws Exception {
        var answer = new CompletableFuture<ProbeResult>();
        var reached = NetworkProber.targetOf(target);
        try (var channel = NetworkProber.bind(reached)) {
            prober.ask(List.of(new NetworkProber.Question(channel, reached, action, TIMEOUT, answer::complete)));
            return answer.get(30, TimeUnit.SECONDS);
        }
    }

    private static ProbeAction get(String path) {
        return new ProbeAction.HttpGet("http", path, List.of());
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1", "::", "0.0.0.0"})
    void httpIsAskedOnEveryKindOfAddress(String host) throws Exception {
        // given
        var server = HttpServer.create(new InetSocketAddress(host, 0), 0);
        server.createContext("/", exchange -> {
            int status = exchange.getRequestURI().getPath().equals("/bad") ? 503 : 302;
            exchange.getResponseHeaders().add("Location", "/elsewhere");
            exchange.sendResponseHeaders(status, 3);
            exchange.getResponseBody().write("abc".getBytes(StandardCharsets.US_ASCII));
            exchange.close();
        });
        server.start();
        try {
            // when
            var good = ask(server.getAddress(), get("/"));
            var bad = ask(server.getAddress(), get("/bad"));

            // then
            assertThat(good).isEqualTo(PASSED);
            assertThat(bad).isEqualTo(new ProbeResult.Failed("HTTP 503"));
        } finally {
            server.stop(0);
        }
    }

    @Test
    void whoDoesNotAnswerFails() throws Exception {
        // given
        try (var silent = new ServerSocket(0, 16, InetAddress.getLoopbackAddress())) {
            var address = (InetSocketAddress) silent.getLocalSocketAddress();

            // when
            var connected = ask(address, new ProbeAction.TcpSocket("http"));
            var unanswered = ask(address, get("/"));

            // then
            assertThat(connected).isEqualTo(PASSED);
            assertThat(unanswered).isEqualTo(new ProbeResult.Failed("no answer within 1 s"));
        }
    }

    @Test
    void whoDoesNotListenFails() throws Exception {
        // given
        InetSocketAddress nobody;
        try (var closed = new ServerSocket(0, 16, InetAddress.getLoopbackAddress())) {
            nobody = (InetSocketAddress) closed.getLocalSocketAddress();
        }

        // when
        var refused = ask(nobody, new ProbeAction.TcpSocket("http"));

        // then
        assertThat(refused).isEqualTo(new ProbeResult.Failed("Connection refused"));
    }

    @Test
    void theHealthServiceOfGrpcIsAsked() throws Exception {
        // given
        var server = health();
        try {
            var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getPort());

            // when
            var all = ask(address, new ProbeAction.Grpc("http", ""));
            var busy = ask(address, new ProbeAction.Grpc("http", "busy"));
            var unknown = ask(address, new ProbeAction.Grpc("http", "x".repeat(200)));
            var noGrpc = ask(address, get("/"));

            // then
            assertThat(all).isEqualTo(PASSED);
            assertThat(busy).isEqualTo(new ProbeResult.Failed("NOT_SERVING"));
            assertThat(unknown)
                    .isEqualTo(new ProbeResult.Failed(
                            "the health service gave no answer; is it there, and the service known?"));
            assertThat(noGrpc).isInstanceOf(ProbeResult.Failed.class);
        } finally {
            server.shutdownNow().awaitTermination();
        }
    }

    /// The service by hand: `SERVING` for the empty name, `NOT_SERVING` for `busy`, an error for every other.
    private static Server health() throws IOException {
        var check = MethodDescriptor.<byte[], byte[]>newBuilder()
                .setType(MethodDescriptor.MethodType.UNARY)
                .setFullMethodName("grpc.health.v1.Health/Check")
                .setRequestMarshaller(new Bytes())
                .setResponseMarshaller(new Bytes())
                .build();
        var service = ServerServiceDefinition.builder("grpc.health.v1.Health")
                .addMethod(check, ServerCalls.asyncUnaryCall((request, answer) -> {
                    if (request.length > 0 && !Arrays.equals(request, new byte[] {0x0a, 4, 'b', 'u', 's', 'y'})) {
                        answer.onError(io.grpc.Status.NOT_FOUND.asRuntimeException());
                    } else {
                        answer.onNext(new byte[] {0x08, (byte) (request.length == 0 ? 1 : 2)});
                        answer.onCompleted();
                    }
                }))
                .build();
        return NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(service)
                .build()
                .start();
    }

    private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }
    }
}
