package dev.drover.posix;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.posix.fixtures.NoLeaks;
import dev.drover.posix.fixtures.Run;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoLeaks.class)
class NativeAccessTest {
    @Test
    void deniedNativeAccessNamesTheFlag() {
        // given
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var classPath = System.getProperty("java.class.path");

        // when
        var finished = Run.command(
                        java, "--illegal-native-access=deny", "-cp", classPath, NativeAccessTest.class.getName())
                .finish();

        // then
        assertThat(finished.output())
                .contains("cannot call the operating system: native access is denied; start the JVM with "
                        + "--enable-native-access=ALL-UNNAMED");
        assertThat(finished.status()).isEqualTo(new ExitStatus.Exited(1));
    }

    static void main() {
        Pipe.open().close();
    }
}
