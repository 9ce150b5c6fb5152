package dev.drover.cli;

import java.io.PrintStream;
import java.util.List;

/// Which things of a kind the user has called by name; without a name all of them.
///
/// @param verb what is done with them, `get`
record Wanted<T>(Resource<T> resource, String verb, List<String> names) {

    Wanted {
        names = List.copyOf(names);
    }

    List<T> of(List<T> all) {
        return all.stream().filter(this::isWanted).toList();
    }

    boolean isWanted(T item) {
        return names.isEmpty() || names.stream().anyMatch(name -> isCalled(item, name));
    }

    /// By its name, which has that of the pool before a slash where it is unique in its pool only; or without that.
    private boolean isCalled(T item, String name) {
        String own = resource.name().apply(item);
        return own.equals(name) || own.endsWith("/" + name);
    }

    /// Says which names nothing has.
    ///
    /// @return the exit code
    int tellMissing(List<T> all, PrintStream err) {
        String kind = resource.kind();
        List<String> missing = names.stream()
                .filter(name -> all.stream().noneMatch(item -> isCalled(item, name)))
                .toList();
        missing.forEach(name -> err.println("drover: cannot " + verb + " " + kind + " " + Table.oneLine(name)
                + ": there is none of that name; see 'drover get " + kind + "s'"));
        return missing.isEmpty() ? ExitCode.OK : ExitCode.NOT_FOUND;
    }

    /// Says that there is nothing at all, where that is so.
    ///
    /// @param selected whether only some labels were wanted
    void tellNothing(List<T> all, PrintStream err, boolean selected) {
        if (names.isEmpty() && all.isEmpty()) {
            err.println("The master has no " + resource.kind() + "s" + (selected ? " with such labels." : "."));
        }
    }
}
