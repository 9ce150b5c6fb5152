package dev.drover.poolfile;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Timestamp;
import com.google.protobuf.Value;
import com.google.protobuf.util.JsonFormat;
import dev.drover.protocol.pool.v1.Condition;
import dev.drover.protocol.pool.v1.WorkerPool;
import dev.drover.protocol.pool.v1.WorkerPoolStatus;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkerPoolsTest {

    private static final WorkerPool POOL = Defaults.of(
                    PoolFiles.read(List.of(Path.of("src/test/resources/golden/in-full.yaml")))
                            .pools()
                            .getFirst())
            .toBuilder()
            .setStatus(WorkerPoolStatus.newBuilder()
                    .setReadyReplicas(4)
                    .addConditions(Condition.newBuilder()
                            .setType("Available")
                            .setMessage("a \"quote\", a \\, a tab \t and a line\nbreak \u00e9 \ud83d\udc11")
                            .setLastTransitionTime(Timestamp.newBuilder().setSeconds(1_700_000_000))))
            .build();

    @Test
    void jsonIsProtoJson() throws InvalidProtocolBufferException {
        // when
        String json = WorkerPools.toJson(POOL);

        // then
        var read = WorkerPool.newBuilder();
        JsonFormat.parser().merge(json, read);
        assertThat(read.build()).isEqualTo(POOL);
    }

    @Test
    void jsonOnOneLineIsTheSame() throws InvalidProtocolBufferException {
        // when
        String json = Trees.toJsonLine(Trees.of(POOL));

        // then
        assertThat(json).doesNotContain("\n");
        var read = WorkerPool.newBuilder();
        JsonFormat.parser().merge(json, read);
        assertThat(read.build()).isEqualTo(POOL);
    }

    @Test
    void wholeNumbersHaveNoFraction() {
        assertThat(WorkerPools.toJson(POOL)).contains("\"maxSurge\": 1,").contains("\"maxDelaySeconds\": 30,");
        assertThat(WorkerPools.toYaml(POOL)).contains("maxSurge: 1\n").contains("initialDelaySeconds: 0.1\n");
    }

    @Test
    void severalAreAListInJsonAndDocumentsInYaml() {
        assertThat(WorkerPools.toJson(List.of(POOL, POOL)))
                .startsWith("{\n  \"apiVersion\": \"v1\",\n  \"kind\": \"List\"");
        assertThat(WorkerPools.toYaml(List.of(POOL, POOL)).split("---\n", -1)).hasSize(2);
    }

    @Test
    void defaultsAppliedTwiceChangeNothing() {
        assertThat(Defaults.of(POOL)).isEqualTo(POOL);
    }

    @Test
    void poolsFromNoFileAreKnownByTheirField() {
        // given
        var broken = POOL.toBuilder();
        broken.getMetadataBuilder().setName("other");
        broken.getSpecBuilder().clearSockets().clearTemplate();
        broken.getSpecBuilder().getStrategyBuilder().getRollingUpdateBuilder().setMaxSurge(number(1.5));

        // when
        var violations = WorkerPools.violations("pools", List.of(POOL, broken.build()));

        // then
        assertThat(violations)
                .containsExactly(
                        new Violation("pools[1].spec.template", "is required"),
                        new Violation(
                                "pools[1].spec.strategy.rollingUpdate.maxSurge",
                                "is 1.5, must be " + PoolRules.QUANTITY));
        assertThat(WorkerPools.violations("pools", List.of(POOL))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, -1, 1e300})
    void aNumberThatNoFileCanHoldIsToldToo(double value) {
        // given
        var pool = POOL.toBuilder();
        pool.getSpecBuilder().getStrategyBuilder().getRollingUpdateBuilder().setMaxSurge(number(value));

        // when
        var violations = WorkerPools.violations("pools", List.of(pool.build()));

        // then
        assertThat(violations)
                .extracting(Violation::path)
                .containsExactly("pools[0].spec.strategy.rollingUpdate.maxSurge");
    }

    private static Value number(double value) {
        return Value.newBuilder().setNumberValue(value).build();
    }
}
