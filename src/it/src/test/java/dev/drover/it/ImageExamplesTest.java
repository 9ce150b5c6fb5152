package dev.drover.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.it.fixtures.Container;
import dev.drover.it.fixtures.Containers;
import dev.drover.it.fixtures.DroverProcess;
import dev.drover.it.fixtures.Engine;
import dev.drover.it.fixtures.Load;
import dev.drover.it.fixtures.Loader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The images of `deploy/examples` are built as they are, serve, roll and stop.
@Tag("image")
class ImageExamplesTest {
    private static final Path EXAMPLES =
            DroverProcess.home().toAbsolutePath().getParent().resolveSibling("deploy/examples");

    @RegisterExtension
    final Containers containers = new Containers();

    @TempDir
    Path directory;

    /// What their Containerfiles are built on.
    @BeforeEach
    void nameTheImageAsTheExamplesDo() {
        Engine.must("tag", Engine.image(), "drover");
    }

    @AfterEach
    void takeTheNameBack() {
        Engine.must("untag", Engine.image(), "drover");
    }

    /// Network of the machine: their packages come from where the base image has its own from, unless it has them.
    private static void build(String image, Path context) {
        Engine.must("build", "--network=host", "-t", image, context.toString());
    }

    /// By a connection of its own.
    private static String greeting(Container container) throws IOException, InterruptedException {
        try (var client = HttpClient.newHttpClient()) {
            var uri = URI.create("http://127.0.0.1:" + container.address(8080).getPort() + "/");
            var answer = client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
            return answer.statusCode() + " " + answer.body();
        }
    }

    private static boolean serves(Container container) throws InterruptedException {
        try {
            return greeting(container).startsWith("200 ");
        } catch (IOException _) {
            // Its port is published before anybody listens.
            return false;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"node", "python"})
    void aServerThatKnowsNothingOfDroverServesRollsAndStops(String language) throws Exception {
        // given
        build("shop-" + language, EXAMPLES.resolve(language));
        var container = containers.runImage("shop-" + language);
        container.until("an answer", () -> serves(container));

        // when
        var restart = container.exec("drover", "rollout", "restart", "shop");

        // then
        assertThat(restart.code()).as(restart.err()).isZero();
        container.until("the second revision, while every request is answered", () -> {
            assertThat(greeting(container)).startsWith("200 Hello from shop-0 ");
            return container.logs().contains("Rollout complete pool=shop revision=2");
        });
        assertThat(container.stop()).isZero();
        assertThat(container.logs())
                .contains("1 worker finished what was in hand, 0 killed, 0 waiting connections cut off");
    }

    /// A program of the SDK as a build leaves it; what it needs lies in the image already.
    private static void writeProgram(Path jar) throws IOException {
        var manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, "dev.drover.examples.Hello");
        try (var files = Files.list(DroverProcess.home().resolve("lib/examples"))) {
            var path = files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".jar"))
                    .map(name -> "/opt/drover/lib/examples/" + name)
                    .sorted()
                    .collect(Collectors.joining(" "));
            manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, path);
        }
        Files.createDirectories(jar.getParent());
        new JarOutputStream(Files.newOutputStream(jar), manifest).close();
    }

    @Test
    void aProgramOfTheSdkServesAndStops() throws Exception {
        // given
        try (var files = Files.list(EXAMPLES.resolve("jvm"))) {
            for (var file : files.toList()) {
                Files.copy(file, directory.resolve(file.getFileName()));
            }
        }
        writeProgram(directory.resolve("target/shop.jar"));
        build("shop-jvm", directory);

        // when
        var container = containers.runImage("shop-jvm");
        container.awaitReady(1);

        // then
        assertThat(Loader.run(Load.keepAlive(container.address(8080)).requests(100))
                        .failures())
                .isEmpty();
        assertThat(container.stop()).isZero();
        assertThat(container.logs())
                .contains("1 worker finished what was in hand, 0 killed, 0 waiting connections cut off");
    }
}
