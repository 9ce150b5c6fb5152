package dev.drover.master;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.drover.master.PodGrace.Shortage;
import dev.drover.master.RunCommand.Parsed;
import dev.drover.master.resource.PoolSpecs;
import dev.drover.poolfile.Defaults;
import dev.drover.protocol.pool.v1.Metadata;
import dev.drover.protocol.pool.v1.Template;
import dev.drover.protocol.pool.v1.WorkerPool;
import dev.drover.protocol.pool.v1.WorkerPoolSpec;
import dev.drover.supervisor.PoolSpec;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PodGraceTest {
    private static RunOptions options(String... arguments) {
        return RunCommand.parse(Map.of(), arguments) instanceof Parsed.Run(var options)
                ? options
                : fail("cannot parse the flags");
    }

    private static PoolSpec pool(String name, int graceSeconds) {
        var written = WorkerPool.newBuilder()
                .setApiVersion("drover.dev/v1")
                .setKind("WorkerPool")
                .setMetadata(Metadata.newBuilder().setName(name))
                .setSpec(WorkerPoolSpec.newBuilder()
                        .setTerminationGracePeriodSeconds(graceSeconds)
                        .setTemplate(Template.newBuilder().addCommand("true")))
                .build();
        return PoolSpecs.of(Defaults.of(written), 1);
    }

    @Test
    void whatIsNotKnownIsNotTooShort() {
        assertThat(PodGrace.shortage(options("--lame-duck=5"), List.of(pool("web", 3600))))
                .isEmpty();
    }

    @Test
    void theLongestGraceOfAPoolCounts() {
        // given
        var options = options("--lame-duck=5", "--pod-grace=36");

        // when
        var shortage = PodGrace.shortage(options, List.of(pool("web", 30), pool("jobs", 10)));

        // then
        assertThat(shortage).contains(new Shortage(Duration.ofSeconds(36), Duration.ofSeconds(37), "pool web"));
        assertThat(PodGrace.shortage(options, List.of(pool("web", 29)))).isEmpty();
    }

    @Test
    void theGraceOfTheMasterWinsOverThePools() {
        assertThat(PodGrace.shortage(options("--grace=10", "--pod-grace=12"), List.of(pool("web", 30))))
                .isEmpty();
        assertThat(PodGrace.shortage(options("--grace=11", "--pod-grace=12"), List.of(pool("web", 30))))
                .contains(new Shortage(Duration.ofSeconds(12), Duration.ofSeconds(13), "--grace"));
    }
}
