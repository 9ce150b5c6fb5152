package dev.drover.supervisor;

/// Numbers of things, in words.
final class Counted {
    private Counted() {}

    /// `1 worker`, `2 workers`.
    static String of(long number, String thing) {
        return number + " " + thing + (number == 1 ? "" : "s");
    }
}
