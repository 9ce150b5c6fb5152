package dev.drover.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// What the kinds of `drover get` have in common.
///
/// A watch ends where the master does, as kubectl's: whoever stops a master wants to see that it is gone, and a script
/// must not hang on one that never comes back.
abstract class GetKind<T> implements Callable<Integer> {

    /// One line of a watch.
    ///
    /// @param item empty where everything that was there has been told
    /// @param gone whether it is there no more
    record Change<T>(Optional<T> item, boolean gone) {}

    private final DroverCommand drover;
    private final Resource<T> resource;

    @Parameters(paramLabel = "NAME", arity = "0..*", description = "Only these.")
    private List<String> names = new ArrayList<>();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "table (default), wide, json, yaml or name.")
    private Output output = Output.TABLE;

    @Option(names = "--no-headers", description = "A table without its headers.")
    private boolean noHeaders;

    @Option(
            names = {"-w", "--watch"},
            description = "Go on and show every change, until interrupted or the master is gone.")
    private boolean watch;

    GetKind(DroverCommand drover, Resource<T> resource) {
        this.drover = drover;
        this.resource = resource;
    }

    /// All of the kind that the options let through.
    abstract List<T> list(Listings listings);

    /// Follows what becomes of them.
    ///
    /// @return false when changes were lost, so that it must begin again with a list
    abstract boolean follow(MasterClient master, String purpose, Consumer<Change<T>> changes);

    List<String> names() {
        return names;
    }

    /// Of the labels; empty where the kind has no selector, or all are wanted.
    String labels() {
        return "";
    }

    String purpose() {
        return "get " + resource.kind() + "s";
    }

    @Override
    public Integer call() {
        var terminal = drover.terminal();
        var wanted = new Wanted<>(resource, "get", names);
        var printer = new ResourcePrinter<>(resource, output, !noHeaders, terminal);
        try (MasterClient master = drover.connect()) {
            var listings = new Listings(master, purpose());
            // The first look has a bound of its own: a master that does not answer is told as such.
            List<T> all = list(listings);
            printer.print(wanted.of(all), names.size() == 1);
            int code = wanted.tellMissing(all, terminal.err());
            if (output.isForPeople()) {
                wanted.tellNothing(all, terminal.err(), !labels().isEmpty());
            }
            while (watch && !follow(master, purpose(), change -> show(change, wanted, printer))) {
                list(listings).forEach(item -> show(new Change<>(Optional.of(item), false), wanted, printer));
            }
            return code;
        }
    }

    private void show(Change<T> change, Wanted<T> wanted, ResourcePrinter<T> printer) {
        change.item()
                .ifPresentOrElse(
                        item -> {
                            if (wanted.isWanted(item)) {
                                printer.printChange(item, change.gone());
                            }
                        },
                        printer::forgetOthers);
    }
}
