package dev.drover.cli;

import dev.drover.protocol.control.v1.Event;
import dev.drover.protocol.control.v1.GetMasterRequest;
import dev.drover.protocol.control.v1.GetRolloutRequest;
import dev.drover.protocol.control.v1.GetVersionRequest;
import dev.drover.protocol.control.v1.ListEventsRequest;
import dev.drover.protocol.control.v1.Socket;
import dev.drover.protocol.control.v1.Worker;
import dev.drover.protocol.pool.v1.WorkerPool;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// What `drover describe` can describe.
final class DescribeKinds {

    private DescribeKinds() {}

    /// What the kinds have in common.
    abstract static class Kind<T> implements Callable<Integer> {

        final DroverCommand drover;
        final Descriptions words;
        private final Resource<T> resource;

        @Parameters(paramLabel = "NAME", arity = "0..*", description = "Only these; none: all of them.")
        private List<String> names = new ArrayList<>();

        @Mixin
        private SelectorOption selector = new SelectorOption();

        Kind(DroverCommand drover, Resource<T> resource) {
            this.drover = drover;
            this.resource = resource;
            this.words = new Descriptions(drover.terminal().clock());
        }

        abstract List<T> list(Listings listings, String labels);

        abstract Description describe(T item, Listings listings);

        @Override
        public Integer call() {
            var wanted = new Wanted<>(resource, "describe", names);
            String labels = selector.checked("describe " + resource.kind() + "s", names);
            try (MasterClient master = drover.connect()) {
                var listings = new Listings(master, "describe " + resource.kind() + "s");
                List<T> all = list(listings, labels);
                boolean first = true;
                for (T item : wanted.of(all)) {
                    // As kubectl sets them apart.
                    drover.terminal().out().print(first ? "" : "\n\n");
                    describe(item, listings).print(drover.terminal().out());
                    first = false;
                }
                wanted.tellNothing(all, drover.terminal().err(), !labels.isEmpty());
                return wanted.tellMissing(all, drover.terminal().err());
            }
        }
    }

    @Command(
            name = "pool",
            aliases = "pools",
            description =
                    "Tell everything of pools: settings, template, sockets, rollout, conditions, workers, events.",
            optionListHeading = "%nOptions:%n",
            footerHeading = "%nExamples:%n",
            footer = {"  drover describe pool web", "  drover describe pools -l team=shop"})
    static final class Pools extends Kind<WorkerPool> {

        Pools(DroverCommand drover) {
            super(drover, Resources.POOL);
        }

        @Override
        List<WorkerPool> list(Listings listings, String labels) {
            return listings.pools(labels);
        }

        @Override
        Description describe(WorkerPool pool, Listings listings) {
            String name = pool.getMetadata().getName();
            var request = GetRolloutRequest.newBuilder().setName(name).build();
            return new PoolDescription(words)
                    .of(
                            pool,
                            listings.call(stub -> stub.getRollout(request)).getRollout(),
                            listings.workers(name, ""),
                            events(listings, name, event -> isAbout(event, "WorkerPool", name)));
        }
    }

    @Command(
            name = "worker",
            aliases = "workers",
            description = {
                "Tell everything of workers: state, leases, session, probes, how the last incarnation ended, events.",
                "While a worker is replaced there are two incarnations of its name, and both are told."
            },
            optionListHeading = "%nOptions:%n",
            footerHeading = "%nExamples:%n",
            footer = {"  drover describe worker web-0", "  drover describe workers -l team=shop"})
    static final class Workers extends Kind<Worker> {

        Workers(DroverCommand drover) {
            super(drover, Resources.WORKER);
        }

        @Override
        List<Worker> list(Listings listings, String labels) {
            return listings.workers("", labels);
        }

        @Override
        Description describe(Worker worker, Listings listings) {
            var template = listings.pool(worker.getPool()).getSpec().getTemplate();
            return new WorkerDescription(words)
                    .of(
                            worker,
                            template,
                            events(listings, worker.getPool(), event -> isAbout(event, "Worker", worker.getName())));
        }
    }

    @Command(
            name = "socket",
            aliases = "sockets",
            description = {
                "Tell everything of sockets: how they are bound, who accepts from them, what waits in them, events.",
                "NAME is SOCKET or POOL/SOCKET."
            },
            optionListHeading = "%nOptions:%n",
            footerHeading = "%nExamples:%n",
            footer = {"  drover describe socket http", "  drover describe socket web/http"})
    static final class Sockets extends Kind<Socket> {

        Sockets(DroverCommand drover) {
            super(drover, Resources.SOCKET);
        }

        @Override
        List<Socket> list(Listings listings, String labels) {
            return listings.sockets(labels);
        }

        @Override
        Description describe(Socket socket, Listings listings) {
            // A socket has no events of its own: its pool's tell of it by name.
            var named = Pattern.compile(
                    "\\bsocket " + Pattern.quote(socket.getName()) + "(?![-a-z0-9])", Pattern.CASE_INSENSITIVE);
            var wanted = listings.pool(socket.getPool()).getSpec().getSocketsList().stream()
                    .filter(each -> each.getName().equals(socket.getName()))
                    .findFirst();
            return new SocketDescription(words)
                    .of(
                            socket,
                            wanted,
                            listings.workers(socket.getPool(), ""),
                            events(
                                    listings,
                                    socket.getPool(),
                                    event -> isAbout(event, "WorkerPool", socket.getPool())
                                            && named.matcher(event.getMessage()).find()));
        }
    }

    @Command(
            name = "master",
            description = "Tell everything of the master: how it stands, its settings, its pools, events.",
            optionListHeading = "%nOptions:%n",
            footerHeading = "%nExamples:%n",
            footer = "  drover describe master")
    static final class OfMaster implements Runnable {

        private final DroverCommand drover;

        OfMaster(DroverCommand drover) {
            this.drover = drover;
        }

        @Override
        public void run() {
            try (MasterClient master = drover.connect()) {
                var listings = new Listings(master, "describe the master");
                var words = new Descriptions(drover.terminal().clock());
                new MasterDescription(words)
                        .of(
                                listings.call(stub -> stub.getMaster(GetMasterRequest.getDefaultInstance())),
                                listings.call(stub -> stub.getVersion(GetVersionRequest.getDefaultInstance())),
                                listings.pools(""),
                                events(
                                        listings,
                                        "",
                                        event -> event.getInvolvedObject()
                                                .getKind()
                                                .equals("Master")))
                        .print(drover.terminal().out());
            }
        }
    }

    private static List<Event> events(Listings listings, String pool, Predicate<Event> about) {
        var request = ListEventsRequest.newBuilder().setPool(pool).build();
        return listings.call(stub -> stub.listEvents(request)).getEventsList().stream()
                .filter(about)
                .toList();
    }

    private static boolean isAbout(Event event, String kind, String name) {
        var object = event.getInvolvedObject();
        return object.getKind().equals(kind) && object.getName().equals(name);
    }
}
