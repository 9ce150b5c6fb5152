package dev.drover.supervisor.output;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class LineSplitterTest {
    @Test
    void linesEndWithNewlineOrCarriageReturnAndNewline() {
        assertThat(split(100, "one\ntwo\r\n\nthree\n")).containsExactly("one", "two", "", "three");
    }

    @Test
    void lineWithoutEndIsTheRest() {
        assertThat(split(100, "one\nrest")).containsExactly("one", "rest");
        assertThat(split(100, "")).isEmpty();
    }

    @Test
    void longLineIsCutAndGoesOnInTheNext() {
        assertThat(split(4, "abcdefghij\nk\n")).containsExactly("abcd", "efgh", "ij", "k");
    }

    @Test
    void lineOfJustTheLimitIsFollowedByNoEmptyOne() {
        assertThat(split(4, "abcd\nabcd\r\n\nx")).containsExactly("abcd", "abcd", "", "x");
    }

    @Test
    void cutNeverSplitsACharacter() {
        assertThat(split(5, "aé€ü😀é\n")).containsExactly("aé", "€ü", "😀", "é");
    }

    @Test
    void cutOfWhatIsNoTextGoesOnToo() {
        var bytes = new byte[10];
        Arrays.fill(bytes, (byte) 0x80);
        assertThat(split(4, List.of(bytes)))
                .containsExactly("\ufffd".repeat(4), "\ufffd".repeat(4), "\ufffd".repeat(2));
    }

    @Test
    void malformedBytesBecomeReplacementCharacters() {
        assertThat(split(100, List.of("caf\u00e9!\n".getBytes(ISO_8859_1)))).containsExactly("caf\ufffd!");
    }

    @Test
    void controlCharactersAreMadeVisible() {
        assertThat(split(100, "\u001b[31mred\u0007\ta\rb\u0000\u007f\u009b2J\n"))
                .containsExactly("\\x1b[31mred\\x07\ta\\x0db\\x00\\x7f\\x9b2J");
    }

    @Test
    void piecesOfAnySizeGiveTheSameLines() {
        var text = "first é line\r\nsecond is rather long 😀😀😀\n\nend";
        var whole = split(8, text);
        for (int size = 1; size < 12; size++) {
            assertThat(split(8, pieces(text.getBytes(UTF_8), size))).isEqualTo(whole);
        }
    }

    private static List<byte[]> pieces(byte[] bytes, int size) {
        var pieces = new ArrayList<byte[]>();
        for (int at = 0; at < bytes.length; at += size) {
            pieces.add(Arrays.copyOfRange(bytes, at, Math.min(at + size, bytes.length)));
        }
        return pieces;
    }

    private static List<String> split(int maxLineBytes, String text) {
        return split(maxLineBytes, List.of(text.getBytes(UTF_8)));
    }

    private static List<String> split(int maxLineBytes, List<byte[]> pieces) {
        var splitter = new LineSplitter(maxLineBytes);
        var lines = new ArrayList<String>();
        for (var piece : pieces) {
            var bytes = ByteBuffer.wrap(piece);
            for (var line = splitter.next(bytes); line.isPresent(); line = splitter.next(bytes)) {
                lines.add(line.get());
            }
        }
        splitter.rest().ifPresent(lines::add);
        return lines;
    }
}
