package dev.drover.supervisor;

import dev.drover.session.WorkerSession;
import dev.drover.supervisor.health.Health;
import dev.drover.supervisor.health.Probe;
import dev.drover.supervisor.health.ProbeAction;
import dev.drover.supervisor.health.ProbeKind;
import dev.drover.supervisor.health.ProbeResult;
import dev.drover.supervisor.health.Standing;
import dev.drover.supervisor.pool.Life;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Asks the workers of one pool how they are, and tells the core what the answers mean. Belongs to the loop.
///
/// While this process stood still its workers may have stood still too, and answers have waited: then no answer to what
/// was asked before counts, and silence counts from the moment it went on.
final class HealthWatch {
    private static final Logger LOG = LoggerFactory.getLogger(HealthWatch.class);

    /// Between two looks at what is due: what comes together is asked together.
    private static final Duration PAUSE = Duration.ofMillis(50);

    /// The longest time between two looks while anything is asked: how long a standstill may go unnoticed.
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(500);

    /// A look that comes so late tells that this process stood still.
    private static final Duration STOOD_STILL = Duration.ofMillis(500);

    private static final ProbeResult UNKNOWN = new ProbeResult.Unknown();
    private static final ProbeResult PASSED = new ProbeResult.Passed();

    /// Who is told.
    interface Owner {
        /// Something that the core must know.
        void happened(WorkerProcess process, Life.Event event);

        /// Its probes have something to say for people.
        void unhealthy(WorkerProcess process, String why);

        /// Whether it is to serve on.
        boolean isWanted(Incarnation incarnation);

        /// Something that only who looks must know.
        void changed();
    }

    private final Services services;
    private final PoolSockets sockets;
    private final Owner owner;
    private final SteeredProbes network;
    private final ExecProbes exec;

    /// Whoever was asked longest ago is asked first.
    private final LinkedHashMap<Incarnation, Watched> watched = new LinkedHashMap<>();

    private long awakeSinceNanos = Long.MIN_VALUE;

    /// Counts the times from which on earlier questions do not count.
    private int age;

    private long armedForNanos;
    private boolean armed;
    private long arms;
    private boolean warned;
    private boolean closed;

    /// One incarnation.
    private static final class Watched {
        private final WorkerProcess process;
        private Health health;
        private Standing told = new Standing.Unfit("");

        Watched(WorkerProcess process, Health health) {
            this.process = process;
            this.health = health;
        }
    }

    HealthWatch(Services services, PoolSockets sockets, Owner owner) {
        this.services = services;
        this.sockets = sockets;
        this.owner = owner;
        this.network = new SteeredProbes(services.loop(), services.prober());
        this.exec = new ExecProbes(services);
    }

    /// Its process runs.
    void began(WorkerProcess process) {
        var template = process.template();
        boolean speaks = template.readyWhen() == Template.ReadyWhen.NOTIFIED;
        var heartbeat = template.protocol() == Template.Protocol.DROVER
                ? Optional.of(services.heartbeatInterval().get())
                : Optional.<Duration>empty();
        long now = services.loop().nanoTime();
        var health = Health.began(
                template.probes(), speaks, heartbeat, now, services.random().nextDouble());
        var one = new Watched(process, health);
        watched.put(process.incarnation(), one);
        if (process.hasSaidReady()) {
            notified(process);
        } else {
            look(one);
        }
    }

    /// It says that it is ready. A quick worker may say so before the thread that made it has told of it.
    void notified(WorkerProcess process) {
        process.saysReady();
        if (process.template().protocol() == Template.Protocol.SYSTEMD) {
            // Its watchdog runs from here.
            process.alive(services.loop().nanoTime());
        }
        Optional.ofNullable(watched.get(process.incarnation())).ifPresent(one -> {
            one.health = one.health.notified(services.loop().nanoTime());
            look(one);
        });
    }

    /// Nothing is asked of it any more.
    void ended(Incarnation incarnation) {
        watched.remove(incarnation);
        exec.end(incarnation);
    }

    /// Why its probes do not pass; empty when they do.
    String why(Incarnation incarnation) {
        return Optional.ofNullable(watched.get(incarnation))
                .map(one -> switch (one.told) {
                    case Standing.Fit() -> "";
                    case Standing.Unfit(var why) -> why;
                    case Standing.Hung(var why) -> why;
                })
                .orElse("");
    }

    /// Connections may have gone to other shards than they were steered to: no answer to what was asked before counts.
    void misled() {
        age++;
    }

    /// Whether it is a command that asks.
    boolean owns(long pid) {
        return exec.owns(pid);
    }

    boolean spawning() {
        return exec.spawning();
    }

    /// Whether no command that asks is left.
    boolean idle() {
        return exec.idle();
    }

    /// What is to be told now, and when it is to be asked next.
    private void look(Watched one) {
        var standing = one.health.standing();
        if (!standing.equals(one.told)) {
            var before = one.told;
            one.told = standing;
            tell(one, before, standing);
        }
        arm(one.health.nextDueNanos(services.loop().nanoTime()));
    }

    private void tell(Watched one, Standing before, Standing standing) {
        switch (standing) {
            case Standing.Fit() -> owner.happened(one.process, new Life.Event.ReadyReported());
            case Standing.Unfit(var why)
            when before instanceof Standing.Fit -> {
                owner.unhealthy(one.process, why);
                owner.happened(one.process, new Life.Event.UnreadyFound());
            }
            case Standing.Unfit _ -> owner.changed();
            case Standing.Hung(var why) -> {
                owner.unhealthy(one.process, why);
                one.process.toBeKilled(why);
                owner.happened(one.process, new Life.Event.HangFound(one.process.dumps()));
            }
        }
    }

    private void arm(long dueNanos) {
        if (dueNanos == Long.MAX_VALUE || closed) {
            return;
        }
        long now = services.loop().nanoTime();
        long delay = Math.clamp(dueNanos - now, PAUSE.toNanos(), LONGEST_PAUSE.toNanos());
        if (armed && armedForNanos - (now + delay) <= 0) {
            return;
        }
        armed = true;
        armedForNanos = now + delay;
        long arm = ++arms;
        services.loop().after(Duration.ofNanos(delay), () -> {
            // An earlier one was set meanwhile: it has set the next.
            if (arm == arms && !closed) {
                armed = false;
                ask();
            }
        });
    }

    /// Asks what is due.
    private void ask() {
        long now = services.loop().nanoTime();
        if (now - armedForNanos > STOOD_STILL.toNanos()) {
            awakeSinceNanos = now;
            age++;
        }
        long next = Long.MAX_VALUE;
        for (var one : List.copyOf(watched.values())) {
            if (!owner.isWanted(one.process.incarnation())) {
                ended(one.process.incarnation());
                continue;
            }
            for (var kind : one.health.dueAt(now)) {
                ask(one, kind, now);
            }
            next = Math.min(next, one.health.nextDueNanos(now));
        }
        network.flush();
        arm(network.hasEnded() ? now : next);
    }

    private void ask(Watched one, ProbeKind kind, long now) {
        var probe = one.health.probe(kind);
        int asked = age;
        boolean begun = switch (probe.action()) {
            case ProbeAction.Session() -> {
                one.health = one.health.asked(kind, now);
                answered(one, kind, session(one.process, kind, probe, now));
                yield false;
            }
            case ProbeAction.Exec(var command) ->
                exec.ask(one.process, command, probe.timeout(), result -> answered(one, kind, result, asked));
            case ProbeAction.HttpGet get -> overNetwork(one, kind, probe, get.socket(), now, asked);
            case ProbeAction.TcpSocket tcp -> overNetwork(one, kind, probe, tcp.socket(), now, asked);
            case ProbeAction.Grpc grpc -> overNetwork(one, kind, probe, grpc.socket(), now, asked);
        };
        if (begun) {
            one.health = one.health.asked(kind, now);
            if (watched.containsKey(one.process.incarnation())) {
                watched.putLast(one.process.incarnation(), one);
            }
        }
    }

    private boolean overNetwork(Watched one, ProbeKind kind, Probe probe, String name, long now, int asked) {
        var socket = sockets.probed(name);
        int shard = one.process.shard();
        if (socket.isPresent() && socket.get().steered() && shard < socket.get().shards()) {
            return network.ask(
                    socket.get(), shard, probe.action(), probe.timeout(), result -> answered(one, kind, result, asked));
        }
        one.health = one.health.asked(kind, now);
        answered(one, kind, withoutSteering(kind, name, socket.isPresent()));
        return false;
    }

    /// Where the kernel cannot steer, no answer tells who gave it: nobody is killed for one, and nobody is kept
    /// from serving. A socket that is being removed says nothing.
    private ProbeResult withoutSteering(ProbeKind kind, String name, boolean isThere) {
        if (!isThere) {
            return UNKNOWN;
        }
        if (!warned) {
            warned = true;
            LOG.warn("Workers are not probed socket={}: the kernel cannot steer, any worker might answer", name);
        }
        return kind == ProbeKind.LIVENESS ? UNKNOWN : PASSED;
    }

    private ProbeResult session(WorkerProcess process, ProbeKind kind, Probe probe, long now) {
        var sign = process.lastSign();
        if (sign.isEmpty()) {
            return kind == ProbeKind.LIVENESS ? UNKNOWN : new ProbeResult.Failed("no session");
        }
        long silent = now - sign.getAsLong();
        long counted = awakeSinceNanos == Long.MIN_VALUE ? silent : Math.min(silent, now - awakeSinceNanos);
        return counted <= allowedSilence(process, probe).toNanos()
                ? PASSED
                : new ProbeResult.Failed(
                        "no heartbeat for " + Duration.ofNanos(silent).toSeconds() + " s");
    }

    /// A session that was told to beat more seldom than the probe asks is not silent before its time.
    private static Duration allowedSilence(WorkerProcess process, Probe probe) {
        var wanted = process.session().map(WorkerSession::heartbeatInterval).orElse(Duration.ZERO);
        var due = wanted.plus(probe.timeout());
        return due.compareTo(probe.silence()) > 0 ? due : probe.silence();
    }

    private void answered(Watched one, ProbeKind kind, ProbeResult result, int asked) {
        answered(one, kind, asked == age ? result : UNKNOWN);
    }

    private void answered(Watched one, ProbeKind kind, ProbeResult result) {
        one.health = one.health.answered(kind, result);
        if (watched.get(one.process.incarnation()) == one && owner.isWanted(one.process.incarnation())) {
            look(one);
        }
        if (network.hasEnded()) {
            arm(services.loop().nanoTime());
        }
    }

    /// Asks nothing any more.
    void close() {
        closed = true;
        watched.clear();
        network.close();
        exec.killAll();
    }
}
