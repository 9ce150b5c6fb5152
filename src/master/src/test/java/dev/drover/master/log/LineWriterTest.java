package dev.drover.master.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class LineWriterTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    @Test
    void linesOfBothKindsKeepTheirOrderAndAreThereAfterClose() {
        // when
        try (var lines = new LineWriter(out)) {
            lines.write("web-0 | grüß");
            lines.offer("INFO  hello");
            lines.write("");
        }

        // then
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("web-0 | grüß\nINFO  hello\n\n");
    }

    @Test
    void readerThatStandsStillCostsTheMasterLinesAndNotItsThread() {
        // given
        var reads = new CountDownLatch(1);
        var line = "x".repeat(1 << 20);

        // when
        try (var lines = new LineWriter(new Stuck(out, reads))) {
            for (int i = 0; i < 10; i++) {
                lines.offer(line);
            }
            reads.countDown();
        }

        // then
        assertThat(out.toString(StandardCharsets.UTF_8)).containsPattern("drover: \\d+ lines of the master dropped");
    }

    @Test
    void readerThatHasGoneIsNoError() {
        // given
        var gone = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("Broken pipe");
            }
        };

        // when
        var lines = new LineWriter(gone);
        for (int i = 0; i < 10; i++) {
            lines.write("x".repeat(1 << 20));
        }
        lines.close();

        // then
        assertThat(out.size()).isZero();
    }

    /// Does not write before it is told to.
    private static final class Stuck extends OutputStream {
        private final OutputStream out;
        private final CountDownLatch reads;

        Stuck(OutputStream out, CountDownLatch reads) {
            this.out = out;
            this.reads = reads;
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            try {
                reads.await();
            } catch (InterruptedException interrupted) {
                throw new IOException(interrupted);
            }
            out.write(bytes, from, length);
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }
    }
}
