package dev.drover.bench;

import java.time.Duration;
import java.util.concurrent.Callable;

/// Messages sent as fast as there is room for them.
///
/// @param perSecond from the first sent to the last in the receiver's hands
/// @param cpu of both processes for one, in microseconds
record Flood(double perSecond, double cpu) {
    /// @param count messages that were sent, all of which have come
    /// @param seconds from the first sent to the last in the receiver's hands
    record Sent(long count, double seconds) {
        /// Of a peer: both numbers in a line.
        static Sent parse(String line) {
            var words = line.strip().split(" ", -1);
            return new Sent(Long.parseLong(words[0]), Double.parseDouble(words[1]));
        }
    }

    /// Between two processes that do nothing else meanwhile.
    static Flood between(long one, long other, Callable<Sent> flood) throws Exception {
        var before = ProcessFiles.cpuTime(one).plus(ProcessFiles.cpuTime(other));
        var sent = flood.call();
        var cpu = ProcessFiles.cpuTime(one).plus(ProcessFiles.cpuTime(other)).minus(before);
        return new Flood(sent.count() / sent.seconds(), micros(cpu) / sent.count());
    }

    private static double micros(Duration time) {
        return time.toNanos() / 1e3;
    }
}
