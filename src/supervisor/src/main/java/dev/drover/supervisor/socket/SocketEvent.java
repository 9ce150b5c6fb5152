package dev.drover.supervisor.socket;

/// What happened to a socket without our doing: another process that holds a listener called shutdown(2) on it,
/// which ends it for all holders and resets the clients in its queue.
public sealed interface SocketEvent {
    /// The socket it happened to.
    PoolSocket socket();

    /// The shard.
    int shard();

    /// The shard listens no more; its share goes to the others that are steered to. [PoolSocket#check] will mend
    /// it.
    record ShardLost(PoolSocket socket, int shard) implements SocketEvent {}

    /// The shard listens again and is steered to as before. The descriptors the workers hold go on to work.
    record ShardMended(PoolSocket socket, int shard) implements SocketEvent {}

    /// The shard has a new listener, because the old one cannot listen again: always so with a Unix socket, of TCP
    /// in a rare race. Who holds the old one accepts nothing any more and must be replaced.
    record ListenerReplaced(PoolSocket socket, int shard) implements SocketEvent {}

    /// The shard could not be made to listen again; the next [PoolSocket#check] tries again.
    ///
    /// @param reason what the system said
    record MendFailed(PoolSocket socket, int shard, String reason) implements SocketEvent {}
}
