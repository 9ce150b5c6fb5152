package dev.drover.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.drover.posix.fixtures.Await;
import dev.drover.posix.fixtures.NoLeaks;
import dev.drover.posix.fixtures.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoLeaks.class)
class ProcessesTest {
    @Test
    void thisProcessKnowsItself() throws IOException {
        // given
        var directory = Path.of("/proc/self");

        // when
        var pid = directory.toRealPath().getFileName().toString();
        var owner = Files.getAttribute(directory, "unix:uid");

        // then
        assertThat(Processes.currentPid()).isEqualTo(Long.parseLong(pid));
        assertThat(Processes.userId()).isEqualTo(owner);
        assertThat(Processes.processGroupOf(Processes.currentPid())).isPositive();
    }

    @Test
    void processThatDoesNotExistHasNoGroup() {
        // when
        var failure = catchThrowableOfType(PosixException.class, () -> Processes.processGroupOf(Integer.MAX_VALUE));

        // then
        assertThat(failure.errno()).isEqualTo(Errno.ESRCH);
    }

    @Test
    void signalReachesAnyChildAndTellsOfOneThatIsGone() {
        // given
        try (var child = Run.command("sleep", "60").start()) {
            // when
            boolean delivered = Processes.signal(child.pid(), Signals.SIGKILL);

            // then
            assertThat(delivered).isTrue();
            assertThat(Await.exit(child)).isEqualTo(new ExitStatus.Killed(Signals.SIGKILL, false));
            assertThat(Processes.signal(child.pid(), Signals.SIGKILL)).isFalse();
        }
    }
}
