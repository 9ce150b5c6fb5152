package dev.drover.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.posix.fixtures.Await;
import dev.drover.posix.fixtures.NoLeaks;
import dev.drover.posix.fixtures.Run;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoLeaks.class)
class ChildrenTest {
    /// Else the orphans of later tests would come to this JVM.
    @AfterEach
    void leaveOrphansToInit() {
        SysProcess.prctl(SysProcess.PR_SET_CHILD_SUBREAPER, 0);
    }

    @Test
    void peekingLeavesTheChildToBeReaped() {
        // given
        try (var child = Run.script("exit 5").start()) {
            Await.until("ended child", () -> Children.peekExited().isPresent());

            // when
            var peeked = Children.peekExited();

            // then
            assertThat(peeked).hasValue(child.pid());
            assertThat(Children.peekExited()).hasValue(child.pid());
            assertThat(child.reap()).contains(new ExitStatus.Exited(5));
            assertThat(Children.peekExited()).isEmpty();
        }
    }

    @Test
    void runningAndForeignProcessesAreNotReaped() {
        // given
        try (var child = Run.command("sleep", "60").start()) {
            // when
            var running = Children.reap(child.pid());
            var foreign = Children.reap(Processes.currentPid());

            // then
            assertThat(running).isEmpty();
            assertThat(foreign).isEmpty();
            child.signal(Signals.SIGKILL);
            Await.exit(child);
        }
    }

    @Test
    void onlyPositivePidsAreReaped() {
        // when, then
        assertThatThrownBy(() -> Children.reap(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Children.reap(-1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void subreaperInheritsOrphans() {
        // given
        Processes.becomeSubreaper();
        var parent = Run.script("(sleep 0.05; exit 7) >/dev/null 2>&1 & echo $!");

        // when
        long orphan = Long.parseLong(parent.finish().output().strip());

        // then
        var status = Await.present("end of the orphan " + orphan, () -> Children.reap(orphan));
        assertThat(status).isEqualTo(new ExitStatus.Exited(7));
    }
}
