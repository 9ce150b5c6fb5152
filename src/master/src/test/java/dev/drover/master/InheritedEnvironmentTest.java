package dev.drover.master;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;

class InheritedEnvironmentTest {
    @Test
    void launchersAccountWinsOverTheMastersOwnVariables() {
        // given
        var block =
                "QUARKUS_HTTP_PORT=8081\0quarkus.log.level=DEBUG\0GREETING=grüß\nGott=\0EMPTY=\0DROVER_RUN_DIR=/x\0";
        var encoded = Base64.getEncoder().encodeToString(block.getBytes(StandardCharsets.UTF_8));
        var own = Map.of(
                "DROVER_ENVIRONMENT_0", encoded.substring(0, 21),
                "DROVER_ENVIRONMENT_1", encoded.substring(21),
                "LC_ALL", "C.UTF-8");

        // when
        var inherited = InheritedEnvironment.of(own);

        // then
        assertThat(inherited)
                .isEqualTo(Map.of(
                        "QUARKUS_HTTP_PORT", "8081",
                        "quarkus.log.level", "DEBUG",
                        "GREETING", "grüß\nGott=",
                        "EMPTY", ""));
    }

    @Test
    void withoutTheLauncherItIsTheMastersOwn() {
        assertThat(InheritedEnvironment.of(Map.of("A", "b", "DROVER_TOKEN", "t")))
                .isEqualTo(Map.of("A", "b"));
    }
}
