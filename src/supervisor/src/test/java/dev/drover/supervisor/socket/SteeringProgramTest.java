package dev.drover.supervisor.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.posix.SocketProgram;
import dev.drover.supervisor.socket.fixtures.ClassicBpf;
import dev.drover.supervisor.socket.fixtures.Packet;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SteeringProgramTest {
    private static final int SEED = 20260101;
    /// `net.core.optmem_max` before Linux 6.7.
    private static final int SMALLEST_OPTION_MEMORY = 18_432;

    private static final Packet STRANGER = Packet.from("192.0.2.7", 40_000, 0, Packet.SYN);

    @Test
    void everyTargetGetsTheSamePartInTablesOfEverySize() {
        var random = new Random(SEED);
        for (int size = 1; size <= 1001; size++) {
            assertEven(new SteeringTable(size, targets(size, random), List.of()));
        }
    }

    @Test
    void theWorstTablesFitIntoTheKernelsOptionMemory() {
        for (int run = 1; run <= 4; run++) {
            int length = run;
            var targets = IntStream.range(0, SteeringTable.MAX_SIZE)
                    .filter(index -> index % (length + 1) != 0)
                    .boxed()
                    .toList();
            var table = new SteeringTable(SteeringTable.MAX_SIZE, targets, probes(SteeringTable.MAX_PROBES));
            assertEven(table);
            assertThat(kernelBytes(SteeringProgram.of(table))).isLessThan(SMALLEST_OPTION_MEMORY);
        }
    }

    @Test
    void probesReachTheirShardWhateverTheTargets() {
        var random = new Random(SEED);
        for (int round = 0; round < 200; round++) {
            int size = 1 + random.nextInt(1001);
            var probes = new ArrayList<Probe>();
            for (int i = 0; i < 1 + random.nextInt(SteeringTable.MAX_PROBES); i++) {
                probes.add(new Probe(1 + i * 300 + random.nextInt(300), random.nextInt(size)));
            }
            var table = new SteeringTable(size, targets(size, random), probes);
            var program = SteeringProgram.of(table);
            for (var probe : probes) {
                for (var source : List.of("127.0.0.1", "127.255.3.9", "::1")) {
                    var packet = Packet.from(source, probe.sourcePort(), 0, Packet.SYN);
                    assertThat(run(program, packet, random.nextInt())).isEqualTo(probe.index());
                }
                assertThat(table.targets())
                        .contains(run(program, Packet.from("127.0.0.1", 65_535, 0, Packet.SYN), random.nextInt()));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 4, 20, 40})
    void ipv4OptionsDoNotHideTheProbe(int options) {
        assertThat(run(probed(), Packet.from("127.0.0.1", 50_001, options, Packet.SYN), 0))
                .isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource({
        "126.255.255.255, 0",
        "128.0.0.1, 0",
        "10.0.0.127, 0",
        "::2, 0",
        "::, 0",
        "2001:db8::1, 0",
        "1::1, 0",
        "0:0:1::1, 0",
        "0:0:0:0:1::1, 0",
        "::1, 8",
        "::ffff:127.0.0.1, 0"
    })
    void nobodyElseIsAProbe(String source, int extra) {
        assertThat(run(probed(), Packet.from(source, 50_001, extra, Packet.SYN), 0))
                .isEqualTo(1);
    }

    @Test
    void aPacketTooShortForItsHeadersIsNoReasonToFail() {
        // The kernel never shows one; the answer is then index 0 at worst, never out of range.
        assertThat(new ClassicBpf(() -> 0).run(probed(), new byte[] {0x45}, 1)).isZero();
    }

    @Test
    void tablesThatWouldMisrouteAreRefused() {
        assertThatThrownBy(() -> new SteeringTable(4, List.of(), List.of())).hasMessageContaining("to no shard");
        assertThatThrownBy(() -> new SteeringTable(4, List.of(4), List.of())).hasMessageContaining("index 4 of 4");
        assertThatThrownBy(() -> new SteeringTable(4, List.of(-1), List.of())).hasMessageContaining("index -1");
        assertThatThrownBy(() -> new SteeringTable(4, List.of(0), List.of(new Probe(9, 4))))
                .hasMessageContaining("index 4 of 4");
        assertThatThrownBy(() -> new SteeringTable(4, List.of(0), List.of(new Probe(9, 1), new Probe(9, 2))))
                .hasMessageContaining("from port 9");
        assertThatThrownBy(() -> new SteeringTable(4, List.of(0), probes(201))).hasMessageContaining("at most 200");
        assertThatThrownBy(() -> new Probe(0, 1)).hasMessageContaining("1..65535");
    }

    @Test
    void theFilterDropsNothingButSyn() {
        for (int flags = 0; flags < 256; flags++) {
            var packet = Packet.from("192.0.2.7", 40_000, 0, flags);
            long kept = new ClassicBpf(() -> 0).run(SynFilter.PROGRAM, packet.bytes(), packet.tcp());
            assertThat(kept).isEqualTo((flags & Packet.SYN) != 0 ? 0 : 0xffffffffL);
        }
    }

    /// Target 1, probe 50001 to shard 3.
    private static SocketProgram probed() {
        return SteeringProgram.of(new SteeringTable(4, List.of(1), List.of(new Probe(50_001, 3))));
    }

    /// The random number counts only modulo the targets: with each remainder once, each target must come once.
    private static void assertEven(SteeringTable table) {
        var program = SteeringProgram.of(table);
        int count = table.targets().size();
        int high = Integer.divideUnsigned(-1, count) - 1;
        for (int base : new int[] {0, high * count}) {
            var reached = IntStream.range(0, count)
                    .map(remainder -> run(program, STRANGER, base + remainder))
                    .sorted()
                    .boxed()
                    .toList();
            assertThat(reached).isEqualTo(table.targets());
        }
    }

    private static int run(SocketProgram program, Packet packet, int random) {
        return Math.toIntExact(new ClassicBpf(() -> random).run(program, packet.bytes(), packet.payload()));
    }

    /// Sparse, dense, alternating or all; at least one.
    private static List<Integer> targets(int size, Random random) {
        int mode = random.nextInt(4);
        double density = random.nextDouble();
        var targets = IntStream.range(0, size)
                .filter(index -> switch (mode) {
                    case 0 -> true;
                    case 1 -> index % 2 == 1;
                    default -> random.nextDouble() < density;
                })
                .boxed()
                .toList();
        return targets.isEmpty() ? List.of(random.nextInt(size)) : targets;
    }

    private static List<Probe> probes(int count) {
        return IntStream.range(0, count).mapToObj(i -> new Probe(50_000 + i, i)).toList();
    }

    /// What the kernel counts: its own instructions of 8 bytes, a `ret` of a constant takes two of them.
    private static int kernelBytes(SocketProgram program) {
        int header = 128;
        int loadsAndPrologue = 100;
        long constants = program.instructions().stream()
                .filter(instruction -> instruction.code() == 0x06)
                .count();
        return header + 8 * (loadsAndPrologue + program.instructions().size() + (int) constants);
    }
}
