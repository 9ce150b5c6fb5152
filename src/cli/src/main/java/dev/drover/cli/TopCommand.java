package dev.drover.cli;

import dev.drover.protocol.control.v1.ListUsageRequest;
import dev.drover.protocol.control.v1.ListUsageResponse;
import dev.drover.protocol.control.v1.Usage;
import dev.drover.protocol.control.v1.WorkerUsage;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `drover top`: what the master and its workers use, in place and again and again on a terminal, else once.
@Command(
        name = "top",
        description = {
            "Show what the master and its workers use of the machine, and what the workers have in hand.",
            "On a terminal it is shown again every 2 s until q is pressed or it is interrupted; elsewhere once.",
            "CPU(cores) is the time of whole CPUs, 1000m each, used since the measurement before, MEMORY(bytes) the resident"
                    + " memory. CONNECTIONS and IN-FLIGHT are what a worker last told of itself, SENT and RECEIVED the"
                    + " messages over its session."
        },
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  drover top                         the master and every worker",
            "  drover top pools                   the workers of each pool added up",
            "  drover top --sort-by memory        the largest first",
            "  drover top workers --pool web --once"
        })
final class TopCommand implements Runnable {

    /// What is shown.
    enum Kind {
        WORKERS,
        POOLS
    }

    /// As often as the master measures.
    private static final Duration PERIOD = Duration.ofSeconds(2);

    private final DroverCommand drover;

    @Parameters(paramLabel = "KIND", arity = "0..1", description = "workers (default) or pools.")
    private Kind kind = Kind.WORKERS;

    @Option(
            names = {"-p", "--pool"},
            paramLabel = "POOL",
            description = "Only this pool and its workers.")
    private String pool = "";

    @Option(
            names = "--sort-by",
            paramLabel = "COLUMN",
            description = "name (default), cpu, memory, connections, in-flight, messages or restarts; the most first.")
    private TopRow.Order order = TopRow.Order.NAME;

    @Option(names = "--once", description = "Show it once, also on a terminal.")
    private boolean once;

    @Option(names = "--no-headers", description = "A table without its headers.")
    private boolean noHeaders;

    TopCommand(DroverCommand drover) {
        this.drover = drover;
    }

    @Override
    public void run() {
        var terminal = drover.terminal();
        boolean dumb = terminal.environment().getOrDefault("TERM", "").equals("dumb");
        try (MasterClient master = drover.connect()) {
            // The first look before anything is drawn: a failure is told on a terminal that is as it was.
            ListUsageResponse usage = look(master);
            if (once || !terminal.interactive() || dumb) {
                table(usage, terminal.out());
            } else {
                follow(master, usage);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // it was told to end
        }
    }

    private void follow(MasterClient master, ListUsageResponse first) throws InterruptedException {
        try (var screen = new Screen(drover.terminal())) {
            ListUsageResponse usage = first;
            do {
                screen.draw(page(usage));
                if (!screen.pause(PERIOD)) {
                    return;
                }
                usage = look(master);
            } while (true);
        }
    }

    private ListUsageResponse look(MasterClient master) {
        var request = ListUsageRequest.newBuilder().setPool(pool).build();
        return master.call("tell what is used", stub -> stub.listUsage(request));
    }

    private List<String> page(ListUsageResponse usage) {
        var text = new ByteArrayOutputStream();
        table(usage, new PrintStream(text, false, StandardCharsets.UTF_8));
        var lines = new ArrayList<String>();
        lines.add(heading(usage));
        lines.add("");
        lines.addAll(text.toString(StandardCharsets.UTF_8).lines().toList());
        return lines;
    }

    /// All of it in one line: what the machine must give.
    private static String heading(ListUsageResponse usage) {
        List<Usage> all = Stream.concat(
                        Stream.of(usage.getMaster()),
                        usage.getWorkersList().stream().map(WorkerUsage::getUsage))
                .toList();
        return "%d workers and the master: %s CPU, %s memory   (every %ds; q quits)"
                .formatted(
                        usage.getWorkersCount(),
                        TopRow.millis(
                                all.stream().mapToDouble(Usage::getCpuCores).sum()),
                        TopRow.mebibytes(
                                all.stream().mapToLong(Usage::getRssBytes).sum()),
                        PERIOD.toSeconds());
    }

    private void table(ListUsageResponse usage, PrintStream out) {
        List<TopRow> rows = switch (kind) {
            case WORKERS -> TopRow.ofWorkers(usage);
            case POOLS -> TopRow.ofPools(usage);
        };
        var table = new ArrayList<List<String>>();
        table.add(TopRow.ofMaster(usage).cells());
        rows.stream().sorted(order.comparator()).map(TopRow::cells).forEach(table::add);
        var _ = new Table(out, new Colours(false), !noHeaders, TopRow.HEADERS, table);
    }
}
