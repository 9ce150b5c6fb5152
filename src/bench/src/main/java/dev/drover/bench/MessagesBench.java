package dev.drover.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;

/// Messages between a parent and a child: ours against Node's, as JSON and in its other serialization, and against a
/// bare socket in C.
final class MessagesBench {
    /// In which C2 gets to compile what all sizes share: beside two busy processes it takes its time.
    private static final Duration HEAT_UP = Duration.ofSeconds(10);

    private static final Duration WARM_UP = Duration.ofMillis(300);
    private static final Duration RUN = Duration.ofMillis(350);

    /// Messages a second.
    private static final double SMALL_FLOOD = 1_500_000;

    private final int pairs;

    MessagesBench(int pairs) {
        this.pairs = pairs;
    }

    /// What is sent: characters of text.
    private enum Size {
        SMALL(64, "64 B", 3, 0),
        MIDDLE(1024, "1 KiB", 0, 0),
        LARGE(65_536, "64 KiB", 1.5, 1);

        private final int bytes;
        private final String title;
        private final double goalAgainstJson;
        private final double goalAgainstAdvanced;

        /// @param goalAgainstJson of a flood; 0: none
        /// @param goalAgainstAdvanced of a flood; 0: none
        Size(int bytes, String title, double goalAgainstJson, double goalAgainstAdvanced) {
            this.bytes = bytes;
            this.title = title;
            this.goalAgainstJson = goalAgainstJson;
            this.goalAgainstAdvanced = goalAgainstAdvanced;
        }
    }

    /// Who makes round trips.
    private enum Asker {
        /// A thread that waits, and handlers on virtual threads.
        BLOCKING,
        /// Each answer sends the next request, and handlers run on the session's thread: as in Node.
        CHAINED,
        JSON,
        ADVANCED,
        SOCKET
    }

    /// Who floods.
    private enum Sender {
        PARENT,
        WORKER,
        JSON_PARENT,
        JSON_CHILD,
        ADVANCED,
        SOCKET
    }

    /// All sides, each of which is at rest while another is measured.
    private record Sides(
            DroverMessages ours,
            DroverMessages direct,
            NodeMessages json,
            NodeMessages advanced,
            SocketMessages socket) {
        Map<Asker, Callable<RoundTrips>> askers(int size, Duration duration) {
            var askers = new EnumMap<Asker, Callable<RoundTrips>>(Asker.class);
            askers.put(Asker.BLOCKING, () -> ours.blocking(size, duration));
            askers.put(Asker.CHAINED, () -> direct.chained(size, duration));
            askers.put(Asker.JSON, () -> json.roundTrips(size, duration));
            askers.put(Asker.ADVANCED, () -> advanced.roundTrips(size, duration));
            askers.put(Asker.SOCKET, () -> socket.roundTrips(size, duration));
            return askers;
        }

        Map<Sender, Callable<Flood>> senders(int size, Duration duration) {
            var senders = new EnumMap<Sender, Callable<Flood>>(Sender.class);
            senders.put(Sender.PARENT, () -> ours.down(size, duration));
            senders.put(Sender.WORKER, () -> ours.up(size, duration));
            senders.put(Sender.JSON_PARENT, () -> json.down(size, duration));
            senders.put(Sender.JSON_CHILD, () -> json.up(size, duration));
            senders.put(Sender.ADVANCED, () -> advanced.down(size, duration));
            senders.put(Sender.SOCKET, () -> socket.flood(size, duration));
            return senders;
        }
    }

    List<Row> run() throws Exception {
        try (var directory = ScratchDirectory.create();
                var json = NodeMessages.start("json");
                var advanced = NodeMessages.start("advanced")) {
            var socket = new SocketMessages(Sources.compile("messages.c", directory.path()));
            try (var ours = DroverMessages.start(MessagesEnd.Handlers.VIRTUAL);
                    var direct = DroverMessages.start(MessagesEnd.Handlers.DIRECT)) {
                return rows(new Sides(ours, direct, json, advanced, socket));
            }
        }
    }

    private List<Row> rows(Sides sides) throws Exception {
        heatUp(sides);
        var rows = new ArrayList<Row>();
        for (var size : Size.values()) {
            warmUp(sides.askers(size.bytes, WARM_UP));
            rows.addAll(roundTrips(size, Rounds.run(pairs, sides.askers(size.bytes, RUN))));
        }
        for (var size : Size.values()) {
            warmUp(sides.senders(size.bytes, WARM_UP));
            rows.addAll(floods(size, Rounds.run(pairs, sides.senders(size.bytes, RUN))));
        }
        return rows;
    }

    private static void heatUp(Sides sides) throws Exception {
        var askers = sides.askers(Size.SMALL.bytes, HEAT_UP);
        var senders = sides.senders(Size.SMALL.bytes, HEAT_UP);
        // C has nothing to compile.
        askers.remove(Asker.SOCKET);
        senders.remove(Sender.SOCKET);
        warmUp(askers);
        warmUp(senders);
    }

    private static <R> void warmUp(Map<?, Callable<R>> runs) throws Exception {
        for (var run : runs.values()) {
            run.call();
        }
    }

    private static List<Row> roundTrips(Size size, Rounds<Asker, RoundTrips> rounds) {
        var goal = Optional.of(Row.Goal.atMost(1));
        var chained = "round trip " + size.title + ", µs ";
        var blocking = "blocking round trip " + size.title + ", µs ";
        return List.of(
                Row.of(chained + "p50; Node json", rounds.compare(Asker.CHAINED, Asker.JSON, RoundTrips::p50), goal),
                Row.of(chained + "p50; Node advanced", rounds.compare(Asker.CHAINED, Asker.ADVANCED, RoundTrips::p50)),
                Row.of(chained + "p50; C", rounds.compare(Asker.CHAINED, Asker.SOCKET, RoundTrips::p50)),
                Row.of(chained + "p99; Node json", rounds.compare(Asker.CHAINED, Asker.JSON, RoundTrips::p99)),
                Row.of(blocking + "p50; Node json", rounds.compare(Asker.BLOCKING, Asker.JSON, RoundTrips::p50)),
                Row.of(blocking + "p50; C", rounds.compare(Asker.BLOCKING, Asker.SOCKET, RoundTrips::p50)),
                Row.of(blocking + "p99; Node json", rounds.compare(Asker.BLOCKING, Asker.JSON, RoundTrips::p99)));
    }

    private static List<Row> floods(Size size, Rounds<Sender, Flood> rounds) {
        double unit = size == Size.LARGE ? size.bytes / 1e6 : 1e-3;
        ToDoubleFunction<Flood> rate = flood -> flood.perSecond() * unit;
        var name = "flood " + size.title + (size == Size.LARGE ? ", MB/s" : ", thousand/s");
        var cpu = "flood " + size.title + ", CPU µs a message";
        var rows = new ArrayList<Row>();
        var json = rounds.compare(Sender.PARENT, Sender.JSON_PARENT, rate);
        rows.add(Row.of(name + "; Node json", json, atLeast(size.goalAgainstJson)));
        if (size == Size.SMALL) {
            rows.add(Row.alone(name, json.ours(), Row.Goal.atLeast(SMALL_FLOOD * unit)));
        }
        rows.add(Row.of(
                name + "; Node advanced",
                rounds.compare(Sender.PARENT, Sender.ADVANCED, rate),
                atLeast(size.goalAgainstAdvanced)));
        rows.add(Row.of(name + "; C", rounds.compare(Sender.PARENT, Sender.SOCKET, rate)));
        rows.add(Row.of(name + ", up; Node json", rounds.compare(Sender.WORKER, Sender.JSON_CHILD, rate)));
        rows.add(Row.of(cpu + "; Node json", rounds.compare(Sender.PARENT, Sender.JSON_PARENT, Flood::cpu)));
        rows.add(Row.of(cpu + "; Node advanced", rounds.compare(Sender.PARENT, Sender.ADVANCED, Flood::cpu)));
        rows.add(Row.of(cpu + "; C", rounds.compare(Sender.PARENT, Sender.SOCKET, Flood::cpu)));
        return rows;
    }

    private static Optional<Row.Goal> atLeast(double bound) {
        return bound > 0 ? Optional.of(Row.Goal.atLeast(bound)) : Optional.empty();
    }
}
