package dev.drover.cli;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A table in kubectl's look: columns as wide as needed, three spaces apart. Rows added later keep the columns.
///
/// By hand and not by picocli's TextTable, which wraps cells where it should not and knows no later rows.
final class Table {

    private static final String GAP = "   ";

    private final PrintStream out;
    private final Colours colours;
    private final int[] widths;

    Table(PrintStream out, List<String> headers, List<List<String>> rows) {
        this(out, new Colours(false), true, headers, rows);
    }

    /// @param headed whether the headers are written
    Table(PrintStream out, Colours colours, boolean headed, List<String> headers, List<List<String>> rows) {
        this.out = out;
        this.colours = colours;
        this.widths = new int[headers.size()];
        List<List<String>> all = new ArrayList<>(rows);
        if (headed) {
            all.addFirst(headers);
        }
        for (List<String> row : all) {
            Arrays.setAll(widths, i -> Math.max(widths[i], shown(row.get(i)).length()));
        }
        all.forEach(this::add);
    }

    void add(List<String> row) {
        var line = new StringBuilder();
        for (int i = 0; i < row.size(); i++) {
            String cell = shown(row.get(i));
            line.append(colours.paint(cell))
                    .append(" ".repeat(Math.max(0, widths[i] - cell.length())))
                    .append(GAP);
        }
        out.println(line.toString().stripTrailing());
    }

    private static String shown(String cell) {
        return cell.isEmpty() ? "<none>" : oneLine(cell);
    }

    /// The text without what could break the line or steer the terminal: it may come from a worker.
    static String oneLine(String text) {
        return text.codePoints()
                .map(c -> Character.isISOControl(c) ? ' ' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
