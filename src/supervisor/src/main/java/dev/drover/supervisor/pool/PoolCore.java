package dev.drover.supervisor.pool;

import dev.drover.supervisor.pool.PoolCommand.KillGroup;
import dev.drover.supervisor.pool.PoolCommand.RestoreBacklog;
import dev.drover.supervisor.pool.PoolCommand.SendStopSignal;
import dev.drover.supervisor.pool.PoolCommand.StartTimer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntUnaryOperator;

/// The transition of a pool: first the event, then what it means for the rollout ([RolloutKeeper]), then what is
/// wanted ([Reconciler]), then the steering.
///
/// Pure: the same state, event and moment give the same step.
public final class PoolCore {

    /// How often the queues of a retiring incarnation are looked at, as a part of the settle time.
    private static final int CHECKS_PER_SETTLE = 4;

    /// The back-off stops growing here whatever its maximum: 2^20 times the first delay.
    private static final int MAX_DOUBLINGS = 20;

    /// How long a hung worker may write down where its threads stand: a JVM of thousands takes some 100 ms.
    static final Duration DUMP_TIME = Duration.ofSeconds(2);

    /// How long the exit of a killed worker in whose shard clients wait is awaited, so that its successor leases that
    /// shard: the kernel takes milliseconds, but for one that hangs in the kernel itself.
    static final Duration EXIT_BOUND = Duration.ofSeconds(2);

    /// The next state and what is to be done.
    ///
    /// @param state the next state
    /// @param commands what is to be done, in this order
    /// @param outcome what became of a [RolloutOrder]; empty for every other event
    public record Step(PoolState state, List<PoolCommand> commands, Optional<RolloutOutcome> outcome) {}

    /// Now, as far as the core must know it.
    ///
    /// @param nanos a monotonic clock
    /// @param time the time of day, for people only
    /// @param queues connections waiting in a shard, of all sharded sockets together
    public record Moment(long nanos, Instant time, IntUnaryOperator queues) {}

    private final Moment now;
    private final List<PoolCommand> commands = new ArrayList<>();
    private final RolloutKeeper rollout;
    private final int shardsBefore;
    private Optional<RolloutOutcome> outcome = Optional.empty();
    private PoolState state;

    private PoolCore(PoolState state, Moment now) {
        this.state = state;
        this.now = now;
        this.rollout = new RolloutKeeper(this, now);
        this.shardsBefore = state.shards();
    }

    public static Step next(PoolState state, PoolEvent event, Moment now) {
        var core = new PoolCore(state, now);
        core.apply(event);
        core.rollout.arrive();
        if (core.asksForTheDeadline(event)) {
            core.rollout.giveUpIfOverdue();
        }
        core.recycle();
        new Reconciler(core, now).reconcile();
        core.rollout.look();
        return core.finish();
    }

    private void apply(PoolEvent event) {
        switch (event) {
            case PoolEvent.Happened(var ordinal, var number, Life.Event.SpawnFailed what) ->
                end(ordinal, number, what, false, "could not be started");
            case PoolEvent.Happened(var ordinal, var number, var what) -> conduct(ordinal, number, what);
            case PoolEvent.SpawnFailed(var ordinal, var number, var why) ->
                end(ordinal, number, new Life.Event.SpawnFailed(), false, "could not be started: " + why);
            case PoolEvent.Ended(var ordinal, var number, var bySignal, var how) ->
                end(ordinal, number, new Life.Event.ProcessExited(), bySignal, how);
            case PoolEvent.QueueCheckDue(var ordinal, var number) -> checkQueue(ordinal, number);
            case PoolEvent.BackOffEnded(var ordinal, var number) -> endBackOff(ordinal, number);
            case PoolEvent.RestartOrdered(var ordinal) -> restart(ordinal);
            case PoolEvent.WornOut(var ordinal, var number) -> wornOut(ordinal, number);
            case PoolEvent.SpecChanged(var spec) -> rollout.change(spec);
            case PoolEvent.SocketsChanged(var settle) -> state = state.withSettle(settle);
            case PoolEvent.RolloutOrdered(var order) -> outcome = Optional.of(rollout.obey(order));
            case PoolEvent.Ticked() -> new Upkeep(this, now).run();
            case PoolEvent.StopOrdered() -> stop();
            case PoolEvent.KillOrdered() -> {
                stop();
                each(new Life.Event.KillOrdered());
            }
            // Only the looks at what is wanted, and at what is due, that follow every event.
            case PoolEvent.Opened(), PoolEvent.MinReadyPassed() -> {}
            case PoolEvent.DeadlineEnded _ -> {}
        }
    }

    /// Whether it is time to see if the rollout is overdue. The timer of an earlier rollout says nothing of this one.
    private boolean asksForTheDeadline(PoolEvent event) {
        return event instanceof PoolEvent.Ticked
                || (event instanceof PoolEvent.DeadlineEnded(var id)
                        && id == state.rollout().id());
    }

    PoolState state() {
        return state;
    }

    void put(PoolState next) {
        state = next;
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
            step.commands().forEach(command -> translate(ordinal, number, command));
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

    private void translate(int ordinal, int number, Life.Command command) {
        switch (command) {
            case SEND_STOP_SIGNAL -> commands.add(new SendStopSignal(ordinal, number));
            case KILL_GROUP -> {
                commands.add(new KillGroup(ordinal, number));
                due(ordinal, number, EXIT_BOUND);
            }
            case DUMP_THREADS -> commands.add(new PoolCommand.DumpThreads(ordinal, number));
            case START_DUMP_TIME ->
                startTimer(
                        ordinal,
                        number,
                        DUMP_TIME,
                        new PoolEvent.Happened(ordinal, number, new Life.Event.DumpTimeEnded()));
            case CHECK_QUEUE_LATER ->
                startTimer(
                        ordinal,
                        number,
                        state.settle().dividedBy(CHECKS_PER_SETTLE),
                        new PoolEvent.QueueCheckDue(ordinal, number));
            case START_GRACE ->
                startTimer(
                        ordinal,
                        number,
                        state.spec().terminationGrace(),
                        new PoolEvent.Happened(ordinal, number, new Life.Event.GraceEnded()));
        }
    }

    /// The state knows too when it ends: a timer may be lost.
    private void startTimer(int ordinal, int number, Duration delay, PoolEvent event) {
        commands.add(new StartTimer(delay, event));
        due(ordinal, number, delay);
    }

    private void due(int ordinal, int number, Duration delay) {
        var place = state.place(ordinal);
        place.member(number).ifPresent(member -> put(place.with(member.due(now.nanos() + delay.toNanos()))));
    }

    /// A worker that leaves, or must, before it was ready has failed as one that exits: it backs off at once,
    /// because its exit will be an expected one. So has one that is killed alone, or hangs, ready or not.
    private void conduct(int ordinal, int number, Life.Event what) {
        var before = state.place(ordinal).member(number);
        happen(ordinal, number, what);
        before.filter(member -> member.wanted() && state.wants(ordinal))
                .filter(member -> state.place(ordinal)
                        .member(number)
                        .filter(Member::leaving)
                        .isPresent())
                .ifPresent(member -> wentAside(ordinal, member, what));
    }

    private void wentAside(int ordinal, Member member, Life.Event what) {
        if (what instanceof Life.Event.KillOrdered) {
            failed(ordinal, member, true, "was killed");
        } else if (what instanceof Life.Event.HangFound) {
            // One that hangs again and again must not be started again and again.
            failed(ordinal, member, member.ready() && readyLongEnough(member), "was hung");
        } else if (!member.everReady()) {
            failed(ordinal, member, false, "left before it was ready");
        }
    }

    private void end(int ordinal, int number, Life.Event what, boolean bySignal, String how) {
        var before = state.place(ordinal).member(number);
        before.ifPresent(member -> {
            happen(ordinal, number, what);
            if (member.wanted() && state.wants(ordinal)) {
                failed(ordinal, member, bySignal, how);
            }
        });
    }

    /// A ready worker killed by a signal is replaced at once; one that exited by itself, or was never ready, leaves
    /// its place without its revision for a while.
    private void failed(int ordinal, Member member, boolean bySignal, String how) {
        rollout.failed(ordinal, member, how);
        if (!state.replaces()) {
            return;
        }
        var place = state.place(ordinal).restarted();
        var memory = place.backOff(member.revision())
                .ended(member.number(), now.nanos(), state.spec().restart());
        int failures = member.ready() && readyLongEnough(member) ? 0 : memory.failures();
        if (member.ready() && bySignal) {
            // Also when its replacement had failed and the place was told to wait: it is empty now.
            put(place.with(memory.atOnce(failures)));
        } else if (place.has(other -> isReplacementOf(member, other))) {
            put(place);
        } else if (memory.gaveUp()) {
            put(place.with(memory.atOnce(failures + 1)));
        } else {
            var delay = backOff(failures + 1);
            put(place.with(memory.until(failures + 1, now.nanos() + delay.toNanos())));
            commands.add(new StartTimer(delay, new PoolEvent.BackOffEnded(ordinal, member.number())));
        }
    }

    /// It is there already, so the place is not empty.
    private static boolean isReplacementOf(Member member, Member other) {
        return other.wanted() && other.number() > member.number() && other.revision() == member.revision();
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

    void checkQueue(int ordinal, int number) {
        state.place(ordinal).member(number).ifPresent(member -> {
            boolean empty = now.queues().applyAsInt(member.shard()) == 0;
            happen(ordinal, number, new Life.Event.QueueChecked(empty, now.nanos()));
        });
    }

    /// Whether clients wait in the shard of somebody who is about to die, so that the successor should lease it.
    boolean awaitsExit(Place place) {
        return state.sharded()
                && place.has(member -> (member.life() instanceof Life.Hung
                                || (member.life() instanceof Life.Killed && now.nanos() - member.dueNanos() < 0))
                        && now.queues().applyAsInt(member.shard()) > 0);
    }

    void endBackOff(int ordinal, int number) {
        var place = state.place(ordinal);
        place.backOffs().stream()
                // The revision has failed again meanwhile: the timer is not for that.
                .filter(backOff -> backOff.waiting() && backOff.number() == number)
                .forEach(backOff -> put(place.with(backOff.over())));
    }

    /// Raises the epoch, unless a replacement is already under way: one that is available is not, though what it has
    /// replaced may still drain.
    void restart(int ordinal) {
        if (!state.wants(ordinal) || !state.replaces()) {
            return;
        }
        var place = state.place(ordinal);
        var aims = Aims.of(state);
        // What was given up does not come by itself.
        boolean underWay = !place.gaveUp()
                && place.current()
                        .filter(current -> !aims.isWhatIsWanted(place, current)
                                || (!current.ready() && place.members().size() > 1)
                                || place.has(other -> other.wanted() && other.number() != current.number()))
                        .isPresent();
        if (!underWay) {
            put(place.nextEpoch());
        }
    }

    private void wornOut(int ordinal, int number) {
        if (state.wants(ordinal) && state.replaces()) {
            var place = state.place(ordinal);
            place.member(number).filter(Member::wanted).ifPresent(member -> put(place.with(member.wornOut())));
        }
    }

    /// Has the next of those that are worn out replaced: one at a time, and none while a rollout replaces all of them.
    private void recycle() {
        if (state.members().noneMatch(Member::worn) || state.rollout() instanceof Rollout.Progressing) {
            return;
        }
        var places = state.wantedPlaces();
        if (places.stream().noneMatch(Place::recycles)) {
            places.stream().filter(PoolCore::isAloneAndWorn).findFirst().ifPresent(place -> put(place.recycled()));
        }
    }

    /// Where there are two, one is replacing the other already.
    private static boolean isAloneAndWorn(Place place) {
        return place.members().size() == 1
                && place.has(member -> member.wanted() && member.worn() && member.everReady());
    }

    private void stop() {
        state = state.stopped();
        each(new Life.Event.StopOrdered());
        state.places().forEach(this::put);
    }

    private void each(Life.Event event) {
        for (var place : state.places()) {
            for (var member : place.members()) {
                happen(place.ordinal(), member.number(), event);
            }
        }
    }

    /// The free shard with the longest queue, opened if there is none.
    int lease() {
        var free = new Steering(state, now.queues()).freeLongestFirst();
        if (free.isEmpty()) {
            state = state.withShards(state.shards() + 1);
            return state.shards() - 1;
        }
        return free.getFirst();
    }

    /// Shards are opened before anything can be steered to them, and the table stands before anyone is started,
    /// told to stop or looked at.
    private Step finish() {
        var ordered = new ArrayList<PoolCommand>();
        if (state.sharded()) {
            if (state.shards() > shardsBefore) {
                ordered.add(new PoolCommand.GrowShards(state.shards()));
            }
            var targets = new Steering(state, now.queues()).targets();
            if (!targets.equals(state.steered())) {
                ordered.add(new PoolCommand.Steer(targets));
                state = state.withSteered(targets);
            }
        }
        ordered.addAll(commands);
        return new Step(state, List.copyOf(ordered), outcome);
    }
}
