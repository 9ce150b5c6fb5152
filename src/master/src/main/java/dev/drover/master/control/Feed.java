package dev.drover.master.control;

import dev.drover.master.Controls;
import dev.drover.master.resource.PoolResources;
import dev.drover.master.resource.SocketMessages;
import dev.drover.master.resource.WorkerMessages;
import dev.drover.protocol.control.v1.Socket;
import dev.drover.protocol.control.v1.Worker;
import dev.drover.protocol.pool.v1.WorkerPool;
import dev.drover.supervisor.Snapshot;
import dev.drover.supervisor.SupervisorException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/// The pools, workers and sockets as the API tells them, and what changes of them. It looks only when it is asked, and
/// once for all who ask at the same time. A list and the changes after it come from the same looks: nothing is between
/// them that neither tells. Any thread.
final class Feed {
    /// What was seen so lately is not looked at again.
    private static final Duration FRESH = Duration.ofMillis(200);

    /// Sequences within a millisecond; no master makes as many changes, so those of a later one are greater.
    private static final long SEQUENCES_PER_MILLISECOND = 1_000;

    private final Controls controls;
    private final ReentrantLock lock = new ReentrantLock();

    // All below under the lock.

    private final ChangeLog<Item<WorkerPool>> pools;
    private final ChangeLog<Item<Worker>> workers;
    private final ChangeLog<Item<Socket>> sockets;

    private Optional<Look> last = Optional.empty();

    /// A look at the master.
    ///
    /// @param begunNanos when it began, of [System#nanoTime]
    /// @param answered whether the master's loop has answered
    private record Look(long begunNanos, boolean answered) {
        boolean isSince(long nanos) {
            return begunNanos - nanos >= 0;
        }
    }

    Feed(Controls controls) {
        this.controls = controls;
        long first = controls.startedAt().toEpochMilli() * SEQUENCES_PER_MILLISECOND;
        this.pools = log(pool -> pool.getMetadata().getName(), Feed::essence, first);
        this.workers = log(worker -> worker.getName() + "." + worker.getIncarnation(), Feed::essence, first);
        this.sockets = log(socket -> socket.getPool() + "/" + socket.getName(), UnaryOperator.identity(), first);
    }

    /// A thing and what it can be chosen by.
    ///
    /// @param pool name of its pool
    /// @param labels of its pool
    record Item<T>(T message, String pool, Map<String, String> labels) {}

    /// One kind of things.
    interface Kind<T> {
        ChangeLog<Item<T>> of(Feed feed);

        /// All of them there are of a pool.
        Stream<T> all(Snapshot.Pool pool, Optional<WorkerPool> written);
    }

    static final Kind<WorkerPool> POOLS = new Kind<>() {
        @Override
        public ChangeLog<Item<WorkerPool>> of(Feed feed) {
            return feed.pools;
        }

        @Override
        public Stream<WorkerPool> all(Snapshot.Pool pool, Optional<WorkerPool> written) {
            return written.map(resource -> PoolResources.of(resource, pool)).stream();
        }
    };

    static final Kind<Worker> WORKERS = new Kind<>() {
        @Override
        public ChangeLog<Item<Worker>> of(Feed feed) {
            return feed.workers;
        }

        @Override
        public Stream<Worker> all(Snapshot.Pool pool, Optional<WorkerPool> written) {
            return pool.workers().stream().map(WorkerMessages::of);
        }
    };

    static final Kind<Socket> SOCKETS = new Kind<>() {
        @Override
        public ChangeLog<Item<Socket>> of(Feed feed) {
            return feed.sockets;
        }

        @Override
        public Stream<Socket> all(Snapshot.Pool pool, Optional<WorkerPool> written) {
            return SocketMessages.of(pool);
        }
    };

    private static <T> ChangeLog<Item<T>> log(Function<T, String> key, UnaryOperator<T> essence, long first) {
        return new ChangeLog<>(
                item -> key.apply(item.message()),
                item -> new Item<>(essence.apply(item.message()), item.pool(), item.labels()),
                first);
    }

    private static WorkerPool essence(WorkerPool pool) {
        var essence = pool.toBuilder();
        essence.getMetadataBuilder().clearResourceVersion();
        essence.getStatusBuilder().getSocketsBuilderList().forEach(socket -> socket.clearQueued());
        return essence.build();
    }

    private static Worker essence(Worker worker) {
        var essence = worker.toBuilder();
        essence.getLeasesBuilderList().forEach(lease -> lease.clearQueued());
        if (worker.hasSession()) {
            essence.getSessionBuilder().clearLastHeartbeatAt().clearLoad().clearRoundTrip();
        }
        return essence.build();
    }

    /// Whether there is a pool of that name. Waits for the loop.
    boolean hasPool(String name) {
        return controls.snapshot().pool(name).isPresent();
    }

    /// What there is now, by pool, and from where to read on. Waits for the loop.
    <T> ChangeLog.Everything<Item<T>> now(Kind<T> kind) throws CallRefused {
        return everything(kind, System.nanoTime());
    }

    /// What there was lately, and from where to read on.
    <T> ChangeLog.Everything<Item<T>> lately(Kind<T> kind) throws CallRefused {
        return everything(kind, System.nanoTime() - FRESH.toNanos());
    }

    private <T> ChangeLog.Everything<Item<T>> everything(Kind<T> kind, long sinceNanos) throws CallRefused {
        lock.lock();
        try {
            look(sinceNanos);
            return kind.of(this).everything();
        } finally {
            lock.unlock();
        }
    }

    /// What has changed after that.
    <T> List<ChangeLog.Change<Item<T>>> after(Kind<T> kind, long sequence) throws CallRefused {
        lock.lock();
        try {
            look(System.nanoTime() - FRESH.toNanos());
            return kind.of(this)
                    .after(sequence)
                    .orElseThrow(() -> new CallRefused(new Refusal.Expired(
                            "changes",
                            Long.toString(sequence),
                            "list again and watch from there, or watch without one")));
        } finally {
            lock.unlock();
        }
    }

    /// Looks, unless somebody has since that moment: who waited while another looked takes what the next look finds,
    /// and where the loop does not answer they do not wait for it one after the other.
    private void look(long sinceNanos) throws CallRefused {
        if (last.filter(look -> look.isSince(sinceNanos)).isEmpty()) {
            long begun = System.nanoTime();
            last = Optional.of(new Look(begun, noteChanges()));
        }
        if (!last.orElseThrow().answered()) {
            throw new CallRefused(new Refusal.NotRunning());
        }
    }

    /// Returns false where its loop has ended, or is to be killed by who asks for liveness.
    private boolean noteChanges() {
        try {
            var snapshot = controls.snapshot();
            POOLS.of(this).look(items(snapshot, POOLS));
            WORKERS.of(this).look(items(snapshot, WORKERS));
            SOCKETS.of(this).look(items(snapshot, SOCKETS));
            return true;
        } catch (SupervisorException _) {
            return false;
        }
    }

    /// A pool that is being deleted is told no more, its workers are: they still run.
    private <T> List<Item<T>> items(Snapshot snapshot, Kind<T> kind) {
        return snapshot.pools().stream()
                .flatMap(pool -> {
                    var name = pool.spec().name();
                    var written = controls.written(name);
                    var labels = written.map(resource -> resource.getMetadata().getLabelsMap())
                            .orElse(Map.of());
                    return kind.all(pool, written).map(message -> new Item<>(message, name, labels));
                })
                .toList();
    }
}
