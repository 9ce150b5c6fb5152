package dev.drover.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

/// What it costs that a master accepts a connection and passes it on: short connections to the same workers, Dispatched
/// against Sharded, where they accept by themselves, beside the two policies of Node's `cluster`, and beside both ways
/// in C, which are the limit. Ours is the built distribution.
///
/// Measured with the load among the servers, as on a busy machine; where the kernel shares the processors out to
/// sessions, with the load in one of its own, as it is beside a container or a service; and with the load on a
/// processor of its own and the servers on the others, which tells what the servers can do. Each pair is made with
/// processes of its own: those of one start differ from those of another by more than their runs do.
final class DispatchBench {
    /// Microseconds of CPU for a connection.
    private static final Row.Goal COST_GOAL = Row.Goal.atMost(20);

    private static final Row.Goal RATE_GOAL = Row.Goal.atLeast(1.8);
    private static final int CONNECTIONS = 10_000;

    /// In each place, of the processes of one start.
    private static final int WARMING_RUNS = 2;

    private static final int RUNS = 2;
    private static final int WORKERS = 4;
    private static final int FEW_WORKERS = 2;

    /// Holds 1 where a session is a group of the scheduler; see sched(7), the autogroup feature.
    private static final Path AUTOGROUP = Path.of("/proc/sys/kernel/sched_autogroup_enabled");

    /// For two masters with four JVM each, twice five of Node, and the rest.
    private static final long ENOUGH_KIB = 2L << 20;

    private final int pairs;

    DispatchBench(int pairs) {
        this.pairs = pairs;
    }

    /// How connections reach the workers.
    private enum Way {
        DISPATCHED,
        SHARDED,
        ROUND_ROBIN,
        NONE,
        PASSED_IN_C,
        SHARED_IN_C
    }

    /// Where the load runs.
    private enum Place {
        AMONG(""),
        OWN_SESSION("load in its own session, "),
        APART("load apart, ");

        /// Begins the text of each row.
        private final String where;

        Place(String where) {
            this.where = where;
        }
    }

    /// Of one run.
    ///
    /// @param rate connections a second
    /// @param cpu of master and workers for a connection, in microseconds
    /// @param masterCpu the master's part of it
    /// @param loadShare how busy the loader was, of 1
    private record Cost(double rate, double cpu, double masterCpu, double loadShare) {}

    List<Row> run() throws Exception {
        int workers = workers();
        var processors = Processors.allowed();
        var places = places(processors.size());
        var measured = new EnumMap<Place, List<Rounds<Way, Cost>>>(Place.class);
        try (var directory = ScratchDirectory.create()) {
            var passing = Sources.compile("passing.c", directory.path());
            var load = ConnectionLoad.compile(directory);
            for (int i = 0; i < pairs; i++) {
                try (var servers = new Servers(workers, passing)) {
                    var all = servers.start();
                    for (var place : places) {
                        var placed = place(load, place, all.values(), processors);
                        measured.computeIfAbsent(place, _ -> new ArrayList<>()).add(measure(all, placed));
                    }
                }
            }
        }
        var rows = new ArrayList<Row>();
        measured.forEach((place, rounds) -> rows.addAll(rows(place.where, workers, Rounds.joined(rounds))));
        return rows;
    }

    /// Those that this machine has, in order: servers that were confined once stay so.
    private static List<Place> places(int processors) throws IOException {
        var places = new ArrayList<>(List.of(Place.AMONG));
        if (sessionsAreGroups()) {
            places.add(Place.OWN_SESSION);
        }
        if (processors > 1) {
            places.add(Place.APART);
        }
        return places;
    }

    private static ConnectionLoad place(
            ConnectionLoad load, Place place, Collection<ServerProcess> servers, List<Integer> processors)
            throws IOException, InterruptedException {
        return switch (place) {
            case AMONG -> load;
            case OWN_SESSION -> load.inOwnSession();
            case APART -> {
                for (var server : servers) {
                    server.confine(processors.subList(1, processors.size()));
                }
                yield load.on(processors.getFirst());
            }
        };
    }

    private static Rounds<Way, Cost> measure(Map<Way, ServerProcess> servers, ConnectionLoad load) throws Exception {
        var runs = new EnumMap<Way, Callable<Cost>>(Way.class);
        for (var server : servers.entrySet()) {
            runs.put(server.getKey(), () -> measure(server.getValue(), load));
        }
        Rounds.run(WARMING_RUNS, runs);
        return Rounds.run(RUNS, runs);
    }

    private static boolean sessionsAreGroups() throws IOException {
        return Files.exists(AUTOGROUP) && Files.readString(AUTOGROUP).strip().equals("1");
    }

    /// Fewer where there is no memory for all.
    private static int workers() throws IOException {
        try (var lines = Files.lines(Path.of("/proc/meminfo"))) {
            long available = lines.filter(line -> line.startsWith("MemAvailable:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElseThrow();
            return available >= ENOUGH_KIB ? WORKERS : FEW_WORKERS;
        }
    }

    private static Cost measure(ServerProcess server, ConnectionLoad load) throws Exception {
        var before = server.cpuTime();
        var masterBefore = ProcessFiles.cpuTime(server.pid());
        var result = load.run(server.address(), CONNECTIONS);
        double cpu = server.cpuTime().minus(before).toNanos() / 1e3;
        double masterCpu =
                ProcessFiles.cpuTime(server.pid()).minus(masterBefore).toNanos() / 1e3;
        return new Cost(result.perSecond(), cpu / CONNECTIONS, masterCpu / CONNECTIONS, result.cpuShare());
    }

    /// What is told of the load wherever it is.
    ///
    /// @param where begins the text of each row
    private static List<Row> rows(String where, int workers, Rounds<Way, Cost> rounds) {
        var rate = where + workers + " workers, connections/s, ";
        return List.of(
                Row.of(
                        rate + "Dispatched; Node SCHED_RR",
                        rounds.compare(Way.DISPATCHED, Way.ROUND_ROBIN, Cost::rate),
                        Optional.of(RATE_GOAL)),
                Row.of(rate + "Sharded; Node SCHED_NONE", rounds.compare(Way.SHARDED, Way.NONE, Cost::rate)),
                Row.of(rate + "Dispatched; C", rounds.compare(Way.DISPATCHED, Way.PASSED_IN_C, Cost::rate)),
                Row.of(
                        where + "CPU µs a connection, Dispatched; Node SCHED_RR",
                        rounds.compare(Way.DISPATCHED, Way.ROUND_ROBIN, Cost::cpu)),
                Row.of(
                        where + "CPU µs a connection, Sharded; Node SCHED_NONE",
                        rounds.compare(Way.SHARDED, Way.NONE, Cost::cpu)),
                Row.beside(
                        where + "CPU µs Dispatched adds; what SCHED_RR adds to SCHED_NONE",
                        rounds.difference(Way.DISPATCHED, Way.SHARDED, Cost::cpu),
                        rounds.difference(Way.ROUND_ROBIN, Way.NONE, Cost::cpu),
                        COST_GOAL),
                Row.alone(
                        where + "CPU µs passing adds in C, the limit",
                        rounds.difference(Way.PASSED_IN_C, Way.SHARED_IN_C, Cost::cpu)),
                Row.of(
                        where + "the master's part, CPU µs a connection; Node's primary",
                        rounds.compare(Way.DISPATCHED, Way.ROUND_ROBIN, Cost::masterCpu)),
                Row.of(
                        where + "the master's part, CPU µs a connection; C",
                        rounds.compare(Way.DISPATCHED, Way.PASSED_IN_C, Cost::masterCpu)),
                Row.alone(
                        where + "how busy the load was with Dispatched, of 1 (its limit)",
                        rounds.median(Way.DISPATCHED, Cost::loadShare)));
    }

    /// All that are compared; each is at rest while another is measured.
    private static final class Servers implements AutoCloseable {
        private final int workers;
        private final Path passing;
        private final List<ServerProcess> running = new ArrayList<>();

        /// @param passing `passing.c`, compiled
        Servers(int workers, Path passing) {
            this.workers = workers;
            this.passing = passing;
        }

        /// Once all their workers answer.
        Map<Way, ServerProcess> start() throws IOException {
            var distribution = new Distribution();
            var servers = new EnumMap<Way, ServerProcess>(Way.class);
            servers.put(Way.DISPATCHED, add(distribution.startMaster(new Distribution.Pool(workers, "Dispatched"))));
            servers.put(Way.SHARDED, add(distribution.startMaster(new Distribution.Pool(workers, "Sharded"))));
            servers.put(Way.ROUND_ROBIN, add(cluster("rr")));
            servers.put(Way.NONE, add(cluster("none")));
            servers.put(Way.PASSED_IN_C, add(inC("pass")));
            servers.put(Way.SHARED_IN_C, add(inC("share")));
            for (var server : servers.entrySet()) {
                if (server.getKey() != Way.NONE) {
                    server.getValue().awaitAnswers(workers);
                }
            }
            // Under SCHED_NONE one worker may get all that comes singly; the first run meets all of them.
            return servers;
        }

        private ServerProcess add(ServerProcess server) {
            running.add(server);
            return server;
        }

        private ServerProcess cluster(String policy) throws IOException {
            return start(Sources.node("cluster.js"), policy);
        }

        private ServerProcess inC(String way) throws IOException {
            return start(List.of(passing.toString()), way);
        }

        private ServerProcess start(List<String> program, String way) throws IOException {
            var address = Distribution.freeAddress();
            var command = new ArrayList<>(program);
            command.addAll(List.of(way, Integer.toString(address.getPort()), Integer.toString(workers)));
            return ServerProcess.start(command, Map.of(), ScratchDirectory.create(), address);
        }

        @Override
        public void close() {
            running.reversed().forEach(ServerProcess::close);
        }
    }
}
