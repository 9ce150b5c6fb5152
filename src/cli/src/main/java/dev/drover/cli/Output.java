package dev.drover.cli;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine.TypeConversionException;

/// How `get` writes what it found.
enum Output {
    TABLE,
    WIDE,
    JSON,
    YAML,
    NAME;

    /// Whether it is a table, which people read.
    boolean isForPeople() {
        return this == TABLE || this == WIDE;
    }

    /// The format, or another choice, of that name.
    static <E extends Enum<E>> E parse(Class<E> choices, String text) {
        return Arrays.stream(choices.getEnumConstants())
                .filter(choice -> word(choice).equals(text.toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> new TypeConversionException("'" + text + "' is not known; allowed are "
                        + Arrays.stream(choices.getEnumConstants())
                                .map(Output::word)
                                .collect(Collectors.joining(", "))));
    }

    private static String word(Enum<?> choice) {
        return choice.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
