package dev.drover.master.log;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;

/// The one writer of the master's standard output, so that lines of the master and of its workers never mix.
///
/// A thread of its own writes, in the order of the calls. A reader that has gone (`EPIPE`) makes it discard.
public final class LineWriter implements AutoCloseable {
    /// Bytes that may wait: what a reader that stands still costs us in memory.
    private static final int MAX_WAITING_BYTES = 4 << 20;

    /// What a line costs beyond its bytes; bounds the number of empty lines too.
    private static final int OVERHEAD = 64;

    private static final int BUFFER_BYTES = 64 << 10;
    private static final Duration LAST_FLUSH = Duration.ofSeconds(2);
    private static final Line END = new Line(new byte[0]);

    private final LinkedBlockingQueue<Line> lines = new LinkedBlockingQueue<>();
    private final Semaphore room = new Semaphore(MAX_WAITING_BYTES);
    private final AtomicLong dropped = new AtomicLong();
    private final OutputStream out;
    private final Thread thread;

    /// @param out written to in few large writes; not closed
    public LineWriter(OutputStream out) {
        this.out = new BufferedOutputStream(out, BUFFER_BYTES);
        this.thread = Thread.ofPlatform().daemon().name("stdout").start(this::run);
    }

    /// Writes a line, without waiting: where there is no room it is dropped and counted, and a marker tells later.
    public void offer(String text) {
        var line = Line.of(text);
        if (room.tryAcquire(line.cost())) {
            lines.add(line);
        } else {
            dropped.incrementAndGet();
        }
    }

    /// Writes a line; waits for room. Where the thread is interrupted the line is lost and the flag stays set.
    public void write(String text) {
        var line = Line.of(text);
        try {
            room.acquire(line.cost());
            lines.add(line);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /// Writes what waits, at most for two seconds: a reader that stands still must not hold up an exit.
    @Override
    public void close() {
        lines.add(END);
        try {
            thread.join(LAST_FLUSH);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            for (var line = lines.take(); !line.equals(END); line = lines.take()) {
                print(line);
                room.release(line.cost());
            }
            print(END);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void print(Line line) {
        try {
            out.write(line.bytes);
            long lost = dropped.getAndSet(0);
            if (lost > 0) {
                out.write(Line.of("drover: " + lost + " lines of the master dropped: nobody reads fast enough").bytes);
            }
            if (lines.isEmpty()) {
                out.flush();
            }
        } catch (IOException _) {
            // Nobody reads any more, and there is nowhere else to say so.
        }
    }

    /// A line with its newline; each is equal to itself only.
    private static final class Line {
        private final byte[] bytes;

        Line(byte[] bytes) {
            this.bytes = bytes;
        }

        static Line of(String text) {
            return new Line((text + "\n").getBytes(StandardCharsets.UTF_8));
        }

        int cost() {
            return Math.min(bytes.length + OVERHEAD, MAX_WAITING_BYTES);
        }
    }
}
