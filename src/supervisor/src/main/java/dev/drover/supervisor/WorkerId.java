package dev.drover.supervisor;

import java.util.Optional;
import java.util.regex.Pattern;

/// A place in a pool, written `POOL-ORDINAL`.
///
/// @param pool name of the pool
/// @param ordinal 0 is the first
public record WorkerId(String pool, int ordinal) implements Comparable<WorkerId> {

    private static final Pattern FORM = Pattern.compile("(.+)-(0|[1-9][0-9]{0,3})");

    /// The inverse of [#toString]; empty for what is none.
    public static Optional<WorkerId> parse(String text) {
        var matcher = FORM.matcher(text);
        return matcher.matches()
                ? Optional.of(new WorkerId(matcher.group(1), Integer.parseInt(matcher.group(2))))
                : Optional.empty();
    }

    @Override
    public int compareTo(WorkerId other) {
        int byPool = pool.compareTo(other.pool);
        return byPool != 0 ? byPool : Integer.compare(ordinal, other.ordinal);
    }

    @Override
    public String toString() {
        return pool + "-" + ordinal;
    }
}
