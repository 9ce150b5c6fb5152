package dev.drover.poolfile;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// How problems are put into words.
final class Wording {

    private static final int MAX_QUOTED = 60;

    private Wording() {}

    /// A value of the user's in quotes, cut where it is long and always one line.
    static String quote(String value) {
        return '"' + brief(value) + '"';
    }

    /// A text of the user's without quotes, cut where it is long and always one line.
    static String brief(String value) {
        return oneLine(value.length() > MAX_QUOTED ? value.substring(0, MAX_QUOTED) + "..." : value);
    }

    /// The text with everything that could break or steer a terminal's line written as an escape.
    static String oneLine(String text) {
        if (text.chars().noneMatch(c -> Character.isISOControl(c) || Character.isSurrogate((char) c))) {
            return text;
        }
        var safe = new StringBuilder();
        text.codePoints()
                .forEach(c -> safe.append(
                        Character.isISOControl(c) || (c <= 0xFFFF && Character.isSurrogate((char) c))
                                ? String.format(Locale.ROOT, "\\u%04x", c)
                                : Character.toString(c)));
        return safe.toString();
    }

    /// `"a", "b" or "c"`.
    static String anyOf(List<String> choices) {
        List<String> quoted = choices.stream().map(Wording::quote).toList();
        int last = quoted.size() - 1;
        return last < 1
                ? String.join("", quoted)
                : String.join(", ", quoted.subList(0, last)) + " or " + quoted.get(last);
    }

    /// The candidate the user most likely meant, if one is close enough.
    static Optional<String> closest(String given, Collection<String> candidates) {
        String plain = plain(given);
        return candidates.stream()
                .filter(candidate -> distance(plain, plain(candidate)) <= Math.min(2, candidate.length() / 3))
                .min(Comparator.comparingInt(candidate -> distance(plain, plain(candidate))));
    }

    private static String plain(String name) {
        String cut = name.length() > MAX_QUOTED ? name.substring(0, MAX_QUOTED) : name;
        return cut.replace("_", "").replace("-", "").toLowerCase(Locale.ROOT);
    }

    /// Levenshtein's distance.
    private static int distance(String a, String b) {
        int[] above = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            above[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] row = new int[b.length() + 1];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = above[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(replaced, 1 + Math.min(above[j], row[j - 1]));
            }
            above = row;
        }
        return above[b.length()];
    }
}
