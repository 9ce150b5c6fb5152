package dev.drover.master.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.poolfile.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// `docs/reference/openapi.json`, which the master serves, is what the table of routes and the protos say.
///
/// `-Dgolden.write=true` (through `-DargLine`) writes it anew; read it before you commit it.
class OpenApiTest {
    private static final Path ROOT = Path.of("../..");
    private static final Path WRITTEN = ROOT.resolve("docs/reference/openapi.json");
    private static final String SCHEMA = "#/components/schemas/";

    private static Map<String, Object> generated() throws IOException {
        return OpenApi.of(ProtoComments.of(ROOT.resolve("proto/drover")));
    }

    @Test
    void whatIsWrittenIsWhatIsServedAndWhatTheProtosSay() throws IOException {
        // given
        var text = Trees.toJson(generated());
        if (Boolean.getBoolean("golden.write")) {
            Files.writeString(WRITTEN, text);
        }

        // when / then
        assertThat(Files.readString(WRITTEN)).isEqualTo(text);
        assertThat(Rest.document().text()).isEqualTo(text);
    }

    @Test
    void everyRouteIsInIt() throws IOException {
        // when
        var paths = map(generated().get("paths"));

        // then
        assertThat(Routes.ALL)
                .allSatisfy(route -> assertThat(map(paths.get(route.path())))
                        .containsKey(route.verb().toLowerCase(Locale.ROOT)));
        assertThat(paths.values().stream().mapToInt(verbs -> map(verbs).size()).sum())
                .isEqualTo(Routes.ALL.size());
    }

    @Test
    void everyReferenceLeadsSomewhereAndEverySchemaIsReferredTo() throws IOException {
        // given
        var document = generated();

        // when
        var references = references(document)
                .map(reference -> reference.substring(SCHEMA.length()))
                .distinct();

        // then
        var schemas = map(map(document.get("components")).get("schemas"));
        assertThat(references).containsExactlyInAnyOrderElementsOf(schemas.keySet());
        assertThat(schemas.values())
                .allSatisfy(schema -> assertThat(map(schema)).containsKey("type"));
    }

    @Test
    void everyVariableIsAParameterAndEveryOperationIsNamedOnce() throws IOException {
        // when
        var operations = map(generated().get("paths")).entrySet().stream()
                .flatMap(path -> map(path.getValue()).values().stream()
                        .map(operation -> Map.entry(path.getKey(), map(operation))))
                .toList();

        // then
        assertThat(operations.stream().map(operation -> operation.getValue().get("operationId")))
                .doesNotHaveDuplicates();
        assertThat(operations)
                .filteredOn(operation -> operation.getKey().contains("{name}"))
                .allSatisfy(operation -> assertThat(operation.getValue().get("parameters"))
                        .asString()
                        .contains("name=name, in=path, required=true"));
    }

    private static Stream<String> references(Object tree) {
        return switch (tree) {
            case Map<?, ?> map ->
                Stream.concat(
                        Stream.ofNullable((String) map.get("$ref")),
                        map.values().stream().flatMap(OpenApiTest::references));
            case Collection<?> list -> list.stream().flatMap(OpenApiTest::references);
            default -> Stream.empty();
        };
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(@Nullable Object tree) {
        return (Map<String, Object>) Objects.requireNonNull(tree);
    }
}
