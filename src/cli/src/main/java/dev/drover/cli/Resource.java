package dev.drover.cli;

import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;

/// A kind of thing that `get` shows.
///
/// @param kind `pool`
/// @param name the name by which users call one
/// @param key what no two of them have at the same time
/// @param tree its fields, for JSON and YAML
/// @param columns its table
record Resource<T>(
        String kind,
        Function<T, String> name,
        Function<T, String> key,
        Function<T, Map<String, Object>> tree,
        List<Column<T>> columns) {

    /// One column of its table.
    ///
    /// @param header in capitals
    /// @param when in which tables it stands
    /// @param cell its text, told the time; empty is shown as `<none>`
    record Column<T>(String header, When when, BiFunction<T, java.time.Instant, String> cell) {

        /// In which tables a column stands.
        enum When {
            ALWAYS,
            WIDE,
            /// Always, but what it says changes all the time and is no change worth a line of `-w`.
            AGE,
            /// In wide ones, and as AGE.
            WIDE_AGE;

            boolean onlyWide() {
                return this == WIDE || this == WIDE_AGE;
            }

            boolean changesAllTheTime() {
                return this == AGE || this == WIDE_AGE;
            }
        }

        static <T> Column<T> always(String header, Function<T, Object> cell) {
            return new Column<>(header, When.ALWAYS, (item, _) -> String.valueOf(cell.apply(item)));
        }

        static <T> Column<T> wide(String header, Function<T, Object> cell) {
            return new Column<>(header, When.WIDE, (item, _) -> String.valueOf(cell.apply(item)));
        }
    }

    Resource {
        columns = List.copyOf(columns);
    }
}
