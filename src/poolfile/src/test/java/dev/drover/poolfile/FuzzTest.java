package dev.drover.poolfile;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Whatever a file holds, reading it ends in pools or problems, never in an exception.
class FuzzTest {

    private static final Path FOLDER = Path.of("src/test/resources/golden");
    private static final byte[] TELLING =
            " \n-:[]{}&*!|>'\"%@`,#?~0123456789\\\0\t\r<=".getBytes(StandardCharsets.US_ASCII);

    private final Random random = new Random(42);

    @Test
    void randomBytesNeverThrow() {
        for (int round = 0; round < 1_000; round++) {
            byte[] bytes = new byte[random.nextInt(200)];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = random.nextInt(3) == 0 ? (byte) random.nextInt(128) : telling();
            }
            assertTold(bytes);
        }
    }

    @Test
    void mutatedFilesNeverThrow() throws IOException {
        for (String name : GoldenTest.inputs()) {
            byte[] original = Files.readAllBytes(FOLDER.resolve("in-" + name + ".yaml"));
            for (int round = 0; round < 60; round++) {
                byte[] bytes = original.clone();
                for (int change = random.nextInt(1, 8); change > 0; change--) {
                    bytes[random.nextInt(bytes.length)] = random.nextInt(4) == 0 ? (byte) random.nextInt() : telling();
                }
                assertTold(bytes);
            }
        }
    }

    private byte telling() {
        return TELLING[random.nextInt(TELLING.length)];
    }

    private static void assertTold(byte[] bytes) {
        PoolFileResult result = PoolFiles.read(List.of(Path.of("-")), new ByteArrayInputStream(bytes));

        assertThat(result.pools().isEmpty() && result.problems().isEmpty()).isFalse();
        assertThat(result.problems()).allSatisfy(problem -> {
            assertThat(problem.toString().chars()).noneMatch(Character::isISOControl);
            assertThat(problem.line()).isPositive();
        });
        assertThat(result.pools())
                .allSatisfy(pool -> assertThat(Defaults.of(pool).toByteArray()).isNotEmpty());
    }
}
