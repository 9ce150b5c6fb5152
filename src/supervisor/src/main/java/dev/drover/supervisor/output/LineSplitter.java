package dev.drover.supervisor.output;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/// Bytes in, lines of text out; pure, for one thread.
///
/// A line ends with `\n` or `\r\n`. One longer than the limit is cut there, before a character that the cut would
/// split, and goes on in the next line. What is not UTF-8 becomes U+FFFD. Control characters (C0 but tab, DEL, C1)
/// become `\xNN`, so that a worker cannot move the cursor, colour, retitle or fake other workers' lines on the
/// operator's terminal; a backslash stays as it is.
final class LineSplitter {
    /// No character of UTF-8 is longer, and so no limit may be shorter.
    static final int MIN_LINE_BYTES = 4;

    private static final int FIRST_SIZE = 256; // most lines are shorter, and a pool has many splitters
    private static final char[] HEX = "0123456789abcdef".toCharArray();

    private final int maxLineBytes;
    private byte[] line = new byte[FIRST_SIZE];
    private int length;

    /// Whether the line under way goes on from one that was cut.
    private boolean continued;

    LineSplitter(int maxLineBytes) {
        this.maxLineBytes = Math.max(maxLineBytes, MIN_LINE_BYTES);
    }

    /// Takes from the buffer up to the end of the next line; empty when the buffer ran out first.
    Optional<String> next(ByteBuffer bytes) {
        while (bytes.hasRemaining()) {
            byte b = bytes.get();
            if (b == '\n') {
                var ended = end();
                if (ended.isPresent()) {
                    return ended;
                }
            } else if (length == maxLineBytes) {
                var cut = cut();
                append(b);
                return Optional.of(cut);
            } else {
                append(b);
            }
        }
        return Optional.empty();
    }

    /// What is there of a line without an end.
    Optional<String> rest() {
        return length == 0 ? Optional.empty() : end();
    }

    private void append(byte b) {
        if (length == line.length) {
            line = Arrays.copyOf(line, Math.min(2 * length, maxLineBytes));
        }
        line[length++] = b;
    }

    /// Empty where a cut came just before the end: there is no line in between.
    private Optional<String> end() {
        int textLength = length > 0 && line[length - 1] == '\r' ? length - 1 : length;
        boolean none = continued && textLength == 0;
        length = 0;
        continued = false;
        return none ? Optional.empty() : Optional.of(text(line, textLength));
    }

    private String cut() {
        int whole = wholeCharacters(line, length);
        var text = text(line, whole);
        System.arraycopy(line, whole, line, 0, length - whole);
        length -= whole;
        continued = true;
        return text;
    }

    /// The length without a character that has begun and not ended; all of it where the bytes are no UTF-8.
    private static int wholeCharacters(byte[] bytes, int length) {
        for (int back = 1; back < MIN_LINE_BYTES; back++) {
            int b = bytes[length - back] & 0xff;
            if (b < 0x80) {
                return length;
            }
            if (b >= 0xc0) {
                int wanted = b >= 0xf0 ? 4 : b >= 0xe0 ? 3 : 2;
                return wanted > back ? length - back : length;
            }
        }
        return length;
    }

    private static String text(byte[] bytes, int length) {
        var decoded = new String(bytes, 0, length, StandardCharsets.UTF_8);
        int first = 0;
        while (first < decoded.length() && !isControl(decoded.charAt(first))) {
            first++;
        }
        return first == decoded.length() ? decoded : escaped(decoded, first);
    }

    private static String escaped(String text, int first) {
        var visible = new StringBuilder(text.length() + 16).append(text, 0, first);
        for (int i = first; i < text.length(); i++) {
            char c = text.charAt(i);
            if (isControl(c)) {
                visible.append("\\x").append(HEX[c >> 4]).append(HEX[c & 0xf]);
            } else {
                visible.append(c);
            }
        }
        return visible.toString();
    }

    private static boolean isControl(char c) {
        return c != '\t' && Character.isISOControl(c);
    }
}
