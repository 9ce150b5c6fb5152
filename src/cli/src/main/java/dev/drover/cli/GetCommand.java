package dev.drover.cli;

import dev.drover.cli.Resources.PoolSocket;
import dev.drover.protocol.control.v1.Event;
import dev.drover.protocol.control.v1.ListEventsRequest;
import dev.drover.protocol.control.v1.ListPoolsRequest;
import dev.drover.protocol.control.v1.ListWorkersRequest;
import dev.drover.protocol.control.v1.Worker;
import dev.drover.protocol.pool.v1.WorkerPool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `drover get`: shows what a master has.
@Command(
        name = "get",
        description = "Show pools, workers, sockets or events.",
        synopsisSubcommandLabel = "pools|workers|sockets|events",
        commandListHeading = "%nKinds:%n",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  drover get pools                   all pools",
            "  drover get workers -o wide         workers with their leases and how they last ended",
            "  drover get workers -w              and every change from now on",
            "  drover get pool web -o yaml        one pool, defaults and status included",
            "  drover get sockets -o json         for scripts",
            "  drover get events -w               what happened, and what happens from now on"
        })
final class GetCommand implements Runnable {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    static CommandLine line(DroverCommand drover) {
        return new CommandLine(new GetCommand())
                .addSubcommand(new Pools(drover))
                .addSubcommand(new Workers(drover))
                .addSubcommand(new Sockets(drover))
                .addSubcommand(new Events(drover));
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Missing what to get: pools, workers, sockets or events");
    }

    /// What the kinds have in common.
    abstract static class Kind<T> implements Callable<Integer> {

        /// Between two looks of `-w`: often enough for people, seldom enough for a master.
        private static final Duration LOOK = Duration.ofSeconds(1);

        private final DroverCommand drover;
        private final Resource<T> resource;

        @Parameters(paramLabel = "NAME", arity = "0..*", description = "Only these.")
        private List<String> names = new ArrayList<>();

        @Option(
                names = {"-o", "--output"},
                paramLabel = "FORMAT",
                description = "table (default), wide, json, yaml or name.")
        private Output output = Output.TABLE;

        @Option(
                names = {"-w", "--watch"},
                description = "Go on and show every change, looking once a second, until interrupted.")
        private boolean watch;

        Kind(DroverCommand drover, Resource<T> resource) {
            this.drover = drover;
            this.resource = resource;
        }

        abstract List<T> list(MasterClient master);

        /// Whether the user's word calls this one.
        boolean isCalled(T item, String name) {
            return resource.name().apply(item).equals(name);
        }

        @Override
        public Integer call() throws InterruptedException {
            var terminal = drover.terminal();
            var printer = new ResourcePrinter<>(resource, output, terminal);
            try (MasterClient master = drover.connect()) {
                List<T> all = list(master);
                List<T> wanted = wanted(all);
                printer.print(wanted, names.size() == 1);
                int code = tellMissing(all, wanted);
                while (watch && terminal.ticker().pause(LOOK)) {
                    printer.printChanges(wanted(list(master)));
                }
                return code;
            }
        }

        private List<T> wanted(List<T> all) {
            Predicate<T> called = item -> names.stream().anyMatch(name -> isCalled(item, name));
            return names.isEmpty() ? all : all.stream().filter(called).toList();
        }

        private int tellMissing(List<T> all, List<T> wanted) {
            String kind = resource.kind();
            var err = drover.terminal().err();
            if (names.isEmpty() && wanted.isEmpty() && (output == Output.TABLE || output == Output.WIDE)) {
                err.println("The master has no " + kind + "s.");
            }
            List<String> missing = names.stream()
                    .filter(name -> all.stream().noneMatch(item -> isCalled(item, name)))
                    .toList();
            missing.forEach(name -> err.println("drover: cannot get " + kind + " " + Table.oneLine(name)
                    + ": there is none of that name; see 'drover get " + kind + "s'"));
            return missing.isEmpty() ? ExitCode.OK : ExitCode.NOT_FOUND;
        }
    }

    @Command(
            name = "pools",
            aliases = "pool",
            description = "Show pools: how many of their workers are ready, and where they listen.",
            optionListHeading = "%nOptions:%n",
            footerHeading = "%nExamples:%n",
            footer = {
                "  drover get pools",
                "  drover get pool web -o yaml        the pool as a file shows it, with its status",
                "  drover get pools -o wide           with protocol, command and conditions"
            })
    static final class Pools extends Kind<WorkerPool> {

        Pools(DroverCommand drover) {
            super(drover, Resources.POOL);
        }

        @Override
        List<WorkerPool> list(MasterClient master) {
            return pools(master);
        }
    }

    @Command(
            name = "workers",
            aliases = "worker",
            description = {
                "Show workers.",
                "STATUS is Pending, Starting, Ready, Retiring, Draining, Killed, CrashLoopBackOff or Failed. LEASES (wide) are"
                        + " SOCKET/SHARD(connections waiting); HEARTBEAT (wide) is how long ago the last sign of life"
                        + " came over its session, CONNECTIONS and IN-FLIGHT what it had in hand then."
            },
            optionListHeading = "%nOptions:%n",
            footerHeading = "%nExamples:%n",
            footer = {
                "  drover get workers",
                "  drover get workers --pool web -w   how the workers of one pool come and go",
                "  drover get worker web-0 -o yaml    with the last lines of the incarnation before"
            })
    static final class Workers extends Kind<Worker> {

        @Option(
                names = {"-p", "--pool"},
                paramLabel = "POOL",
                description = "Only those of this pool.")
        private String pool = "";

        Workers(DroverCommand drover) {
            super(drover, Resources.WORKER);
        }

        @Override
        List<Worker> list(MasterClient master) {
            var request = ListWorkersRequest.newBuilder().setPool(pool).build();
            return master.call("get workers", stub -> stub.listWorkers(request)).getWorkersList();
        }
    }

    @Command(
            name = "sockets",
            aliases = "socket",
            description = {
                "Show sockets: the addresses they are bound to and the connections that wait in them.",
                "NAME is SOCKET or POOL/SOCKET."
            },
            optionListHeading = "%nOptions:%n",
            footerHeading = "%nExamples:%n",
            footer = {"  drover get sockets", "  drover get socket web/http -o json"})
    static final class Sockets extends Kind<PoolSocket> {

        Sockets(DroverCommand drover) {
            super(drover, Resources.SOCKET);
        }

        @Override
        List<PoolSocket> list(MasterClient master) {
            return pools(master).stream()
                    .flatMap(pool -> pool.getStatus().getSocketsList().stream()
                            .map(socket -> new PoolSocket(pool.getMetadata().getName(), socket)))
                    .toList();
        }

        @Override
        boolean isCalled(PoolSocket item, String name) {
            return super.isCalled(item, name) || item.socket().getName().equals(name);
        }
    }

    @Command(
            name = "events",
            aliases = "event",
            description = {
                "Show what happened lately, the newest last: the last 1000 events. What happens again is counted.",
                "TYPE is Normal or Warning. OBJECT is what it happened to, NAME an event's name (see -o wide)."
            },
            optionListHeading = "%nOptions:%n",
            footerHeading = "%nExamples:%n",
            footer = {
                "  drover get events",
                "  drover get events -w               and what happens from now on",
                "  drover get events --pool web       of a pool and its workers",
                "  drover get events --type Warning   only what people should look at"
            })
    static final class Events extends Kind<Event> {

        @Option(
                names = {"-p", "--pool"},
                paramLabel = "POOL",
                description = "Only those of this pool and its workers.")
        private String pool = "";

        @Option(names = "--type", paramLabel = "TYPE", description = "Only those of this type: Normal or Warning.")
        private Optional<Type> type = Optional.empty();

        /// What can be asked for.
        enum Type {
            NORMAL,
            WARNING
        }

        Events(DroverCommand drover) {
            super(drover, Resources.EVENT);
        }

        @Override
        List<Event> list(MasterClient master) {
            var request = ListEventsRequest.newBuilder().setPool(pool).build();
            return master.call("get events", stub -> stub.listEvents(request)).getEventsList().stream()
                    .filter(event -> type.filter(wanted -> !wanted.name().equalsIgnoreCase(event.getType()))
                            .isEmpty())
                    .toList();
        }
    }

    private static List<WorkerPool> pools(MasterClient master) {
        return master.call("get pools", stub -> stub.listPools(ListPoolsRequest.getDefaultInstance()))
                .getPoolsList();
    }
}
