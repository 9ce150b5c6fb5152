package dev.drover.supervisor.output;

import dev.drover.posix.Fd;
import dev.drover.posix.Poller;
import dev.drover.supervisor.OutputPolicy.WhenFull;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/// The two pipes of one incarnation, on the pump's thread only: tags their lines and puts them where they belong.
final class CapturedPipes {
    private final OutputCapture capture;
    private final LineQueue queue;
    private final InstantSource clock;
    private final List<PipeReader> readers;

    /// Whether nobody is to be held up any more, whatever the policy says.
    private boolean released;

    CapturedPipes(
            OutputCapture capture,
            Fd stdout,
            Fd stderr,
            LineQueue queue,
            InstantSource clock,
            Poller poller,
            ByteBuffer chunk) {
        this.capture = capture;
        this.queue = queue;
        this.clock = clock;
        int maxLineBytes = capture.policy().maxLineBytes();
        this.readers = List.of(
                new PipeReader(stdout, OutputLine.Stream.STDOUT, maxLineBytes, chunk, poller, this::pass),
                new PipeReader(stderr, OutputLine.Stream.STDERR, maxLineBytes, chunk, poller, this::pass));
    }

    private boolean pass(OutputLine.Stream stream, String text) {
        var pid = capture.pid();
        if (pid.isEmpty() && !released) {
            return false;
        }
        var line = new OutputLine(capture.incarnation(), pid.orElse(0), stream, text, now());
        if (!queue.offer(capture.account(), line)) {
            if (capture.policy().whenFull() == WhenFull.BLOCK && !released) {
                return false;
            }
            queue.drop(capture.account(), line);
        }
        capture.keep(line);
        return true;
    }

    private Instant now() {
        return clock.instant();
    }

    void resume() {
        readers.forEach(PipeReader::resume);
    }

    /// Takes the account of a process that has ended a step further.
    ///
    /// @param late whether its bound has passed, so that nothing is waited for any more
    /// @return whether it is complete
    boolean conclude(boolean late) {
        boolean complete = drain();
        if (late && !complete) {
            release();
            drain();
        }
        if (complete || late) {
            release();
            capture.completeConclusion();
        }
        return complete || late;
    }

    private boolean drain() {
        return readers.stream().map(PipeReader::drain).reduce(true, Boolean::logicalAnd);
    }

    private void release() {
        if (!released) {
            released = true;
            resume();
        }
    }

    boolean isEnded() {
        return readers.stream().allMatch(PipeReader::isEnded);
    }

    void close() {
        readers.forEach(PipeReader::close);
        capture.completeConclusion();
    }
}
