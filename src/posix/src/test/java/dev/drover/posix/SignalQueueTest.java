package dev.drover.posix;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SignalQueueTest {
    private static final Set<Integer> STOP_OR_RELOAD = Set.of(Signals.SIGTERM, Signals.SIGHUP);

    /// Prints which are kept, then each that arrives, up to TERM.
    static final class Program {
        private Program() {}

        public static void main(String[] arguments) {
            System.out.println(SignalQueue.keptOf(Set.of(Signals.SIGTERM, Signals.SIGHUP, Signals.SIGINT)).stream()
                    .map(Signals::nameOf)
                    .sorted()
                    .toList());
            try (var queue = SignalQueue.open(STOP_OR_RELOAD);
                    var poller = Poller.open()) {
                var stopped = new boolean[1];
                poller.add(queue.fd(), Set.of(Poller.Interest.READABLE), _ -> {
                    for (var signal = queue.next(); signal.isPresent(); signal = queue.next()) {
                        System.out.println(Signals.nameOf(signal.getAsInt()));
                        stopped[0] |= signal.getAsInt() == Signals.SIGTERM;
                    }
                });
                while (!stopped[0]) {
                    poller.poll(Duration.ofSeconds(10));
                }
            }
        }
    }

    private static Process start(String... prefix) throws IOException {
        var java = List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Program.class.getName());
        return new ProcessBuilder(
                        Stream.concat(Arrays.stream(prefix), java.stream()).toList())
                .start();
    }

    private static String output(Process process) throws IOException, InterruptedException {
        var text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return text.lines().collect(Collectors.joining(" "));
    }

    private static void awaitJava(Process process) throws IOException {
        while (!Files.readString(Path.of("/proc/" + process.pid() + "/comm"))
                .strip()
                .equals("java")) {
            LockSupport.parkNanos(Duration.ofMillis(1).toNanos());
        }
    }

    @Test
    void keepsWhatArrivesBeforeTheJvmHasHandlers() throws Exception {
        // given
        var process = start("env", "--block-signal=TERM,HUP", "--ignore-signal=TERM,HUP");
        awaitJava(process);

        // when
        process.toHandle().destroy();

        // then
        assertThat(output(process)).isEqualTo("[SIGHUP, SIGTERM] SIGTERM");
        assertThat(process.exitValue()).isZero();
    }

    /// The JVM unblocks it, and runs its own handler.
    @Test
    void whatIsOnlyBlockedIsNotKept() throws Exception {
        // given
        var process = start("env", "--block-signal=TERM,HUP", "--ignore-signal=HUP");

        // when
        var first = process.inputReader().readLine();
        process.destroy();

        // then
        assertThat(first).isEqualTo("[SIGHUP]");
        assertThat(process.waitFor()).isEqualTo(143);
    }
}
