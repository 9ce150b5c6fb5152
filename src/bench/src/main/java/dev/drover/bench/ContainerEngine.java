package dev.drover.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// podman, as `.ci/with-podman` gives it: `DROVER_ENGINE`, and `BASE_IMAGE`, an image with a Java runtime.
///
/// @param program its path
/// @param base the image
record ContainerEngine(String program, String base) {
    private static final Duration BOUND = Duration.ofMinutes(5);

    static ContainerEngine ofEnvironment() {
        return new ContainerEngine(variable("DROVER_ENGINE"), variable("BASE_IMAGE"));
    }

    private static String variable(String name) {
        return Optional.ofNullable(System.getenv(name))
                .filter(value -> !value.isEmpty())
                .orElseThrow(() -> new BenchException(
                        "there is no container engine (" + name + " is not set): use `make bench`, which tells why"));
    }

    /// Runs it to its end; what it wrote.
    String run(String... words) throws IOException, InterruptedException {
        return run(List.of(words));
    }

    private String run(List<String> words) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(program));
        command.addAll(words);
        return Commands.run(BOUND, command).strip();
    }

    /// Starts a container with two CPUs, of which ports are reached at addresses of this machine.
    ///
    /// @param addresses where its ports are published
    /// @param words further flags, the image and its arguments
    Container start(List<Published> addresses, List<String> words) throws IOException, InterruptedException {
        var flags = addresses.stream()
                .map(published -> "--publish=127.0.0.1:" + published.address().getPort() + ":" + published.port());
        return new Container(
                this,
                run(Stream.of(Stream.of("run", "--detach", "--cpus=2"), flags, words.stream())
                        .flatMap(part -> part)
                        .toList()));
    }

    /// A port of a container.
    ///
    /// @param port in it
    /// @param address where it is reached
    record Published(int port, InetSocketAddress address) {
        static Published of(int port) throws IOException {
            return new Published(port, Distribution.freeAddress());
        }
    }

    /// One that runs.
    record Container(ContainerEngine engine, String id) implements AutoCloseable {
        /// Of its first process, as this machine counts them.
        long pid() throws IOException, InterruptedException {
            return Long.parseLong(engine.run("inspect", "--format", "{{.State.Pid}}", id));
        }

        /// Kills and removes it.
        @Override
        public void close() {
            try {
                engine.run("rm", "--force", "--time=0", id);
            } catch (IOException failure) {
                throw new BenchException("cannot remove a container: " + failure);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
