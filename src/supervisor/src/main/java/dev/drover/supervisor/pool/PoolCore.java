package dev.drover.supervisor.pool;

import dev.drover.supervisor.PoolSpec;
import dev.drover.supervisor.pool.PoolCommand.KillGroup;
import dev.drover.supervisor.pool.PoolCommand.RestoreBacklog;
import dev.drover.supervisor.pool.PoolCommand.SendStopSignal;
import dev.drover.supervisor.pool.PoolCommand.StartTimer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntUnaryOperator;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// The transition of a pool: first the event, then what is wanted ([Reconciler]), then the steering.
///
/// Pure: the same state, event and moment give the same step.
public final class PoolCore {

    /// How often the queues of a retiring incarnation are looked at, as a part of the settle time.
    private static final int CHECKS_PER_SETTLE = 4;

    /// The back-off stops growing here whatever its maximum: 2^20 times the first delay.
    private static final int MAX_DOUBLINGS = 20;

    /// The next state and what is to be done.
    public record Step(PoolState state, List<PoolCommand> commands) {}

    /// Now, as far as the core must know it.
    ///
    /// @param nanos a monotonic clock
    /// @param queues connections waiting in a shard, of all sharded sockets together
    public record Moment(long nanos, IntUnaryOperator queues) {}

    private final Moment now;
    private final List<PoolCommand> commands = new ArrayList<>();
    private final int shardsBefore;
    private PoolState state;

    private PoolCore(PoolState state, Moment now) {
        this.state = state;
        this.now = now;
        this.shardsBefore = state.shards();
    }

    public static Step next(PoolState state, PoolEvent event, Moment now) {
        var core = new PoolCore(state, now);
        core.apply(event);
        new Reconciler(core, now).reconcile();
        return core.finish();
    }

    private void apply(PoolEvent event) {
        switch (event) {
            case PoolEvent.Happened(var ordinal, var number, Life.Event.SpawnFailed what) ->
                end(ordinal, number, what, false);
            case PoolEvent.Happened(var ordinal, var number, var what) -> conduct(ordinal, number, what);
            case PoolEvent.Ended(var ordinal, var number, var bySignal) ->
                end(ordinal, number, new Life.Event.ProcessExited(), bySignal);
            case PoolEvent.QueueCheckDue(var ordinal, var number) -> checkQueue(ordinal, number);
            case PoolEvent.BackOffEnded(var ordinal, var number) -> endBackOff(ordinal, number);
            case PoolEvent.RestartOrdered(var ordinal) -> restart(ordinal);
            case PoolEvent.SpecChanged(var spec) -> change(spec);
            case PoolEvent.Ticked() -> rescueStranded();
            case PoolEvent.StopOrdered() -> stop();
            case PoolEvent.KillOrdered() -> {
                stop();
                each(new Life.Event.KillOrdered());
            }
            // Only the look at what is wanted that follows every event.
            case PoolEvent.Opened(), PoolEvent.MinReadyPassed() -> {}
        }
    }

    PoolState state() {
        return state;
    }

    void put(Place place) {
        state = state.with(place);
    }

    void command(PoolCommand command) {
        commands.add(command);
    }

    void happen(int ordinal, int number, Life.Event event) {
        var place = state.place(ordinal);
        place.member(number).ifPresent(member -> {
            var terms = new Life.Terms(state.settle(), state.spec().terminationGrace());
            var step = member.life().next(event, terms);
            var changed = member.with(step.life(), now.nanos());
            put(place.with(changed));
            step.commands().forEach(command -> commands.add(translate(ordinal, number, command)));
            if (changed.ready() && !member.ready()) {
                becameReady(changed);
            }
        });
    }

    private void becameReady(Member member) {
        if (state.sharded()) {
            commands.add(new RestoreBacklog(member.shard()));
        }
        if (!state.spec().minReady().isZero()) {
            commands.add(new StartTimer(state.spec().minReady(), new PoolEvent.MinReadyPassed()));
        }
    }

    private PoolCommand translate(int ordinal, int number, Life.Command command) {
        return switch (command) {
            case SEND_STOP_SIGNAL -> new SendStopSignal(ordinal, number);
            case KILL_GROUP -> new KillGroup(ordinal, number);
            case CHECK_QUEUE_LATER ->
                new StartTimer(
                        state.settle().dividedBy(CHECKS_PER_SETTLE), new PoolEvent.QueueCheckDue(ordinal, number));
            case START_GRACE ->
                new StartTimer(
                        state.spec().terminationGrace(),
                        new PoolEvent.Happened(ordinal, number, new Life.Event.GraceEnded()));
        };
    }

    /// A worker that leaves, or must, before it was ready has failed as one that exits: it backs off at once,
    /// because its exit will be an expected one. So has one that is killed alone, ready or not.
    private void conduct(int ordinal, int number, Life.Event what) {
        var before = state.place(ordinal).member(number);
        boolean killed = what instanceof Life.Event.KillOrdered;
        happen(ordinal, number, what);
        before.filter(member -> member.life().wanted() && (killed || !member.ready()) && state.wants(ordinal))
                .filter(member -> state.place(ordinal)
                        .member(number)
                        .filter(Member::leaving)
                        .isPresent())
                .ifPresent(member -> failed(ordinal, member, killed));
    }

    private void end(int ordinal, int number, Life.Event what, boolean bySignal) {
        var before = state.place(ordinal).member(number);
        before.ifPresent(member -> {
            happen(ordinal, number, what);
            if (member.life().wanted() && state.wants(ordinal)) {
                failed(ordinal, member, bySignal);
            }
        });
    }

    /// A ready worker killed by a signal is replaced at once; one that exited by itself, or was never ready,
    /// leaves its place empty for a while.
    private void failed(int ordinal, Member member, boolean bySignal) {
        if (!state.spec().restart().restarts()) {
            return;
        }
        var place = state.place(ordinal);
        if (member.ready() && bySignal) {
            // Also when its replacement had failed and the place was told to wait: it is empty now.
            put(place.failed(readyLongEnough(member) ? 0 : place.failures(), false));
            return;
        }
        if (member.number() < place.lastNumber() && place.current().isPresent()) {
            // Its replacement is there already, and the place is not empty.
            put(place.failed(place.failures(), place.backingOff()));
            return;
        }
        int failures = (member.ready() && readyLongEnough(member) ? 0 : place.failures()) + 1;
        put(place.failed(failures, true));
        commands.add(new StartTimer(backOff(failures), new PoolEvent.BackOffEnded(ordinal, place.lastNumber())));
    }

    private boolean readyLongEnough(Member member) {
        return now.nanos() - member.readyNanos()
                >= state.spec().restart().resetAfter().toNanos();
    }

    private Duration backOff(int failures) {
        var policy = state.spec().restart();
        var delay = policy.initialDelay().multipliedBy(1L << Math.min(failures - 1, MAX_DOUBLINGS));
        return delay.compareTo(policy.maxDelay()) > 0 ? policy.maxDelay() : delay;
    }

    private void checkQueue(int ordinal, int number) {
        state.place(ordinal).member(number).ifPresent(member -> {
            boolean empty = now.queues().applyAsInt(member.shard()) == 0;
            happen(ordinal, number, new Life.Event.QueueChecked(empty, now.nanos()));
        });
    }

    private void endBackOff(int ordinal, int number) {
        var place = state.place(ordinal);
        // A newer incarnation has been started meanwhile: the timer is not for what failed since.
        if (place.lastNumber() == number && place.backingOff()) {
            put(place.backedOff());
        }
    }

    /// Raises the epoch, unless a replacement is already under way: one that is ready is not, though what it has
    /// replaced may still drain.
    private void restart(int ordinal) {
        if (!state.wants(ordinal)) {
            return;
        }
        var place = state.place(ordinal);
        boolean underWay = place.current()
                .filter(current -> place.stale(current, state.revision())
                        || (!current.ready() && place.members().size() > 1))
                .isPresent();
        if (!underWay) {
            put(place.nextEpoch());
        }
    }

    private void change(PoolSpec spec) {
        boolean newTemplate = !spec.template().equals(state.spec().template());
        state = state.withSpec(spec);
        for (var place : List.copyOf(state.places().values())) {
            // What failed may have been mended: try at once.
            put(newTemplate ? place.backedOff() : place);
        }
    }

    private void stop() {
        state = state.stopped();
        each(new Life.Event.StopOrdered());
        List.copyOf(state.places().values()).forEach(this::put);
    }

    private void each(Life.Event event) {
        for (var place : List.copyOf(state.places().values())) {
            for (var member : place.members()) {
                happen(place.ordinal(), member.number(), event);
            }
        }
    }

    /// A connection that was in its handshake when its shard was taken out of the table may end in a queue that
    /// nobody accepts from. When that has lasted from one tick to the next, the oldest ready worker is replaced:
    /// its successor leases the free shard with the longest queue.
    private void rescueStranded() {
        var waiting = new HashSet<Integer>();
        if (state.sharded() && !state.stopping()) {
            for (int shard : state.freeShards()) {
                if (now.queues().applyAsInt(shard) > 0) {
                    waiting.add(shard);
                }
            }
        }
        boolean stranded = waiting.stream().anyMatch(state.stranded()::contains);
        state = state.withStranded(waiting);
        long patience = state.spec().progressDeadline().toNanos();
        boolean helpComes = state.members()
                .anyMatch(member ->
                        member.life().wanted() && !member.ready() && now.nanos() - member.startedNanos() < patience);
        if (stranded && !helpComes) {
            state.places().values().stream()
                    .filter(place -> place.current().filter(Member::ready).isPresent())
                    .min((a, b) -> Long.compare(
                            a.current().orElseThrow().readyNanos(),
                            b.current().orElseThrow().readyNanos()))
                    .ifPresent(place -> restart(place.ordinal()));
        }
    }

    /// The free shard with the longest queue, opened if there is none.
    int lease() {
        var free = state.freeShards();
        if (free.isEmpty()) {
            state = state.withShards(state.shards() + 1);
            return state.shards() - 1;
        }
        return longestFirst(free, now.queues()).getFirst();
    }

    static List<Integer> longestFirst(List<Integer> shards, IntUnaryOperator queues) {
        return shards.stream()
                .map(shard -> new int[] {shard, queues.applyAsInt(shard)})
                .sorted(Comparator.<int[]>comparingInt(pair -> -pair[1]).thenComparingInt(pair -> pair[0]))
                .map(pair -> pair[0])
                .toList();
    }

    /// Shards are opened before anything can be steered to them, and the table stands before anyone is started,
    /// told to stop or looked at.
    private Step finish() {
        var ordered = new ArrayList<PoolCommand>();
        if (state.sharded()) {
            if (state.shards() > shardsBefore) {
                ordered.add(new PoolCommand.GrowShards(state.shards()));
            }
            var targets = targets();
            if (!targets.equals(state.steered())) {
                ordered.add(new PoolCommand.Steer(targets));
                state = state.withSteered(targets);
            }
        }
        ordered.addAll(commands);
        return new Step(state, List.copyOf(ordered));
    }

    /// The shards of the ready workers. While nobody is ready, those of the workers that are starting; while
    /// nobody starts, those that will be leased next: connections wait there.
    private Set<Integer> targets() {
        var ready = shardsOf(Member::ready);
        if (!ready.isEmpty()) {
            return ready;
        }
        var starting = shardsOf(member -> member.life().wanted());
        if (!starting.isEmpty()) {
            return starting;
        }
        var free = longestFirst(state.freeShards(), now.queues());
        if (free.isEmpty()) {
            // Every shard is leased by someone who leaves: stay where we are.
            return state.steered().isEmpty() ? Set.of(0) : state.steered();
        }
        // A connection that already waits somewhere is a reason to stay: the fewer queues, the sooner all are served.
        int next = Math.clamp(state.spec().replicas(), 1, free.size());
        return Set.copyOf(free.subList(0, next));
    }

    private Set<Integer> shardsOf(Predicate<Member> which) {
        return state.members().filter(which).map(Member::shard).collect(Collectors.toUnmodifiableSet());
    }
}
