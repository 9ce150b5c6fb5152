package dev.drover.supervisor.socket;

import dev.drover.posix.Listener;
import dev.drover.posix.Poller;
import dev.drover.supervisor.SocketSpec;
import java.net.SocketAddress;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/// A socket of a pool: its listeners, which stay open whatever becomes of the workers that hold duplicates.
///
/// For the one loop thread that owns it; nothing blocks. The listeners belong to the socket: duplicate what is
/// given away.
///
/// ```
///  open -> [grow | steer | probe | restoreBacklog | check]* -> dropNewConnections -> quiet* -> close
/// ```
public sealed interface PoolSocket extends AutoCloseable permits ShardedSocket, SharedSocket, DispatchedSocket {
    /// Binds and listens. New connections wait in shard 0 until [#steer] says otherwise.
    ///
    /// Where the kernel cannot steer, a sharded socket is opened as one shared listener, because the kernel's own
    /// hashing would send connections to workers that are not ready; then [#steered] is false and [#warning] tells.
    ///
    /// @param shards listeners of a sharded socket, 1 to 1024; a shared one has one
    /// @throws SocketOpenException when it cannot be bound; nothing stays open
    static PoolSocket open(SocketSpec spec, int shards) {
        return SocketOpening.open(spec, shards, Listener::attachSteering);
    }

    /// What it was opened from.
    SocketSpec spec();

    /// The address it is bound to, with the port the kernel chose.
    SocketAddress address();

    /// How many listeners it has; 1 when it is shared.
    int shards();

    /// Whether each shard gets connections of its own; false for one shared listener.
    boolean steered();

    /// One line for the log when the kernel could not give what the spec wants.
    Optional<String> warning();

    /// Opens further shards, which are not steered to yet. Never closes one; nothing to do when shared.
    ///
    /// @throws SocketOpenException when one cannot be opened; those before it stay
    void grow(int shards);

    /// The listener of a shard; the same for every shard when shared. Of a dispatched socket it is the supervisor's
    /// alone, to accept from.
    Listener listener(int shard);

    /// Sends new connections to these shards in equal parts, from now on, in one step; what waits in other shards
    /// stays there. Probes stay. Nothing to do when shared, except that an empty set is an error here too.
    ///
    /// @throws dev.drover.posix.PosixException when the kernel refuses; then the old steering stays
    void steer(Set<Integer> shards);

    /// Replaces the probes: a connection from a loopback address and one of these source ports goes to that shard,
    /// whether it is steered to or not. The prober must bind its source to 127.0.0.1 or ::1. While a shard is
    /// lost its probes are ordinary connections, so the news of that makes their answers void. Nothing to do when
    /// shared: there is no telling which worker will answer.
    ///
    /// @param shardBySourcePort at most 200
    void probe(Map<Integer, Integer> shardBySourcePort);

    /// Connections waiting to be accepted.
    int queued(int shard);

    /// Says the spec's backlog again if a worker's own listen() changed it.
    void restoreBacklog(int shard);

    /// Lets so many connections wait in each queue from now on; those that wait stay. A listener that was shut down
    /// gets it when it listens again.
    ///
    /// @throws dev.drover.posix.PosixException when the kernel refuses
    void changeBacklog(int backlog);

    /// Tells from now on, in handlers of the poller, when another holder has shut a listener down, and mends it.
    ///
    /// A lost shard is taken out of the steering at once. It listens again with the next [#check], or at once when
    /// there is nobody else to take its connections.
    void watch(Poller poller, Consumer<SocketEvent> events);

    /// Mends the shards that were lost. To be called about every second, and some 100 ms after a
    /// [SocketEvent.ShardLost]; also finds what the poller did not tell.
    ///
    /// It waits because the group's order is known only while shutdowns and listens do not mix: workers that are
    /// told to pause do it all at the same time.
    void check();

    /// Lets in no further connection, so that it can be closed without a reset: handshakes under way and the queue
    /// run out into the workers. TCP clients that come now repeat their SYN, those of a Unix socket find no path.
    ///
    /// A Unix path is removed rather than renamed: a renamed one would stay connectable. A client that still waits
    /// in connect() for room in the backlog gets ENOENT.
    ///
    /// @return false where the kernel cannot filter: connections go on to come until [#close]
    boolean dropNewConnections();

    /// Whether nothing waits in a queue and no handshake is under way, so that [#close] resets nobody. Once
    /// the queues are empty it reads `/proc/net`, about 10 ms and 10 ms more for 1000 connections of the network
    /// namespace; more than 16 MiB of it are not read, then the answer is false.
    ///
    /// Handshakes that live only in SYN cookies are not seen.
    boolean quiet();

    /// Closes the listeners and removes a Unix path that is still ours. Idempotent.
    @Override
    void close();
}
