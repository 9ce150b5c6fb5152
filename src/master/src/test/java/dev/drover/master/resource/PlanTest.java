package dev.drover.master.resource;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.poolfile.Defaults;
import dev.drover.poolfile.PoolFiles;
import dev.drover.supervisor.PoolSpec;
import dev.drover.supervisor.plan.Operation;
import dev.drover.supervisor.plan.Plan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The way from `in-X.before.yaml` to `in-X.after.yaml` is `out-X.yaml`: the operations in their order.
///
/// `-Dgolden.write` (through `-DargLine`) writes what is missing; read it before you commit it.
class PlanTest {
    private static final Path FOLDER = Path.of("src/test/resources/plan");

    @ParameterizedTest
    @MethodSource("names")
    void thePlanIsTheWayFromOneFileToTheOther(String name) throws IOException {
        // given
        var before = read("in-" + name + ".before.yaml");
        var after = read("in-" + name + ".after.yaml");

        // when
        var plan = Plan.diff(before, after);

        // then
        var expected = FOLDER.resolve("out-" + name + ".yaml");
        if (Boolean.getBoolean("golden.write") && !Files.exists(expected)) {
            Files.writeString(expected, text(plan));
        }
        assertThat(text(plan)).isEqualTo(Files.readString(expected));
        assertThat(text(plan)).doesNotContain("hidden");
        assertThat(plan.isEmpty()).isEqualTo(before.equals(after));
    }

    @ParameterizedTest
    @MethodSource("names")
    void whatIsThereAlreadyNeedsNoPlan(String name) {
        // given
        var after = read("in-" + name + ".after.yaml");

        // when
        var plan = Plan.diff(after, after);

        // then
        assertThat(plan.isEmpty()).isTrue();
        assertThat(plan.lines()).isEmpty();
    }

    @Test
    void everyFileIsUsedAndEveryOperationIsShown() throws IOException {
        // when
        var files = files();

        // then
        assertThat(files)
                .containsExactlyInAnyOrderElementsOf(names().stream()
                        .flatMap(name -> Stream.of(
                                "in-" + name + ".before.yaml", "in-" + name + ".after.yaml", "out-" + name + ".yaml"))
                        .toList());
        var shown = new StringBuilder();
        for (var name : names()) {
            shown.append(Files.readString(FOLDER.resolve("out-" + name + ".yaml")));
        }
        assertThat(Stream.of(Operation.class.getPermittedSubclasses()).map(Class::getSimpleName))
                .allSatisfy(operation -> assertThat(shown.toString()).contains("- " + operation + ":"));
    }

    @Test
    void aLineTellsAllThatChangesInAPool() {
        // when
        var lines = Plan.diff(read("in-pools.before.yaml"), read("in-pools.after.yaml"))
                .lines();

        // then
        assertThat(lines)
                .containsExactly(
                        "pool gone: removed",
                        "pool web: socket http removed, socket https added, minReadySeconds 0 -> 1, "
                                + "replicas 1 -> 2, new revision (command)",
                        "pool added: added");
    }

    private static String text(Plan plan) {
        return plan.isEmpty()
                ? "[]\n"
                : plan.operations().stream()
                        .map(operation -> "- %s: {pool: %s, words: \"%s\"}\n"
                                .formatted(operation.getClass().getSimpleName(), operation.pool(), operation.words()))
                        .collect(Collectors.joining());
    }

    private static List<PoolSpec> read(String file) {
        var result = PoolFiles.read(List.of(FOLDER.resolve(file)));
        assertThat(result.problems()).isEmpty();
        return result.pools().stream()
                .map(pool -> PoolSpecs.of(Defaults.of(pool), 1))
                .toList();
    }

    private static List<String> files() throws IOException {
        try (var files = Files.list(FOLDER)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    static List<String> names() throws IOException {
        return files().stream()
                .filter(file -> file.startsWith("in-") && file.endsWith(".before.yaml"))
                .map(file -> file.substring("in-".length(), file.length() - ".before.yaml".length()))
                .sorted()
                .toList();
    }
}
