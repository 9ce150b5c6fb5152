package dev.drover.supervisor.pool;

import dev.drover.supervisor.Template;
import java.time.Duration;
import java.util.Set;

/// What is to be done for a pool, in the order given.
public sealed interface PoolCommand {
    /// Open more shards of every sharded socket.
    ///
    /// @param shards how many there are then
    record GrowShards(int shards) implements PoolCommand {}

    /// Let new connections go to these shards and no others, in one step. Never empty.
    record Steer(Set<Integer> shards) implements PoolCommand {
        public Steer {
            shards = Set.copyOf(shards);
        }
    }

    /// Make a process.
    record SpawnWorker(int ordinal, int number, int shard, int revision, Template template) implements PoolCommand {}

    /// Send the pool's stop signal, and CONT after it.
    record SendStopSignal(int ordinal, int number) implements PoolCommand {}

    /// Send KILL to the process group.
    record KillGroup(int ordinal, int number) implements PoolCommand {}

    /// Ask the process to write down where its threads stand, before it is killed.
    record DumpThreads(int ordinal, int number) implements PoolCommand {}

    /// Say the backlog of the shard again: the worker has called listen() by now.
    record RestoreBacklog(int shard) implements PoolCommand {}

    /// Post the event after the delay.
    record StartTimer(Duration delay, PoolEvent event) implements PoolCommand {}
}
