package dev.drover.supervisor.metrics;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.drover.supervisor.Incarnation;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/// What the applications of all pools measure: the newest report of each process that lives, and of each pool what
/// those had counted that are dead. Thread-safe; only [#read], for whoever may wait, adds up.
public final class AppMetrics {
    /// Series of all processes that live: what they cost the master is bounded, however many there are.
    public static final int MAX_LIVE_SERIES = 20_000;

    /// Processes that have ended and are not added up yet, before whoever reports does it.
    private static final int MAX_ENDED = 16;

    private static final Comparator<Incarnation> ORDER =
            Comparator.comparing(Incarnation::worker).thenComparingInt(Incarnation::number);

    private final int maxLiveSeries;
    private final Map<Incarnation, ProcessTotals> live = new ConcurrentHashMap<>();

    /// Held while one goes from the living to the dead, or both are looked at: never for as long as it takes to add up.
    private final ReentrantLock moving = new ReentrantLock();

    @GuardedBy("moving")
    private final ArrayDeque<Ended> ended = new ArrayDeque<>();

    /// Held while somebody adds up; before the other one.
    private final ReentrantLock lock = new ReentrantLock();

    /// Of those that are dead, by pool.
    @GuardedBy("lock")
    private final Map<String, Totals> bases = new HashMap<>();

    private record Ended(Incarnation incarnation, ProcessTotals totals) {}

    /// What the workers of a pool have measured.
    ///
    /// @param sums counters and distributions of all workers, dead ones too
    /// @param gauges of each worker that lives, by its name
    /// @param help a sentence for each family that has one
    /// @param refused values left out because another of that name is of another kind, or there are too many
    public record PoolTotals(
            Map<Series, Value> sums,
            Map<String, Map<Series, Value.Gauge>> gauges,
            Map<String, String> help,
            long refused) {
        public PoolTotals {
            sums = Map.copyOf(sums);
            gauges = Map.copyOf(gauges);
            help = Map.copyOf(help);
        }
    }

    /// Of nobody yet.
    public AppMetrics() {
        this(MAX_LIVE_SERIES);
    }

    AppMetrics(int maxLiveSeries) {
        this.maxLiveSeries = maxLiveSeries;
    }

    /// Takes reports of a process from now on; does not wait.
    public void began(Incarnation incarnation) {
        live.putIfAbsent(incarnation, ProcessTotals.NONE);
    }

    /// Keeps what it had counted; what comes of it later is too late. Does not wait for whoever adds up.
    public void ended(Incarnation incarnation) {
        moving.lock();
        try {
            var last = live.remove(incarnation);
            if (last != null && !last.equals(ProcessTotals.NONE)) {
                ended.add(new Ended(incarnation, last));
            }
        } finally {
            moving.unlock();
        }
    }

    /// What a process has measured until now, all of it. Of one that is not known to live nothing is kept.
    ///
    /// @return why it is not taken, for people
    public Optional<String> report(Incarnation incarnation, Report report) {
        long others = live.entrySet().stream()
                .filter(entry -> !entry.getKey().equals(incarnation))
                .mapToLong(entry -> entry.getValue().last().values().size())
                .sum();
        if (others + report.values().size() > maxLiveSeries) {
            return Optional.of(report.values().size() + " series, and " + others + " of other workers: at most "
                    + maxLiveSeries + " of all together are allowed");
        }
        live.computeIfPresent(incarnation, (_, was) -> was.then(report));
        if (areManyEnded() && lock.tryLock()) {
            try {
                bury(look().dead());
            } finally {
                lock.unlock();
            }
        }
        return Optional.empty();
    }

    private boolean areManyEnded() {
        moving.lock();
        try {
            return ended.size() > MAX_ENDED;
        } finally {
            moving.unlock();
        }
    }

    /// Adds up, for each of these pools; what was counted for others is forgotten. May take a while.
    public Map<String, PoolTotals> read(Set<String> pools) {
        lock.lock();
        try {
            var all = look();
            bury(all.dead());
            bases.keySet().retainAll(pools);
            var totals = new HashMap<String, PoolTotals>();
            for (var pool : pools) {
                totals.put(pool, totals(pool, all.living()));
            }
            return totals;
        } finally {
            lock.unlock();
        }
    }

    /// All there are at one moment: each is among the living or the dead.
    ///
    /// @param living by place; the newest of a place comes last
    /// @param dead who is not added up yet
    private record All(SortedMap<Incarnation, ProcessTotals> living, List<Ended> dead) {}

    /// The dead are taken: they are to be buried before anybody else adds up.
    @GuardedBy("lock")
    private All look() {
        moving.lock();
        try {
            var living = new TreeMap<Incarnation, ProcessTotals>(ORDER);
            living.putAll(live);
            var dead = List.copyOf(ended);
            ended.clear();
            return new All(living, dead);
        } finally {
            moving.unlock();
        }
    }

    @GuardedBy("lock")
    private void bury(List<Ended> dead) {
        for (var one : dead) {
            bases.computeIfAbsent(one.incarnation().worker().pool(), _ -> new Totals())
                    .add(one.totals());
        }
    }

    @GuardedBy("lock")
    private PoolTotals totals(String pool, Map<Incarnation, ProcessTotals> living) {
        var base = bases.getOrDefault(pool, new Totals());
        var all = base.copy();
        var gauges = new HashMap<String, Map<Series, Value.Gauge>>();
        var help = new HashMap<String, String>();
        living.forEach((incarnation, process) -> {
            if (incarnation.worker().pool().equals(pool)) {
                all.add(process);
                help.putAll(process.last().help());
                // The newest of a place, which comes last, tells its gauges.
                gauges.put(incarnation.worker().toString(), gauges(all, process.last()));
            }
        });
        return new PoolTotals(all.sums(), gauges, help, base.refused() + all.refused());
    }

    private static Map<Series, Value.Gauge> gauges(Totals all, Report report) {
        var gauges = new HashMap<Series, Value.Gauge>();
        report.values().forEach((series, value) -> {
            if (value instanceof Value.Gauge gauge && all.isKind(series, value)) {
                gauges.put(series, gauge);
            }
        });
        return Map.copyOf(gauges);
    }
}
