package dev.drover.supervisor;

import dev.drover.handoff.HandlePeer;
import dev.drover.posix.Fd;
import dev.drover.posix.PosixException;
import dev.drover.supervisor.dispatch.Batch;
import dev.drover.supervisor.dispatch.DispatchLimits;
import dev.drover.supervisor.dispatch.Dispatcher;
import dev.drover.supervisor.socket.PoolSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Accepts the connections of a pool's Dispatched sockets and gives them to its workers: the I/O of a [Dispatcher].
/// Belongs to the loop.
///
/// Of every connection the master keeps its descriptor until a worker has acknowledged it. While nobody could take
/// one the doors are shut and clients wait in the kernel's queue.
final class PoolDispatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PoolDispatch.class);

    /// Connections accepted at one door in one turn of the loop: everybody else's share of it.
    private static final int MAX_ACCEPTS_PER_TURN = 64;

    /// Connections given away in one turn of the loop, when many come back at once.
    private static final int MAX_GIVEN_PER_TURN = 256;

    /// How often what depends on time is looked at, while anything does.
    private static final Duration CHECK_INTERVAL = Duration.ofMillis(100);

    /// A check that comes so late tells that this process stood still, and perhaps its workers with it.
    private static final Duration STOOD_STILL = Duration.ofSeconds(1);

    /// How long a door is left alone when accepting has failed, as without a free descriptor.
    private static final Duration REST = Duration.ofMillis(100);

    private final Loop loop;
    private final LongSupplier transferIds;
    private final String pool;
    private final Consumer<Incarnation> hung;
    private final Dispatcher dispatcher;
    private final List<Door> doors = new ArrayList<>();

    /// Names of sockets that came after a worker had joined and of which it has refused none yet: its program need not
    /// take their connections.
    private final Map<Incarnation, Set<String>> uninformed = new HashMap<>();

    private final Unwilling unwilling;
    private final Map<Incarnation, HandlePeer> peers = new HashMap<>();

    /// By name of the socket.
    private final Map<String, HandoverCount> counts = new HashMap<>();

    private final Throttle complaints;
    private List<Incarnation> ready = List.of();
    private boolean checking;
    private boolean continuing;
    private long checkDueNanos;

    /// Told of a worker that does not take the connections of sockets which came after it had joined.
    interface Unwilling {
        void told(Incarnation worker, List<String> sockets, String why);
    }

    /// @param sockets Dispatched ones
    /// @param hung told once of each worker that lives and does not acknowledge: to be killed, and then [#gone]
    PoolDispatch(
            Loop loop,
            LongSupplier transferIds,
            DispatchLimits limits,
            String pool,
            List<PoolSocket> sockets,
            Consumer<Incarnation> hung,
            Unwilling unwilling) {
        this.loop = loop;
        this.transferIds = transferIds;
        this.pool = pool;
        this.hung = hung;
        this.unwilling = unwilling;
        this.complaints = new Throttle(loop::nanoTime);
        this.dispatcher = new Dispatcher(
                limits,
                problem -> complaints.run(
                        () -> LOG.warn("Policy of a dispatched socket failed pool={}: {}", pool, problem)));
        sockets.forEach(this::open);
    }

    private void open(PoolSocket socket) {
        int number = dispatcher.add(socket.spec().policy().orElseThrow());
        doors.add(new Door(number, socket, loop.poller(), this::knocked));
    }

    /// Takes a further socket, whose connections go to all that are ready; one whose program does not take them is
    /// unwilling.
    void add(PoolSocket socket) {
        peers.keySet()
                .forEach(worker -> uninformed
                        .computeIfAbsent(worker, _ -> new HashSet<>())
                        .add(socket.spec().name()));
        open(socket);
        pump();
    }

    /// Accepts no more from a socket, which may be closed then; what was accepted is given away all the same.
    void remove(PoolSocket socket) {
        doors.stream().filter(door -> door.isOf(socket)).findFirst().ifPresent(door -> {
            door.close();
            doors.remove(door);
        });
    }

    /// Whether there is nothing to give, nor will be.
    boolean isEmpty() {
        return doors.isEmpty() && quiet();
    }

    /// A worker can be given connections once it is ready too.
    void joined(Incarnation worker, HandlePeer peer) {
        peers.put(worker, peer);
        refresh();
    }

    /// It cannot be given any more; what it has not acknowledged stays with it until it is [#gone].
    void left(Incarnation worker) {
        peers.remove(worker);
        refresh();
    }

    /// These incarnations are ready, and no others.
    void ready(Collection<Incarnation> incarnations) {
        ready = List.copyOf(incarnations);
        refresh();
    }

    private void refresh() {
        dispatcher.ready(ready.stream().filter(peers::containsKey).toList());
        pump();
    }

    /// @return false when that transfer is none of a connection
    boolean acknowledged(Incarnation worker, long transferId) {
        var taken = dispatcher.acknowledged(worker, transferId);
        if (taken.isEmpty()) {
            return false;
        }
        var count = count(taken.getFirst().socketName());
        long now = loop.nanoTime();
        for (var one : taken) {
            var connection = (AcceptedConnection) one;
            count.taken(now - connection.acceptedNanos());
            connection.close();
        }
        pump();
        return true;
    }

    /// @return false when that transfer is none of a connection
    boolean refused(Incarnation worker, long transferId, String message) {
        var refused = dispatcher.refused(worker, transferId, loop.nanoTime());
        if (refused.isEmpty()) {
            return false;
        }
        LOG.debug("Connections refused worker={} count={}: {}", worker, refused.size(), message);
        var door = ((AcceptedConnection) refused.getFirst()).door();
        count(door.name()).refused(refused.size());
        if (doors.contains(door)) {
            refusedOf(worker, door.name(), message);
        }
        pump();
        return true;
    }

    private void refusedOf(Incarnation worker, String socket, String message) {
        var sockets = uninformed.get(worker);
        if (sockets != null && sockets.remove(socket)) {
            unwilling.told(worker, List.of(socket), "it refuses the connections of " + socket + ": " + message);
        }
    }

    void connectionsEnded(Incarnation worker, int count) {
        dispatcher.ended(worker, count);
    }

    /// The worker is dead, and its handle socket was read to the end: what it has not acknowledged goes to others.
    void gone(Incarnation worker) {
        peers.remove(worker);
        uninformed.remove(worker);
        dispatcher
                .gone(worker)
                .forEach(connection -> count(connection.socketName()).orphaned());
        refresh();
    }

    private HandoverCount count(String socket) {
        return counts.computeIfAbsent(socket, _ -> new HandoverCount());
    }

    /// What became of the connections of each socket that has had one, by its name; of those too that are removed.
    Map<String, Measures.Handovers> handovers() {
        return counts.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, entry -> entry.getValue().read()));
    }

    /// Connections of the socket of that name which are with no worker.
    int waiting(String socket) {
        return doors.stream()
                .filter(door -> door.name().equals(socket))
                .mapToInt(door -> dispatcher.waiting(door.number()))
                .sum();
    }

    /// Connections that nobody has acknowledged.
    int inHand() {
        return dispatcher.inHand();
    }

    /// Whether every accepted connection is in the hands of a worker.
    boolean quiet() {
        return dispatcher.inHand() == 0;
    }

    /// The same of one socket.
    boolean quiet(PoolSocket socket) {
        return doors.stream().filter(door -> door.isOf(socket)).allMatch(door -> dispatcher.inHand(door.number()) == 0);
    }

    /// Gives away what can be given, and accepts where the doors were shut and need not be.
    private void pump() {
        giveSome();
        for (var door : doors) {
            if (!door.isOpen() && !door.isResting() && dispatcher.room(door.number()) > 0) {
                acceptSome(door);
            }
        }
    }

    private void giveSome() {
        int left = MAX_GIVEN_PER_TURN;
        for (var batches = dispatcher.assign(left); !batches.isEmpty(); batches = dispatcher.assign(left)) {
            for (var batch : batches) {
                give(batch);
                left -= batch.size();
            }
            if (left == 0) {
                giveTheRestLater();
                return;
            }
        }
    }

    private void giveTheRestLater() {
        if (!continuing) {
            continuing = true;
            loop.post(() -> {
                continuing = false;
                pump();
            });
        }
    }

    private void give(Batch batch) {
        long transferId = transferIds.getAsLong();
        if (transfer(batch, transferId)) {
            dispatcher.given(batch, transferId, loop.nanoTime());
        } else {
            dispatcher.noRoom(batch, loop.nanoTime());
        }
        startChecking();
    }

    private boolean transfer(Batch batch, long transferId) {
        var peer = peers.get(batch.receiver());
        if (peer == null) {
            return false;
        }
        var connections = batch.connections();
        var descriptors = new ArrayList<Fd>(connections.size());
        for (var connection : connections) {
            descriptors.add(((AcceptedConnection) connection).fd());
        }
        var door = ((AcceptedConnection) connections.getFirst()).door();
        try {
            return peer.transfer(transferId, door.frame(), descriptors);
        } catch (PosixException failure) {
            complaints.run(() -> LOG.error(
                    "Connections not given pool={} worker={}: {}", pool, batch.receiver(), failure.getMessage()));
            return false;
        }
    }

    private void knocked(Door door) {
        if (door.isOpen()) {
            acceptSome(door);
        }
    }

    /// Leaves the door open when there may be more, and shut when nobody could take one more.
    private void acceptSome(Door door) {
        int most = Math.min(MAX_ACCEPTS_PER_TURN, dispatcher.room(door.number()));
        int count = 0;
        for (; count < most; count++) {
            var accepted = accept(door);
            if (accepted.isEmpty()) {
                break;
            }
            dispatcher.arrived(door.number(), new AcceptedConnection(door, accepted.get(), loop.nanoTime()));
        }
        if (count > 0) {
            startChecking();
            giveSome();
        }
        loop.accepted(count);
        door.set(!door.isResting() && dispatcher.room(door.number()) > 0);
    }

    private Optional<Fd> accept(Door door) {
        try {
            return door.accept();
        } catch (PosixException failure) {
            // EMFILE and its like: the connection stays in the queue, and the poller would tell of it without end.
            door.rest(true);
            loop.after(REST, () -> awake(door));
            complaints.run(
                    () -> LOG.warn("Connections wait pool={} socket={}: {}", pool, door.name(), failure.getMessage()));
            return Optional.empty();
        }
    }

    private void awake(Door door) {
        if (doors.contains(door)) {
            door.rest(false);
            pump();
        }
    }

    private void startChecking() {
        if (!checking) {
            checking = true;
            checkLater();
        }
    }

    private void checkLater() {
        checkDueNanos = loop.nanoTime() + CHECK_INTERVAL.toNanos();
        loop.after(CHECK_INTERVAL, this::check);
    }

    private void check() {
        long now = loop.nanoTime();
        if (now - checkDueNanos > STOOD_STILL.toNanos()) {
            dispatcher.stoodStill(now - checkDueNanos);
        }
        dispatcher.passed(now);
        dispatcher.overdue(now).forEach(worker -> judge(worker, now));
        pump();
        if (dispatcher.isCalm()) {
            checking = false;
        } else {
            checkLater();
        }
    }

    /// What it said may lie in its socket still.
    private void judge(Incarnation worker, long now) {
        Optional.ofNullable(peers.get(worker)).ifPresent(HandlePeer::readArrived);
        if (dispatcher.hang(worker, now)) {
            hung.accept(worker);
        }
    }

    /// Gives up what is in hand. To be called before the sockets are closed.
    @Override
    public void close() {
        doors.forEach(Door::close);
        doors.clear();
        dispatcher.abandon().forEach(connection -> ((AcceptedConnection) connection).close());
    }
}
