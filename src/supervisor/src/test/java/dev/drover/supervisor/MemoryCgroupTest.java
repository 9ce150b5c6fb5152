package dev.drover.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MemoryCgroupTest {
    private static final String V2_MOUNT =
            "25 30 0:23 / /sys/fs/cgroup ro,nosuid shared:4 - cgroup2 cgroup rw,nsdelegate\n";
    private static final String HYBRID = """
            22 1 254:0 / / rw - ext4 /dev/root rw
            33 30 0:30 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 - cgroup cgroup rw,cpu,cpuacct
            34 30 0:31 %s /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
            40 30 0:37 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
            """;

    @Test
    void ofVersion2ItIsWhereTheUnifiedHierarchyIsMounted() {
        assertThat(MemoryCgroup.of("0::/\n", V2_MOUNT))
                .contains(new MemoryCgroup(Path.of("/sys/fs/cgroup/memory.events")));
        assertThat(MemoryCgroup.of("0::/kubepods.slice/pod1/c\n", V2_MOUNT))
                .contains(new MemoryCgroup(Path.of("/sys/fs/cgroup/kubepods.slice/pod1/c/memory.events")));
    }

    @ParameterizedTest
    @CsvSource({
        "/,           /service/one,      /sys/fs/cgroup/memory/service/one/memory.oom_control",
        "/docker/abc, /docker/abc,       /sys/fs/cgroup/memory/memory.oom_control",
        "/docker/abc, /docker/abc/below, /sys/fs/cgroup/memory/below/memory.oom_control"
    })
    void ofVersion1ItIsBelowWhatOfTheHierarchyIsMounted(String root, String path, Path expected) {
        // given
        var cgroups = "9:name=systemd:/\n5:cpu,cpuacct:/other\n4:memory:" + path + "\n0::/\n";

        // then
        assertThat(MemoryCgroup.of(cgroups, HYBRID.formatted(root))).contains(new MemoryCgroup(expected));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/docker/abcd", "/other", "/", "/docker/abc/../../other", "/../outside"})
    void aCgroupThatIsNotToBeSeenIsNone(String path) {
        assertThat(MemoryCgroup.of("4:memory:" + path + "\n0::/\n", HYBRID.formatted("/docker/abc")))
                .isEmpty();
    }

    @Test
    void whatIsNoneOfThemIsNone() {
        assertThat(MemoryCgroup.of("", "")).isEmpty();
        assertThat(MemoryCgroup.of("nonsense\n", V2_MOUNT)).isEmpty();
        assertThat(MemoryCgroup.of("0::/\n", "25 30 0:23 / /sys/fs/cgroup\n- cgroup2\n\n"))
                .isEmpty();
    }

    @Test
    void theCounterIsALineOfItsOwn() {
        assertThat(MemoryCgroup.killed("low 1\nhigh 2\nmax 3\noom 4\noom_kill 5\noom_group_kill 6\n"))
                .isEqualTo(OptionalLong.of(5));
        assertThat(MemoryCgroup.killed("oom_kill_disable 0\nunder_oom 1\noom_kill 7\n"))
                .isEqualTo(OptionalLong.of(7));
        assertThat(MemoryCgroup.killed("oom_kill_disable 0\nunder_oom 0\n")).isEmpty();
        assertThat(MemoryCgroup.killed("oom_kill many\n")).isEmpty();
        assertThat(MemoryCgroup.killed("")).isEmpty();
    }
}
