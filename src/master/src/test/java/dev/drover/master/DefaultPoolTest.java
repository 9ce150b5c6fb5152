package dev.drover.master;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.master.resource.PoolSpecs;
import dev.drover.supervisor.SocketSpec;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class DefaultPoolTest {
    @Test
    void defaultPoolSaysHelloOnPort8080WithOneWorkerPerCpu() {
        // when
        var pool = DefaultPool.of(Path.of("/jdk/bin/java"), Path.of("/opt/drover"));
        var spec = PoolSpecs.of(pool, 3);

        // then
        assertThat(pool.getSpec().hasReplicas()).isFalse();
        assertThat(spec.name()).isEqualTo("web");
        assertThat(spec.replicas()).isEqualTo(3);
        assertThat(spec.sockets())
                .containsExactly(new SocketSpec(
                        "http", new InetSocketAddress("::", 8080), 4096, SocketSpec.Distribution.SHARDED));
        assertThat(spec.template().command())
                .startsWith("/jdk/bin/java", "-XX:+UseSerialGC")
                .endsWith("-cp", "/opt/drover/lib/examples/*", "dev.drover.examples.Hello");
    }
}
