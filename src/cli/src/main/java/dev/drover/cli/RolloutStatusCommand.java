package dev.drover.cli;

import dev.drover.protocol.control.v1.GetRolloutRequest;
import dev.drover.protocol.control.v1.Rollout;
import dev.drover.protocol.control.v1.RolloutState;
import dev.drover.protocol.control.v1.WatchRolloutRequest;
import dev.drover.protocol.control.v1.WatchRolloutResponse;
import dev.drover.protocol.pool.v1.WorkerPool;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `drover rollout status`: tells how a rollout goes until it is over.
@Command(
        name = "status",
        description = {
            "Tell how the rollout of a pool goes, until it is complete or has failed.",
            "With --timeout it waits so long at most, otherwise without end: a rollout that is paused has none.",
            "A pool that was rolled back by itself has failed, and so has one whose workers were all available once and"
                    + " fail since, for longer than its progressDeadlineSeconds."
        },
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  drover rollout status web",
            "  drover rollout status web --timeout=5m",
            "  drover rollout status web --watch=false   how it stands now",
            "",
            "Exit codes: 0 complete (--watch=false: not failed), 1 failed or not over in time, 2 usage, 3 no such pool,"
                    + " 4 cannot reach the master."
        })
final class RolloutStatusCommand implements Runnable {

    private final DroverCommand drover;

    @Parameters(paramLabel = "POOL", description = "The pool, as in web or pool/web.")
    private String pool = "";

    @Option(
            names = {"-w", "--watch"},
            arity = "0..1",
            paramLabel = "true|false",
            defaultValue = "true",
            fallbackValue = "true",
            description = "Wait for the end (default).")
    private boolean watch = true;

    private String told = "";

    RolloutStatusCommand(DroverCommand drover) {
        this.drover = drover;
    }

    @Override
    public void run() {
        String name = PoolName.parse("tell the rollout of", pool);
        String purpose = "tell the rollout of pool " + name;
        var request = GetRolloutRequest.newBuilder().setName(name).build();
        try (MasterClient master = drover.connect()) {
            // The first look has a bound of its own: a master that does not answer is told as such.
            Rollout now = master.call(purpose, stub -> stub.getRollout(request)).getRollout();
            tell(now);
            if (watch && now.getState() != RolloutState.ROLLOUT_STATE_COMPLETE) {
                follow(master, name, purpose);
            }
        }
    }

    private void follow(MasterClient master, String name, String purpose) {
        var request = WatchRolloutRequest.newBuilder().setName(name).build();
        var left = drover.timeout();
        while (true) {
            WorkerPool pool = new Listings(master, purpose).pool(name);
            Duration look = Duration.ofSeconds(Math.max(1, pool.getSpec().getProgressDeadlineSeconds()));
            var time = left.filter(all -> all.compareTo(look) < 0).orElse(look);
            boolean over = master.follow(
                    purpose,
                    Optional.of(time),
                    stub -> stub.watchRollout(request),
                    WatchRolloutResponse::getRollout,
                    this::tell);
            if (over) {
                return;
            }
            left = left.map(all -> all.minus(time));
            if (left.filter(Duration::isZero).isPresent()) {
                throw notOver(name);
            }
            failWhereItWasComplete(master, pool, purpose);
        }
    }

    /// A rollout that is complete has no deadline any more: whether its workers come back nobody knows.
    ///
    /// @param before as it was at the begin of a look that has lasted as long as progress may take
    private static void failWhereItWasComplete(MasterClient master, WorkerPool before, String purpose) {
        String name = before.getMetadata().getName();
        WorkerPool now = new Listings(master, purpose).pool(name);
        int revision = now.getStatus().getRevision();
        if (wasComplete(before)
                && wasComplete(now)
                && revision == before.getStatus().getRevision()) {
            throw new CliException(
                    ExitCode.FAILED,
                    "cannot see revision " + revision + " of pool " + name + " available again: it was rolled out, and "
                            + now.getStatus().getAvailableReplicas() + " of its workers are available now; look with"
                            + " 'drover describe pool " + name + "'");
        }
    }

    private static boolean wasComplete(WorkerPool pool) {
        return pool.getStatus().getConditionsList().stream()
                .anyMatch(condition -> condition.getReason().equals("NewRevisionAvailable"));
    }

    private CliException notOver(String name) {
        return new CliException(
                ExitCode.FAILED,
                "cannot see the end of the rollout of pool " + name + " within "
                        + drover.timeout().orElse(Duration.ZERO).toMillis()
                        + " ms: it goes on; wait longer with --timeout, or look with 'drover get workers -o wide'");
    }

    private void tell(Rollout rollout) {
        String name = rollout.getPool();
        if (rollout.hasRolledBackFrom()) {
            var failure = rollout.getRolledBackFrom();
            throw failed(
                    name,
                    failure.getRevision(),
                    failure.getMessage(),
                    "it was rolled back by itself, to revision " + rollout.getRevision()
                            + " now; correct the template and" + " apply it again");
        }
        if (rollout.getState() == RolloutState.ROLLOUT_STATE_FAILED) {
            throw failed(
                    name,
                    rollout.getRevision(),
                    rollout.getMessage(),
                    "go back with 'drover rollout undo " + name + "', or correct the template and apply it again");
        }
        if (!rollout.getMessage().equals(told)) {
            told = rollout.getMessage();
            drover.terminal().out().println(Table.oneLine(told));
            drover.terminal().out().flush();
        }
    }

    private static CliException failed(String pool, int revision, String why, String step) {
        return new CliException(
                ExitCode.FAILED,
                "cannot roll out revision " + revision + " of pool " + pool + ": " + why.replaceFirst("\\.$", "") + "; "
                        + step);
    }
}
