package dev.drover.cli;

import dev.drover.poolfile.Trees;
import dev.drover.protocol.control.v1.ListRevisionsRequest;
import dev.drover.protocol.control.v1.Revision;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `drover rollout history`: shows the revisions of a pool.
@Command(
        name = "history",
        description = {
            "Show the revisions of a pool that are kept, the wanted one last; or all of one revision.",
            "CHANGE-CAUSE is what changed, or who wanted it."
        },
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  drover rollout history web",
            "  drover rollout history web --revision=3   with its template, as YAML"
        })
final class RolloutHistoryCommand implements Runnable {

    private final DroverCommand drover;

    @Parameters(paramLabel = "POOL", description = "The pool, as in web or pool/web.")
    private String pool = "";

    @Option(
            names = "--revision",
            paramLabel = "N",
            description = "Only this one, all of it; 0 (default): a table of all.")
    private int number;

    RolloutHistoryCommand(DroverCommand drover) {
        this.drover = drover;
    }

    @Override
    public void run() {
        String name = PoolName.parse("tell the history of", pool);
        var request = ListRevisionsRequest.newBuilder().setName(name).build();
        try (MasterClient master = drover.connect()) {
            List<Revision> revisions = master.call(
                            "tell the history of pool " + name, stub -> stub.listRevisions(request))
                    .getRevisionsList();
            if (number == 0) {
                table(revisions);
            } else {
                drover.terminal().out().print(Trees.toYaml(List.of(Trees.of(one(name, revisions)))));
            }
        }
    }

    private void table(List<Revision> revisions) {
        Instant now = drover.terminal().clock().instant();
        var _ = new Table(
                drover.terminal().out(),
                List.of("REVISION", "AGE", "CHANGE-CAUSE"),
                revisions.stream().map(revision -> row(revision, now)).toList());
    }

    private static List<String> row(Revision revision, Instant now) {
        return List.of(
                Integer.toString(revision.getNumber()),
                Durations.shown(Duration.between(Resources.instant(revision.getCreatedAt()), now)),
                revision.getCause());
    }

    private Revision one(String pool, List<Revision> revisions) {
        return revisions.stream()
                .filter(revision -> revision.getNumber() == number)
                .findFirst()
                .orElseThrow(() -> new CliException(
                        ExitCode.NOT_FOUND,
                        "cannot find revision " + number + " of pool " + pool + ": kept are "
                                + revisions.stream()
                                        .map(revision -> Integer.toString(revision.getNumber()))
                                        .collect(Collectors.joining(", "))));
    }
}
