package dev.drover.cli;

import dev.drover.protocol.control.v1.ChangeType;
import dev.drover.protocol.control.v1.Socket;
import dev.drover.protocol.control.v1.WatchPoolsRequest;
import dev.drover.protocol.control.v1.WatchSocketsRequest;
import dev.drover.protocol.control.v1.WatchWorkersRequest;
import dev.drover.protocol.control.v1.Worker;
import dev.drover.protocol.pool.v1.WorkerPool;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// What `drover get` shows of pools.
final class GetKinds {

    private GetKinds() {}

    /// Those that labels select.
    abstract static class Labelled<T> extends GetKind<T> {

        @Mixin
        private SelectorOption selector = new SelectorOption();

        Labelled(DroverCommand drover, Resource<T> resource) {
            super(drover, resource);
        }

        @Override
        String labels() {
            return selector.checked(purpose(), names());
        }

        Change<T> change(ChangeType type, boolean present, T item) {
            return new Change<>(present ? Optional.of(item) : Optional.empty(), type == ChangeType.CHANGE_TYPE_DELETED);
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
                "  drover get pools -o wide           with protocol, command and conditions",
                "  drover get pools -l 'team in (shop,mail),!canary'"
            })
    static final class Pools extends Labelled<WorkerPool> {

        Pools(DroverCommand drover) {
            super(drover, Resources.POOL);
        }

        @Override
        List<WorkerPool> list(Listings listings) {
            return listings.pools(labels());
        }

        @Override
        boolean follow(MasterClient master, String purpose, Consumer<Change<WorkerPool>> changes) {
            var request =
                    WatchPoolsRequest.newBuilder().setLabelSelector(labels()).build();
            return master.watch(
                    purpose,
                    stub -> stub.watchPools(request),
                    told -> changes.accept(change(told.getType(), told.hasPool(), told.getPool())));
        }
    }

    @Command(
            name = "workers",
            aliases = "worker",
            description = {
                "Show workers.",
                "STATUS is Pending, Starting, Ready, Unready, Retiring, Draining, Hung, Killed, CrashLoopBackOff or Failed."
                        + " LEASES (wide) are SOCKET/SHARD(connections waiting); HEARTBEAT (wide) is how long ago the last"
                        + " sign of life came over its session, CONNECTIONS and IN-FLIGHT what it had in hand then."
            },
            optionListHeading = "%nOptions:%n",
            footerHeading = "%nExamples:%n",
            footer = {
                "  drover get workers",
                "  drover get workers --pool web -w   how the workers of one pool come and go",
                "  drover get workers -l team=shop    those of pools with a label",
                "  drover get worker web-0 -o yaml    with the last lines of the incarnation before"
            })
    static final class Workers extends Labelled<Worker> {

        @Option(
                names = {"-p", "--pool"},
                paramLabel = "POOL",
                description = "Only those of this pool.")
        private String pool = "";

        Workers(DroverCommand drover) {
            super(drover, Resources.WORKER);
        }

        @Override
        List<Worker> list(Listings listings) {
            return listings.workers(pool, labels());
        }

        @Override
        boolean follow(MasterClient master, String purpose, Consumer<Change<Worker>> changes) {
            var request = WatchWorkersRequest.newBuilder()
                    .setPool(pool)
                    .setLabelSelector(labels())
                    .build();
            return master.watch(
                    purpose,
                    stub -> stub.watchWorkers(request),
                    told -> changes.accept(change(told.getType(), told.hasWorker(), told.getWorker())));
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
    static final class Sockets extends Labelled<Socket> {

        Sockets(DroverCommand drover) {
            super(drover, Resources.SOCKET);
        }

        @Override
        List<Socket> list(Listings listings) {
            return listings.sockets(labels());
        }

        @Override
        boolean follow(MasterClient master, String purpose, Consumer<Change<Socket>> changes) {
            var request =
                    WatchSocketsRequest.newBuilder().setLabelSelector(labels()).build();
            return master.watch(
                    purpose,
                    stub -> stub.watchSockets(request),
                    told -> changes.accept(change(told.getType(), told.hasSocket(), told.getSocket())));
        }
    }
}
