package dev.drover.supervisor;

/// What becomes of the workers' output.
///
/// @param tailLines last lines of each incarnation kept, of at most a mebibyte of text
/// @param maxLineBytes bytes after which a line is cut and continued on the next
/// @param whenFull what happens when lines come faster than they are written
public record OutputPolicy(int tailLines, int maxLineBytes, WhenFull whenFull) {

    /// What happens when lines come faster than they are written.
    public enum WhenFull {
        /// Lines are dropped, counted, and a marker tells how many.
        DROP,
        /// The workers' writes block.
        BLOCK
    }

    /// 50 lines, 16 KiB, drop.
    public static final OutputPolicy DEFAULT = new OutputPolicy(50, 16384, WhenFull.DROP);
}
