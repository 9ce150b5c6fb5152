package dev.drover.supervisor;

import dev.drover.posix.ChildProcess;
import dev.drover.posix.ExitStatus;
import dev.drover.posix.Signals;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// Finds out why workers died. Belongs to the loop.
///
/// The kernel counts whom it kills for lack of memory and does not tell who it was. So it is told of a worker only
/// where at least as many were killed as workers have died, at the same look, of a SIGKILL that was not ours;
/// otherwise it stays a SIGKILL, and the words tell both numbers.
final class Deaths {
    private final OomKills kills;
    private final Supplier<Stream<WorkerProcess>> workers;

    /// What was found, at the same look, of those whose end has not come to its turn yet; each is taken out then.
    private final Map<Long, Verdict> found = new HashMap<>();

    private record Verdict(long kills, long dead) {
        boolean outOfMemory() {
            return kills >= dead;
        }

        String words() {
            if (outOfMemory()) {
                return ": out of memory";
            }
            return kills == 0
                    ? ""
                    : ": " + dead + " workers were at once, and the kernel has killed " + kills
                            + " for lack of memory, without telling whom";
        }
    }

    private static final Verdict NONE = new Verdict(0, 1);

    /// @param workers every process of every pool that is not reaped yet
    Deaths(OomKills kills, Supplier<Stream<WorkerProcess>> workers) {
        this.kills = kills;
        this.workers = workers;
    }

    /// Looks whether somebody was killed; once a second.
    void tick(long nowNanos) {
        kills.look(nowNanos);
    }

    /// To be asked before the worker is forgotten, once its process is reaped.
    Death of(WorkerProcess worker, ExitStatus status, long nowNanos) {
        var how = Exits.describe(status, worker.killedBecause());
        if (worker.killSent() || !isKill(status)) {
            return new Death(status, how, false);
        }
        long pid = worker.child().map(ChildProcess::pid).orElse(0L);
        var known = found.remove(pid);
        var verdict = known == null ? judge(pid, nowNanos) : known;
        return new Death(status, how + verdict.words(), verdict.outOfMemory());
    }

    private Verdict judge(long pid, long nowNanos) {
        long open = kills.look(nowNanos);
        if (open == 0) {
            return NONE;
        }
        var others = workers.get()
                .filter(worker -> !worker.killSent())
                .flatMap(worker -> worker.child().stream())
                .filter(child -> child.pid() != pid && !found.containsKey(child.pid()))
                .filter(child -> child.peek().filter(Deaths::isKill).isPresent())
                .map(ChildProcess::pid)
                .toList();
        var verdict = new Verdict(open, others.size() + 1L);
        kills.use(Math.min(open, verdict.dead()));
        others.forEach(other -> found.put(other, verdict));
        return verdict;
    }

    private static boolean isKill(ExitStatus status) {
        return status instanceof ExitStatus.Killed(var signal, var _) && signal == Signals.SIGKILL;
    }
}
