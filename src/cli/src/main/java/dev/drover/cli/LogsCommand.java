package dev.drover.cli;

import dev.drover.protocol.control.v1.ListPoolsRequest;
import dev.drover.protocol.control.v1.ListWorkersRequest;
import dev.drover.protocol.control.v1.LogLine;
import dev.drover.protocol.control.v1.ReadLogsRequest;
import dev.drover.protocol.control.v1.ReadLogsResponse;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `drover logs`: shows what workers have written.
@Command(
        name = "logs",
        description = {
            "Show what a worker, or every worker of a pool, has written to its standard output and error.",
            "The master keeps the last lines of each incarnation (spec.logs.tailLines, 50 unless set): of those that"
                    + " live, and of the last that has ended. While none lives, that one is shown.",
            "With --timeout it follows for so long at most."
        },
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  drover logs web-0                  the last lines of one worker",
            "  drover logs web-0 --previous       what it wrote before it ended the last time",
            "  drover logs web -f                 what the workers of a pool write, each line with who wrote it",
            "  drover logs web -f --tail 0        only from now on",
            "  drover logs pool/web-0             the pool, where a worker is called the same",
            "",
            "Exit codes: 0 fine, also when what it followed is no more, 1 failed, 2 usage, 3 no such worker or pool, or"
                    + " none has ended (--previous), 4 cannot reach the master, or it has stopped."
        })
final class LogsCommand implements Runnable {

    private final DroverCommand drover;

    @Parameters(paramLabel = "WORKER|POOL", description = "As in web-0 or worker/web-0, web or pool/web.")
    private String target = "";

    @Option(
            names = {"-f", "--follow"},
            description = "Go on with what is written from now on, also by later incarnations.")
    private boolean follow;

    @Option(
            names = {"-p", "--previous"},
            description = "Show the last incarnation that has ended instead.")
    private boolean previous;

    @Option(
            names = "--tail",
            paramLabel = "N",
            description =
                    "At most so many of the lines that are kept of each worker, the last ones; -1 (default): all.")
    private int tail = -1;

    @Option(names = "--prefix", description = "Begin each line with who wrote it; usual for a pool.")
    private boolean prefix;

    @Option(names = "--timestamps", description = "Begin each line with when it was read.")
    private boolean timestamps;

    LogsCommand(DroverCommand drover) {
        this.drover = drover;
    }

    @Override
    public void run() {
        if (tail < -1) {
            throw new CliException(
                    ExitCode.USAGE,
                    "cannot read the logs of " + target + ": --tail " + tail
                            + " is no number of lines; give 0 or more, or" + " -1 for all");
        }
        if (follow && previous) {
            throw new CliException(
                    ExitCode.USAGE,
                    "cannot read the logs of " + target + ": what has ended writes nothing more; give --follow or"
                            + " --previous");
        }
        try (MasterClient master = drover.connect()) {
            var request = request(master);
            prefix |= request.hasPool();
            var time = follow ? drover.timeout() : Optional.of(drover.timeout(DroverCommand.CALL_TIMEOUT));
            boolean over = master.follow(
                    "read the logs of " + target,
                    time,
                    stub -> stub.readLogs(request),
                    Function.identity(),
                    this::show);
            if (!over && !follow) {
                throw new CliException(
                        ExitCode.UNREACHABLE,
                        "cannot read the logs of " + target + ": not all came within "
                                + time.orElseThrow().toMillis() + " ms; give it longer with --timeout");
            }
        }
    }

    private ReadLogsRequest request(MasterClient master) {
        var request = ReadLogsRequest.newBuilder().setFollow(follow).setPrevious(previous);
        if (tail >= 0) {
            request.setTail(tail);
        }
        int slash = target.indexOf('/');
        String kind = target.substring(0, Math.max(0, slash));
        String name = target.substring(slash + 1);
        boolean pool = slash >= 0 ? PoolName.isKind(kind) : isPool(master, name);
        if (name.isEmpty() || (slash >= 0 && !pool && !kind.equals("worker"))) {
            throw new CliException(
                    ExitCode.USAGE,
                    "cannot read the logs of '" + target
                            + "': write a worker, as in web-0 or worker/web-0, or a pool, as" + " in web or pool/web");
        }
        return pool ? request.setPool(name).build() : request.setWorker(name).build();
    }

    /// A worker comes first. The look has a bound of its own: a master that does not answer is told as such.
    private boolean isPool(MasterClient master, String name) {
        var purpose = "read the logs of " + target;
        var workers = master.call(purpose, stub -> stub.listWorkers(ListWorkersRequest.getDefaultInstance()));
        if (workers.getWorkersList().stream()
                .anyMatch(worker -> worker.getName().equals(name))) {
            return false;
        }
        var pools = master.call(purpose, stub -> stub.listPools(ListPoolsRequest.getDefaultInstance()));
        if (pools.getPoolsList().stream()
                .noneMatch(pool -> pool.getMetadata().getName().equals(name))) {
            throw new CliException(
                    ExitCode.NOT_FOUND,
                    "cannot " + purpose + ": no worker or pool of that name; 'drover get workers' shows the workers,"
                            + " 'drover get pools' the pools");
        }
        return true;
    }

    private void show(ReadLogsResponse response) {
        if (response.getLost() > 0) {
            drover.terminal()
                    .err()
                    .println("drover: " + response.getLost() + " lines lost: they came faster than they were read");
        }
        response.getLinesList().forEach(line -> drover.terminal().out().println(shown(line)));
        // Flushes too.
        if (drover.terminal().out().checkError()) {
            throw new CliException(ExitCode.FAILED, "cannot go on: nobody reads the output any more");
        }
    }

    private String shown(LogLine line) {
        var shown = new StringBuilder();
        if (prefix) {
            shown.append('[').append(line.getWorker()).append("] ");
        }
        if (timestamps) {
            shown.append(Instant.ofEpochSecond(
                            line.getTime().getSeconds(), line.getTime().getNanos()))
                    .append(' ');
        }
        return shown.append(line.getText()).toString();
    }
}
