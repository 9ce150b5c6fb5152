package dev.drover.supervisor.output;

import dev.drover.posix.Fd;
import dev.drover.posix.Poller;
import dev.drover.posix.PosixException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The read end of one pipe, on the pump's thread only: reads what is there, splits it, passes the lines on.
///
/// When a line is refused it pauses: keeps that line and the rest of the chunk, and leaves the pipe to fill up,
/// which in the end blocks whoever writes.
final class PipeReader {
    /// What is read at once, and so what one worker can have of the pump before the others' turn: a whole pipe of
    /// the default size.
    static final int CHUNK_BYTES = 64 << 10;

    /// How much a drain reads when the pipe does not run empty: the most a pipe holds without privilege
    /// (`/proc/sys/fs/pipe-max-size`). What comes after that was not in it when the drain began.
    private static final int DRAIN_BYTES = 1 << 20;

    private static final Logger LOG = LoggerFactory.getLogger(PipeReader.class);
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final Fd fd;
    private final OutputLine.Stream stream;
    private final LineSplitter splitter;
    private final ByteBuffer chunk;
    private final BiPredicate<OutputLine.Stream, String> lines;
    private final Poller.Registration registration;

    /// The line that was refused; while there is one, the reader is paused.
    private Optional<String> refused = Optional.empty();

    /// What was read behind that line.
    private ByteBuffer held = NOTHING;

    private boolean closed;
    private int drained;

    /// @param chunk a buffer all readers of the thread share
    /// @param lines takes a line, or answers false: then it is offered again by [#resume]
    PipeReader(
            Fd fd,
            OutputLine.Stream stream,
            int maxLineBytes,
            ByteBuffer chunk,
            Poller poller,
            BiPredicate<OutputLine.Stream, String> lines) {
        this.fd = fd;
        this.stream = stream;
        this.splitter = new LineSplitter(maxLineBytes);
        this.chunk = chunk;
        this.lines = lines;
        this.registration = poller.add(fd, Set.of(Poller.Interest.READABLE), _ -> onReady());
    }

    private void onReady() {
        // While paused there is only the news that the writers are gone; the end is read in its turn.
        if (refused.isEmpty()) {
            read();
        }
    }

    /// Reads one chunk and passes its lines on; answers as [Fd#read].
    private int read() {
        chunk.clear();
        int length = readOrEnd();
        if (length < 0) {
            close();
            passRest();
        } else if (!pass(chunk.flip())) {
            pause();
        }
        return length;
    }

    private int readOrEnd() {
        try {
            return fd.read(chunk);
        } catch (PosixException failure) {
            LOG.atWarn().setCause(failure).log("Cannot read a worker's output, giving it up");
            return -1;
        }
    }

    private boolean pass(ByteBuffer bytes) {
        var line = splitter.next(bytes);
        while (line.isPresent() && lines.test(stream, line.get())) {
            line = splitter.next(bytes);
        }
        refused = line;
        return line.isEmpty();
    }

    private void pause() {
        held = ByteBuffer.allocate(chunk.remaining()).put(chunk).flip();
        registration.change(Set.of());
    }

    private void passRest() {
        refused = splitter.rest().filter(rest -> !lines.test(stream, rest));
    }

    /// Offers again what was refused and reads on when it is taken; does nothing for a reader that is not paused.
    void resume() {
        if (refused.isEmpty() || !lines.test(stream, refused.get())) {
            return;
        }
        if (!pass(held)) {
            return;
        }
        held = NOTHING;
        if (closed) {
            passRest();
        } else {
            registration.change(Set.of(Poller.Interest.READABLE));
        }
    }

    /// Reads on for the account of a process that has ended.
    ///
    /// @return whether all that was in the pipe at the first call has been passed on, an incomplete line too
    boolean drain() {
        while (refused.isEmpty() && !closed && drained < DRAIN_BYTES) {
            int length = read();
            if (length == 0) {
                drained = DRAIN_BYTES;
                passRest();
            }
            drained += Math.max(length, 0);
        }
        return refused.isEmpty();
    }

    /// Whether the pipe came to its end and everything was passed on.
    boolean isEnded() {
        return closed && refused.isEmpty();
    }

    /// Gives the pipe up; whoever still writes gets EPIPE. Idempotent.
    void close() {
        if (!closed) {
            closed = true;
            registration.cancel();
            fd.close();
        }
    }
}
