package dev.drover.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.posix.ChildProcess;
import dev.drover.posix.Signals;
import dev.drover.posix.SpawnRequest;
import dev.drover.supervisor.socket.fixtures.Await;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EnvironTest {
    private static final String EXECS_ITSELF = "[ $1 = 0 ] || exec sh -c \"$0\" \"$0\" $(($1 - 1))";

    private Optional<ChildProcess> child = Optional.empty();

    @AfterEach
    void end() {
        child.ifPresent(process -> {
            process.signal(Signals.SIGKILL);
            Await.until(() -> process.reap().isPresent(), () -> process + " lives");
            process.close();
        });
    }

    private long start(List<String> command) {
        child = Optional.of(ChildProcess.spawn(new SpawnRequest(
                command,
                Map.of("PATH", "/usr/bin:/bin", "DROVER_TOKEN", "secret"),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of())));
        return child.orElseThrow().pid();
    }

    @Test
    void whatAProcessWasStartedWithIsTold() {
        // given
        long pid = start(List.of("sleep", "60"));

        // when
        Await.until(() -> Environ.of(pid).isPresent(), () -> "nothing told");

        // then
        var environ = Environ.of(pid).orElseThrow();
        assertThat(environ.get("DROVER_TOKEN")).contains("secret");
        assertThat(environ.get("DROVER")).isEmpty();
    }

    @Test
    void amidAnExecNothingIsToldRatherThanThatThereIsNoVariable() {
        // given
        long pid = start(List.of("sh", "-c", EXECS_ITSELF, EXECS_ITSELF, "1000000"));
        int untold = 0;

        // when
        while (untold < 20) {
            var environ = Environ.of(pid);

            // then
            environ.ifPresent(told -> assertThat(told.get("DROVER_TOKEN")).contains("secret"));
            untold += environ.isEmpty() ? 1 : 0;
        }
        assertThat(child.orElseThrow().reap()).isEmpty();
    }

    @Test
    void aProcessThatIsGoneTellsNothing() {
        // given
        long pid = start(List.of("true"));
        Await.until(() -> child.orElseThrow().reap().isPresent(), () -> "lives");

        // then
        assertThat(Environ.of(pid)).isEmpty();
        child.orElseThrow().close();
        child = Optional.empty();
    }
}
