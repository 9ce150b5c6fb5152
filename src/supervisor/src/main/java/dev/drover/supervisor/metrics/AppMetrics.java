package dev.drover.supervisor.metrics;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.drover.supervisor.Incarnation;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;

/// What the applications of all pools measure: the newest report of each process that lives, and of each pool what
/// those
/// had counted that are dead. Thread-safe; only [#read], for whoever may wait, adds up.
public final class AppMetrics {
    /// Series of all processes that live: what they cost the master is bounded, however many there are.
    public static final int MAX_LIVE_SERIES = 20_000;

    /// Processes that have ended and are not added up yet, before whoever reports does it.
    private static final int MAX_ENDED = 16;

    private static final Comparator<Incarnation> ORDER =
            Comparator.comparing(Incarnation::worker).thenComparingInt(Incarnation::number);

    private final int maxLiveSeries;
    private final Map<Incarnation, ProcessTotals> live = new ConcurrentHashMap<>();
    private final Queue<Ended> ended = new ConcurrentLinkedQueue<>();
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
        var last = live.remove(incarnation);
        if (last != null && !last.equals(ProcessTotals.NONE)) {
            ended.add(new Ended(incarnation, last));
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
        if (ended.size() > MAX_ENDED && lock.tryLock()) {
            try {
                bury();
            } finally {
                lock.unlock();
            }
        }
        return Optional.empty();
    }

    /// Adds up, for each of these pools; what was counted for others is forgotten. May take a while.
    public Map<String, PoolTotals> read(Set<String> pools) {
        lock.lock();
        try {
            // In this order: one that ends meanwhile is among the living or the dead, and taken once.
            var living = new TreeMap<Incarnation, ProcessTotals>(ORDER);
            living.putAll(live);
            bury().forEach(living::remove);
            bases.keySet().retainAll(pools);
            var totals = new HashMap<String, PoolTotals>();
            for (var pool : pools) {
                totals.put(pool, totals(pool, living));
            }
            return totals;
        } finally {
            lock.unlock();
        }
    }

    /// @return who was added to the dead
    @GuardedBy("lock")
    private Set<Incarnation> bury() {
        var buried = new HashSet<Incarnation>();
        for (var next = ended.poll(); next != null; next = ended.poll()) {
            bases.computeIfAbsent(next.incarnation().worker().pool(), _ -> new Totals())
                    .add(next.totals());
            buried.add(next.incarnation());
        }
        return buried;
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
