package dev.drover.supervisor.output;

import dev.drover.supervisor.Incarnation;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/// The last lines of one incarnation, bounded in number and in bytes; guarded by the lock of its [OutputLog].
final class KeptLines {
    /// Of text, as UTF-16, of one incarnation: what long lines cost the master, times two for each worker.
    static final int MAX_BYTES = 1 << 20;

    private final Incarnation incarnation;
    private final int maxLines;
    private final ArrayDeque<Numbered> lines = new ArrayDeque<>();
    private int bytes;

    /// A line and its place in the order in which lines were read.
    record Numbered(long number, OutputLine line) {}

    KeptLines(Incarnation incarnation, int maxLines) {
        this.incarnation = incarnation;
        this.maxLines = maxLines;
    }

    Incarnation incarnation() {
        return incarnation;
    }

    /// The last line stays however long it is.
    void add(long number, OutputLine line) {
        lines.add(new Numbered(number, line));
        bytes += bytesOf(line);
        while (lines.size() > maxLines || (bytes > MAX_BYTES && lines.size() > 1)) {
            bytes -= bytesOf(lines.remove().line());
        }
    }

    static int bytesOf(OutputLine line) {
        return line.text().length() * Character.BYTES;
    }

    /// Oldest first.
    List<Numbered> last(int count) {
        return List.copyOf(new ArrayList<>(lines).subList(Math.max(0, lines.size() - count), lines.size()));
    }

    List<String> texts() {
        return lines.stream().map(kept -> kept.line().text()).toList();
    }
}
