package dev.drover.bench;

import dev.drover.posix.Fd;
import dev.drover.posix.Pipe;
import dev.drover.posix.Received;
import dev.drover.posix.UnixSocket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/// A message of 200 bytes with one descriptor, through `posix`; `transfer.c` does the same.
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class HandleTransfer {
    private static final int PAYLOAD_BYTES = 200;

    /// A socket pair and what is sent over it.
    private static final class Ends implements AutoCloseable {
        private final UnixSocket.Pair pair = UnixSocket.pair(UnixSocket.Type.SEQPACKET);
        private final Pipe pipe = Pipe.open();
        private final List<Fd> handle = List.of(pipe.readEnd());
        private final ByteBuffer outgoing = ByteBuffer.allocateDirect(PAYLOAD_BYTES);
        private final ByteBuffer incoming = ByteBuffer.allocateDirect(PAYLOAD_BYTES);

        void send() {
            pair.first().send(outgoing.clear(), handle);
        }

        int receive(UnixSocket socket) {
            return closeAll(socket.receive(incoming.clear(), 1));
        }

        @Override
        public void close() {
            try (pair) {
                pipe.close();
            }
        }
    }

    /// For one thread.
    @State(Scope.Thread)
    public static class OneThread {
        private final Ends ends = new Ends();

        /// Closes all it holds.
        @TearDown
        public void close() {
            ends.close();
        }
    }

    /// With another thread, at the second end, that sends back what it gets.
    @State(Scope.Thread)
    public static class TwoThreads {
        private final Ends ends = new Ends();
        private final Thread echo = new Thread(this::echo, "echo");

        /// Starts the other thread.
        @Setup
        public void start() {
            echo.start();
        }

        private void echo() {
            var socket = ends.pair.second();
            var buffer = ByteBuffer.allocateDirect(PAYLOAD_BYTES);
            while (socket.receive(buffer.clear(), 1) instanceof Received.Message message) {
                socket.send(buffer.flip(), message.descriptors());
                message.descriptors().forEach(Fd::close);
            }
        }

        /// Ends the other thread, then closes all it holds.
        @TearDown
        public void close() throws InterruptedException {
            ends.pair.first().shutdown();
            echo.join();
            ends.close();
        }
    }

    private static int closeAll(Received received) {
        return switch (received) {
            case Received.Message message -> {
                message.descriptors().forEach(Fd::close);
                yield message.length();
            }
            case Received.WouldBlock _, Received.EndOfStream _, Received.Malformed _ ->
                throw new IllegalStateException("expected a message, not " + received);
        };
    }

    /// Sends, receives and closes in one thread.
    @Benchmark
    public int sameThread(OneThread one) {
        one.ends.send();
        return one.ends.receive(one.ends.pair.second());
    }

    /// Sends to another thread, which sends it back.
    @Benchmark
    public int roundTrip(TwoThreads two) {
        two.ends.send();
        return two.ends.receive(two.ends.pair.first());
    }
}
