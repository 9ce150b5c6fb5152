package dev.drover.master.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PageTest {
    private static final Path FILES = Path.of("src/main/resources/dev/drover/master/page");
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    private final Page page = new Page();
    private final HttpServer server = await(vertx.createHttpServer()
            .requestHandler(request -> {
                if (!page.handle(request)) {
                    request.response().setStatusCode(418).end();
                }
            })
            .listen(0, "127.0.0.1"));
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @AfterEach
    void close() {
        client.shutdownNow();
        await(vertx.close());
    }

    private static <T> T await(io.vertx.core.Future<T> future) {
        return future.toCompletionStage()
                .toCompletableFuture()
                .orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .join();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.actualPort() + path))
                .timeout(PATIENCE);
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/ | index.html | text/html; charset=utf-8",
                "/page/app.js | app.js | text/javascript; charset=utf-8",
                "/page/style.css | style.css | text/css; charset=utf-8",
                "/page/icon.svg | icon.svg | image/svg+xml"
            })
    void filesAreServedAsTheyAreWithTheirTypeUnderAStrictPolicy(String path, String file, String type)
            throws Exception {
        // when
        var answer = send(request(path));

        // then
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(Files.readString(FILES.resolve(file)));
        assertThat(header(answer, "content-type")).isEqualTo(type);
        assertThat(header(answer, "x-content-type-options")).isEqualTo("nosniff");
        assertThat(header(answer, "content-security-policy"))
                .startsWith("default-src 'none';")
                .contains("frame-ancestors 'none'")
                .doesNotContain("unsafe", "*");
    }

    @Test
    void whoHasItAlreadyIsNotSentItAgain() throws Exception {
        // given
        var tag = header(send(request("/page/app.js")), "etag");

        // when
        var answer = send(request("/page/app.js").header("if-none-match", tag));

        // then
        assertThat(answer.statusCode()).isEqualTo(304);
        assertThat(answer.body()).isEmpty();
    }

    @Test
    void everyFileIsServedAndEveryFileThatIsNamedIsThere() throws Exception {
        try (var files = Files.list(FILES)) {
            for (var file : files.filter(path -> !path.endsWith("index.html")).toList()) {
                var answer = send(request("/page/" + file.getFileName()));
                assertThat(answer.statusCode()).as(file.toString()).isEqualTo(200);
                for (var named : named(answer.body())) {
                    assertThat(Files.exists(FILES.resolve(named))).as(named).isTrue();
                }
            }
        }
        assertThat(named(send(request("/")).body())).hasSize(3).allMatch(named -> Files.exists(FILES.resolve(named)));
    }

    private static List<String> named(String text) {
        return Pattern.compile("[\"'](?:\\./|/page/)([^\"']+)[\"']")
                .matcher(text)
                .results()
                .map(match -> match.group(1))
                .toList();
    }

    @Test
    void nothingInItNeedsALaxerPolicy() throws Exception {
        assertThat(send(request("/")).body())
                .doesNotContain("style=", "<style", "onclick", "http://", "https://")
                .doesNotContainPattern("<script(?! type=\"module\" src=)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/page/", "/page/nothing.js", "/page/../version.txt", "/page/Page.class", "/page/%2e%2e/x"})
    void whatIsNotThereIsNotThere(String path) throws Exception {
        assertThat(send(request(path)).statusCode()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/pages", "/index.html", "//", "/api/v1/pools"})
    void whatLiesElsewhereIsNotThePages(String path) throws Exception {
        assertThat(send(request(path)).statusCode()).isEqualTo(418);
    }

    @Test
    void itCanOnlyBeRead() throws Exception {
        // when
        var answer = send(request("/").POST(HttpRequest.BodyPublishers.noBody()));

        // then
        assertThat(answer.statusCode()).isEqualTo(405);
        assertThat(header(answer, "allow")).isEqualTo("GET, HEAD");
    }

    private static String header(HttpResponse<String> answer, String name) {
        return answer.headers().firstValue(name).orElse("");
    }
}
