package dev.drover.bench;

import com.google.errorprone.annotations.Immutable;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Measures Drover beside peers and prints one table: `[--only PART,...] [--pairs N]`.
///
/// Ends by itself, after about ten minutes with five pairs. Exits with 0 when everything was measured, whether or not
/// the goals are reached, which depends on what else the machine does; 1 when something could not be measured, 2 for
/// wrong arguments.
public final class Bench {
    private static final int FAILED = 1;
    private static final int USAGE = 2;

    /// How a part is measured.
    @Immutable
    @FunctionalInterface
    private interface Measurement {
        List<Row> run(int pairs) throws Exception;
    }

    /// What can be measured.
    private enum Part {
        TRANSFER(pairs -> new TransferBench(pairs).run()),
        HTTP(pairs -> new HttpBench(pairs).run()),
        RESTART(pairs -> new RestartBench(pairs).run()),
        MEMORY(_ -> new MemoryBench().run()),
        MESSAGES(pairs -> new MessagesBench(pairs).run()),
        DISPATCH(pairs -> new DispatchBench(pairs).run()),
        OUTPUT(pairs -> new OutputBench(pairs).run()),
        START(pairs -> new StartBench(pairs).run()),
        HEARTBEATS(_ -> new HeartbeatBench().run()),
        PROBES(_ -> new ProbesBench().run()),
        COMMAND(pairs -> new CommandBench(pairs).run()),
        IMAGE(pairs -> new ImageBench(pairs).run());

        private final Measurement measurement;

        Part(Measurement measurement) {
            this.measurement = measurement;
        }

        List<Row> run(int pairs) throws Exception {
            return measurement.run(pairs);
        }

        static Part named(String name) {
            return Stream.of(values())
                    .filter(part -> part.name().equalsIgnoreCase(name))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("there is no measurement '" + name + "'"));
        }
    }

    private record Options(List<Part> parts, int pairs) {
        private static final int DEFAULT_PAIRS = 5;
        private static final int MAX_PAIRS = 100;

        static Options of(List<String> words) {
            var parts = List.of(Part.values());
            int pairs = DEFAULT_PAIRS;
            var rest = words.iterator();
            while (rest.hasNext()) {
                var flag = rest.next();
                var value = rest.hasNext() ? rest.next() : "";
                switch (flag) {
                    case "--only" ->
                        parts = Stream.of(value.split(",", -1)).map(Part::named).toList();
                    case "--pairs" -> pairs = pairs(value);
                    default -> throw new IllegalArgumentException("there is no flag '" + flag + "'");
                }
            }
            return new Options(parts, pairs);
        }

        private static int pairs(String value) {
            try {
                int pairs = Integer.parseInt(value);
                if (pairs >= 1 && pairs <= MAX_PAIRS) {
                    return pairs;
                }
            } catch (NumberFormatException _) {
                // told below, as for a number out of range
            }
            throw new IllegalArgumentException("--pairs is '" + value + "', expected 1 to " + MAX_PAIRS);
        }
    }

    private Bench() {}

    /// See the class.
    public static void main(String[] arguments) {
        Jvm.logWarningsOnly();
        // Maven passes all in one word.
        var words = Arrays.stream(arguments)
                .flatMap(argument -> Stream.of(argument.split(" ", -1)))
                .filter(word -> !word.isBlank())
                .toList();
        try {
            System.exit(run(Options.of(words), System.out) ? 0 : FAILED);
        } catch (IllegalArgumentException wrong) {
            System.err.println("bench: " + wrong.getMessage() + "; usage: bench [--only "
                    + Stream.of(Part.values())
                            .map(part -> part.name().toLowerCase(Locale.ROOT))
                            .collect(Collectors.joining(","))
                    + "] [--pairs N]");
            System.exit(USAGE);
        }
    }

    private static boolean run(Options options, PrintStream out) {
        out.println("Medians of " + options.pairs() + " interleaved pairs; HTTP load by " + HttpLoad.tool() + "; Node: "
                + Sources.nodeVersion());
        out.println(Row.header());
        boolean complete = true;
        for (var part : options.parts()) {
            complete &= run(part, options.pairs(), out);
        }
        return complete;
    }

    /// One measurement that fails does not cost the others.
    private static boolean run(Part part, int pairs, PrintStream out) {
        try {
            part.run(pairs).forEach(out::println);
            return true;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        } catch (Exception failure) {
            out.println("Cannot measure " + part.name().toLowerCase(Locale.ROOT) + ": " + failure.getMessage());
            return false;
        }
    }
}
