package dev.drover.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/// What many workers at rest cost a master: the server of sessions, in a JVM with the flags of the master, with as
/// many sessions, each of which gives its signs of life at the pace of a supervisor. Nothing else in a master looks at
/// a sign of life when it comes.
final class HeartbeatBench {
    static final int SESSIONS = 256;

    /// Percent of a core.
    private static final Row.Goal GOAL = Row.Goal.atMost(1);

    private static final Duration RUN = Duration.ofSeconds(10);
    private static final Duration ANSWER_BOUND = Duration.ofSeconds(60);

    /// In which the code for a sign of life gets compiled, as it is in a master that has run for a while.
    private static final Duration WARM_UP = Duration.ofSeconds(10);

    List<Row> run() throws Exception {
        try (var directory = ScratchDirectory.create()) {
            var socket = directory.path().resolve("session.sock").toString();
            try (var master = LineProcess.start(Jvm.running(Jvm.SMALL, HeartbeatMaster.class, socket), ANSWER_BOUND)) {
                double rest = cpuPercent(master);
                var clients = Jvm.running(List.of(), HeartbeatClients.class, socket, Integer.toString(SESSIONS));
                try (var _ = LineProcess.start(clients, ANSWER_BOUND)) {
                    ServerProcess.pause(WARM_UP);
                    double beating = cpuPercent(master);
                    check(master.ask("", ANSWER_BOUND));
                    return List.of(Row.beside(
                            "master with " + SESSIONS + " sessions that beat, % of a core; at rest",
                            beating,
                            rest,
                            GOAL));
                }
            }
        }
    }

    private static double cpuPercent(LineProcess process) throws IOException {
        var before = ProcessFiles.cpuTime(process.pid());
        ServerProcess.pause(RUN);
        return 100.0 * ProcessFiles.cpuTime(process.pid()).minus(before).toNanos() / RUN.toNanos();
    }

    private static void check(String alive) {
        if (!alive.equals(Integer.toString(SESSIONS))) {
            throw new BenchException("only " + alive + " of " + SESSIONS + " sessions give signs of life");
        }
    }
}
