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

    /// The format of that name.
    static <E extends Enum<E>> E parse(Class<E> formats, String text) {
        return Arrays.stream(formats.getEnumConstants())
                .filter(format -> word(format).equals(text))
                .findFirst()
                .orElseThrow(() -> new TypeConversionException("'" + text + "' is no format; allowed are "
                        + Arrays.stream(formats.getEnumConstants())
                                .map(Output::word)
                                .collect(Collectors.joining(", "))));
    }

    private static String word(Enum<?> format) {
        return format.name().toLowerCase(Locale.ROOT);
    }
}
