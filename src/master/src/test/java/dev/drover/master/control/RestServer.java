package dev.drover.master.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.master.fixtures.FakeControls;
import dev.drover.master.rest.Rest;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// REST over the real control service of a fake master, and its client.
final class RestServer implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /// For all of them: to make these, and to end them, takes longer than a test.
    private static final Vertx VERTX =
            Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setUseDaemonThread(true));

    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final HttpServer server;

    RestServer(FakeControls controls) {
        var rest = new Rest(VERTX, new ControlService(controls).bindService());
        server = await(VERTX.createHttpServer()
                .requestHandler(request -> {
                    if (!rest.handle(request)) {
                        request.response().setStatusCode(418).end();
                    }
                })
                .listen(0, "127.0.0.1"));
    }

    private static <T> T await(io.vertx.core.Future<T> future) {
        return future.toCompletionStage()
                .toCompletableFuture()
                .orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .join();
    }

    /// Where it listens.
    int port() {
        return server.actualPort();
    }

    /// One request, to be sent.
    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path))
                .timeout(PATIENCE);
    }

    /// Asks.
    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(request(path));
    }

    /// Sends a body of JSON.
    HttpResponse<String> send(String verb, String path, String json) throws IOException, InterruptedException {
        return send(request(path)
                .header("content-type", "application/json")
                .method(verb, HttpRequest.BodyPublishers.ofString(json)));
    }

    HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /// Reads a stream of events.
    Events events(HttpRequest.Builder request) throws IOException, InterruptedException {
        var answer = CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("content-type")).contains("text/event-stream");
        return new Events(new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8)));
    }

    /// One event.
    record Event(String type, String id, String data) {}

    /// Events as they come.
    static final class Events implements AutoCloseable {
        private final BufferedReader lines;

        private Events(BufferedReader lines) {
            this.lines = lines;
        }

        /// The next one; signs of life are passed over.
        Event next() throws IOException {
            var event = new Event("", "", "");
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.isEmpty() && !event.type().isEmpty()) {
                    return event;
                }
                event = with(event, line);
            }
            throw new AssertionError("the stream has ended");
        }

        /// Whether nothing comes any more.
        boolean isOver() throws IOException {
            return lines.readLine() == null;
        }

        private static Event with(Event event, String line) {
            if (line.startsWith("event: ")) {
                return new Event(line.substring(7), event.id(), event.data());
            }
            if (line.startsWith("id: ")) {
                return new Event(event.type(), line.substring(4), event.data());
            }
            return line.startsWith("data: ") ? new Event(event.type(), event.id(), line.substring(6)) : event;
        }

        @Override
        public void close() throws IOException {
            lines.close();
        }
    }

    @Override
    public void close() {
        await(server.close());
    }
}
