package dev.drover.master.metrics;

import dev.drover.master.metrics.PrometheusText.BadPage;
import java.util.LinkedHashMap;
import java.util.Map;

/// Reads a line `name{label="value"} 1.5 1700000000000` of a page.
final class SampleLine {
    private static final int MAX_LABELS = 64;

    private final String line;
    private final int number;
    private int at;

    /// @param line without blanks around it
    /// @param number for the reader of an error
    SampleLine(String line, int number) {
        this.line = line;
        this.number = number;
    }

    /// What it says.
    record Sample(String name, Map<String, String> labels, double value) {}

    Sample read() throws BadPage {
        var name = until("{ \t");
        if (name.isEmpty()) {
            throw bad("no name");
        }
        var labels = new LinkedHashMap<String, String>();
        skipBlanks();
        if (is('{')) {
            at++;
            readLabels(labels);
        }
        skipBlanks();
        var rest = line.substring(at).split("[ \t]+", -1);
        if (rest.length > 2 || rest[0].isEmpty()) {
            throw bad("not a value, and at most a time, after the name");
        }
        try {
            double value = number(rest[0]);
            if (rest.length == 2) {
                var _ = Long.parseLong(rest[1]);
            }
            return new Sample(name, labels, value);
        } catch (NumberFormatException none) {
            throw bad("'" + cut(line.substring(at)) + "' is no number");
        }
    }

    private void readLabels(Map<String, String> labels) throws BadPage {
        for (skipBlanks(); !is('}'); skipBlanks()) {
            var name = until("=} \t,\"").strip();
            skipBlanks();
            expect('=');
            skipBlanks();
            expect('"');
            if (labels.put(name, quoted()) != null || labels.size() > MAX_LABELS) {
                throw bad("label " + cut(name) + " twice, or more than " + MAX_LABELS + " labels");
            }
            skipBlanks();
            if (!is('}')) {
                expect(',');
            }
        }
        at++;
    }

    private String quoted() throws BadPage {
        var value = new StringBuilder();
        while (!is('"')) {
            if (at >= line.length()) {
                throw bad("a value of a label does not end");
            }
            char next = line.charAt(at++);
            if (next == '\\' && at < line.length()) {
                char escaped = line.charAt(at++);
                value.append(escaped == 'n' ? '\n' : escaped);
            } else {
                value.append(next);
            }
        }
        at++;
        return value.toString();
    }

    /// As the format has it: Java's words for infinity are others, and it takes more for a number.
    static double number(String text) {
        return switch (text) {
            case "+Inf", "Inf" -> Double.POSITIVE_INFINITY;
            case "-Inf" -> Double.NEGATIVE_INFINITY;
            case "NaN" -> Double.NaN;
            case String other when other.matches("[+-]?[0-9.]+([eE][+-]?[0-9]+)?") -> Double.parseDouble(other);
            case String other -> throw new NumberFormatException(other);
        };
    }

    private String until(String ends) {
        int from = at;
        while (at < line.length() && ends.indexOf(line.charAt(at)) < 0) {
            at++;
        }
        return line.substring(from, at);
    }

    private void skipBlanks() {
        while (is(' ') || is('\t')) {
            at++;
        }
    }

    private boolean is(char expected) {
        return at < line.length() && line.charAt(at) == expected;
    }

    private void expect(char expected) throws BadPage {
        if (!is(expected)) {
            throw bad("'" + expected + "' is missing at '" + cut(line.substring(at)) + "'");
        }
        at++;
    }

    private BadPage bad(String why) {
        return new BadPage(number, why);
    }

    private static String cut(String text) {
        return text.substring(0, Math.min(text.length(), 64));
    }
}
