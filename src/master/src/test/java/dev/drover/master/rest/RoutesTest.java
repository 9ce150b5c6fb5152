package dev.drover.master.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.DescriptorProtos.MethodOptions.IdempotencyLevel;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import dev.drover.master.rest.Routes.Meaning;
import dev.drover.protocol.control.v1.ControlServiceGrpc;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The table of routes beside the protos.
class RoutesTest {
    /// Messages that JSON writes in a way of its own, and that [dev.drover.poolfile.Trees] knows.
    private static final Set<String> WELL_KNOWN =
            Set.of("google.protobuf.Duration", "google.protobuf.Timestamp", "google.protobuf.Value");

    @Test
    void everyMethodOfTheServiceHasARoute() {
        // when
        var methods = Routes.ALL.stream()
                .flatMap(route -> Stream.concat(Stream.of(route.method()), route.watch().map(Watch::method).stream()))
                .map(GrpcMethod::fullName)
                .distinct();

        // then
        assertThat(methods)
                .containsExactlyInAnyOrderElementsOf(ControlServiceGrpc.getServiceDescriptor().getMethods().stream()
                        .map(method -> method.getFullMethodName())
                        .toList());
    }

    @Test
    void getIsForWhatHasNoEffectAndNothingElse() {
        assertThat(Routes.ALL).allSatisfy(route -> {
            assertThat(hasNoEffect(route.method())).as(route.path()).isEqualTo(route.isGet());
            assertThat(route.watch().stream().map(Watch::method)).allMatch(RoutesTest::hasNoEffect);
        });
    }

    private static boolean hasNoEffect(GrpcMethod method) {
        return method.schema().getOptions().getIdempotencyLevel() == IdempotencyLevel.NO_SIDE_EFFECTS;
    }

    @Test
    void everyFieldThatARouteNamesIsThere() {
        assertThat(Routes.ALL).allSatisfy(route -> {
            var answer = route.method().schema().getOutputType();
            assertThat(Schemas.told(route.shape(), answer)).isNotNull();
            route.watch()
                    .ifPresent(watch -> assertThat(Schemas.told(
                                    watch.told(), watch.method().schema().getOutputType()))
                            .isNotNull());
            if (!(route.shape() instanceof Shape.Newest)) {
                assertThat(route.variables())
                        .allSatisfy(name -> assertThat(
                                        route.method().schema().getInputType().findFieldByName(name))
                                .isNotNull());
            }
        });
    }

    @Test
    void everythingThatIsToldIsOfATypeThatIsWrittenAsProtoJsonSays() {
        var seen = new HashSet<Descriptor>();
        Routes.ALL.forEach(route -> {
            collect(route.method().schema().getOutputType(), seen);
            route.watch().ifPresent(watch -> collect(watch.method().schema().getOutputType(), seen));
        });
        assertThat(seen)
                .hasSizeGreaterThan(40)
                .allSatisfy(message -> assertThat(message.getFields())
                        .allSatisfy(field ->
                                assertThat(field.getJavaType()).isNotIn(JavaType.BYTE_STRING, JavaType.FLOAT)));
        assertThat(seen)
                .filteredOn(message -> message.getFullName().startsWith("google."))
                .extracting(Descriptor::getFullName)
                .isSubsetOf(WELL_KNOWN);
    }

    private static void collect(Descriptor message, Set<Descriptor> seen) {
        if (seen.add(message) && !WELL_KNOWN.contains(message.getFullName())) {
            message.getFields().stream()
                    .filter(field -> field.getJavaType() == JavaType.MESSAGE)
                    .forEach(field -> collect(field.getMessageType(), seen));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /api/v1/pools, ListPools",
        "HEAD, /api/v1/pools, ListPools",
        "GET, /api/v1/pools/web, GetPool",
        "DELETE, /api/v1/pools/web, DeletePool",
        "POST, /api/v1/pools:apply, ApplyPools",
        "PUT, /api/v1/pools/web/scale, ScalePool",
        "POST, /api/v1/workers/web-0/restart, RestartWorker",
        "POST, /api/v1/workers/a%2Fb/restart, RestartWorker"
    })
    void requestMeansAMethod(String verb, String path, String method) {
        assertThat(Routes.meaning(verb, path))
                .isEqualTo(new Meaning.Method("drover.control.v1.ControlService/" + method));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/v1/pools/",
                "/api/v1/pools//scale",
                "/api/v1//pools",
                "/api/v1/pools/web/scale/",
                "/api/v1/../v1/pools",
                "/api/v1/%2e%2e",
                "/api/v1/pools%2Fweb",
                "/api/v1/%zz",
                "/api/v1/pools;a=b",
                "/api/"
            })
    void pathThatIsAlmostOneIsNone(String path) {
        assertThat(Routes.meaning("DELETE", path)).isEqualTo(new Meaning.Nothing());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "", "*", "/api", "//api/v1/pools", "/apiv1", "/drover.control.v1.ControlService/Stop"})
    void whatLiesElsewhereIsNotRest(String path) {
        assertThat(Routes.meaning("POST", path)).isEqualTo(new Meaning.NotRest());
    }

    @Test
    void verbIsReadAsItIsWritten() {
        assertThat(Routes.meaning("get", "/api/v1/pools")).isEqualTo(new Meaning.Nothing());
        assertThat(Routes.meaning("PATCH", "/api/v1/pools/web")).isEqualTo(new Meaning.Nothing());
    }
}
