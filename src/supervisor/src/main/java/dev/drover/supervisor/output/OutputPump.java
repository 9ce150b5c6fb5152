package dev.drover.supervisor.output;

import dev.drover.posix.Pipe;
import dev.drover.supervisor.Incarnation;
import dev.drover.supervisor.OutputPolicy;
import java.time.Duration;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads what the workers write and hands it, line by line, to a sink.
///
/// Two threads: `drover-output` reads the pipes and never blocks, `drover-output-writer` calls the sink, which may.
/// Between them lies a queue bounded in lines and bytes, as a whole and for each incarnation. When it is full the
/// policy of the incarnation decides: DROP goes on reading, counts, and puts a line `... N lines dropped` where
/// they are missing as soon as there is room; BLOCK leaves the pipes of that incarnation to fill up, without
/// touching the others.
///
/// Thread-safe.
public final class OutputPump implements AutoCloseable {
    /// What a close waits for a sink that blocks; then the lines it has not taken are given up.
    public static final Duration CLOSE_BOUND = Duration.ofSeconds(2);

    /// What a sink gets to return in, once its thread has been interrupted.
    private static final Duration GIVE_UP_BOUND = Duration.ofMillis(100);

    private static final Logger LOG = LoggerFactory.getLogger(OutputPump.class);

    private final OutputSink sink;
    private final Duration closeBound;
    private final LineQueue queue;
    private final OutputLog log = new OutputLog();
    private final PumpLoop loop;
    private final Thread reader;
    private final Thread writer;

    /// Starts both threads.
    ///
    /// @param clock stamps the lines
    /// @throws dev.drover.posix.PosixException EMFILE and the like
    public OutputPump(OutputSink sink, InstantSource clock) {
        this(sink, clock, CLOSE_BOUND);
    }

    OutputPump(OutputSink sink, InstantSource clock, Duration closeBound) {
        this.sink = sink;
        this.closeBound = closeBound;
        this.queue = new LineQueue();
        this.loop = new PumpLoop(queue, clock);
        // Daemons: a sink that blocks for good keeps no JVM alive.
        this.reader = Thread.ofPlatform().daemon().name("drover-output").start(loop);
        this.writer = Thread.ofPlatform().daemon().name("drover-output-writer").start(this::write);
    }

    /// Opens the pipes of an incarnation that is about to be spawned. From any thread.
    ///
    /// @throws dev.drover.posix.PosixException EMFILE or ENFILE, with nothing left open
    /// @throws IllegalStateException when the pump is closed
    public OutputStreams attach(Incarnation incarnation, OutputPolicy policy) {
        var capture = new OutputCapture(incarnation, policy, queue, log, loop::change);
        var stdout = Pipe.open();
        try {
            var stderr = Pipe.open();
            try {
                stdout.readEnd().setNonBlocking(true);
                stderr.readEnd().setNonBlocking(true);
                if (!loop.add(capture, new PumpLoop.ReadEnds(stdout.readEnd(), stderr.readEnd()))) {
                    throw new IllegalStateException(
                            "cannot capture the output of " + incarnation + ": the pump is closed");
                }
                return new OutputStreams(stdout.writeEnd(), stderr.writeEnd(), capture);
            } catch (RuntimeException failure) {
                stderr.close();
                throw failure;
            }
        } catch (RuntimeException failure) {
            stdout.close();
            throw failure;
        }
    }

    /// The last lines of every worker, whatever becomes of them at the sink.
    public OutputLog log() {
        return log;
    }

    private void write() {
        try {
            for (var entry = queue.take(); entry.isPresent(); entry = queue.take()) {
                if (entry.get().relieved()) {
                    loop.relieve();
                }
                write(entry.get());
            }
        } catch (InterruptedException _) {
            // close() has given up on the sink; the thread ends.
        }
    }

    private void write(LineQueue.Taken taken) {
        try {
            sink.write(taken.line());
        } catch (RuntimeException failure) {
            if (queue.lose(taken) == 1) {
                // Said once for each incarnation: a broken sink breaks for every line.
                LOG.atWarn()
                        .setCause(failure)
                        .addKeyValue("worker", taken.line().incarnation().worker())
                        .log("Cannot write a worker's output");
            }
        }
    }

    /// How many lines of all incarnations never reached the sink.
    public long droppedLines() {
        return queue.dropped();
    }

    /// How many lines wait for the sink; after a close, those it has not taken in time.
    public int waitingLines() {
        return queue.lines();
    }

    int waitingBytes() {
        return queue.bytes();
    }

    /// Reads what the pipes hold now, has the sink take it, ends both threads and closes the read ends; who still
    /// writes then gets EPIPE. Takes at most [#CLOSE_BOUND] and a tenth of a second, however long the sink blocks.
    /// Idempotent.
    @Override
    public void close() {
        long deadline = System.nanoTime() + closeBound.toNanos();
        loop.close(deadline);
        try {
            reader.join();
            queue.end();
            if (!writer.join(Duration.ofNanos(deadline - System.nanoTime()))) {
                writer.interrupt();
                writer.join(GIVE_UP_BOUND);
            }
        } catch (InterruptedException _) {
            queue.end();
            writer.interrupt();
            Thread.currentThread().interrupt();
        }
    }
}
