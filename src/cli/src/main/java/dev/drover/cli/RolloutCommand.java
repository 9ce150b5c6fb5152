package dev.drover.cli;

import dev.drover.protocol.control.v1.PauseOrder;
import dev.drover.protocol.control.v1.RestartOrder;
import dev.drover.protocol.control.v1.ResumeOrder;
import dev.drover.protocol.control.v1.RolloutPoolRequest;
import dev.drover.protocol.control.v1.UndoOrder;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `drover rollout`: follows and steers how a pool comes from one revision to the next.
@Command(
        name = "rollout",
        description = "Follow and steer how a pool comes from one revision of its template to the next.",
        synopsisSubcommandLabel = "status|history|restart|undo|pause|resume POOL",
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  drover rollout status web             wait until it is complete, or has failed",
            "  drover rollout restart web            replace every worker, no request lost",
            "  drover rollout undo web               back to the revision before",
            "  drover rollout history web            which revisions there are"
        })
final class RolloutCommand implements Runnable {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /// @param words what is asked for
    static CommandLine line(DroverCommand drover, List<String> words) {
        return new Verbs()
                .add(() -> new RolloutStatusCommand(drover), "status")
                .add(() -> new RolloutHistoryCommand(drover), "history")
                .add(() -> new Restart(drover), "restart")
                .add(() -> new Undo(drover), "undo")
                .add(() -> new Pause(drover), "pause")
                .add(() -> new Resume(drover), "resume")
                .below(new CommandLine(new RolloutCommand()), words);
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "Missing what to do: status, history, restart, undo, pause or resume");
    }

    /// What the orders have in common.
    abstract static class Order implements Runnable {

        private final DroverCommand drover;
        private final String verb;
        private final String done;

        @Parameters(paramLabel = "POOL", description = "The pool, as in web or pool/web.")
        private String pool = "";

        /// @param done what is told where something was done
        Order(DroverCommand drover, String verb, String done) {
            this.drover = drover;
            this.verb = verb;
            this.done = done;
        }

        /// @param request with the name of the pool
        /// @return the same with the order
        abstract RolloutPoolRequest.Builder order(RolloutPoolRequest.Builder request);

        @Override
        public void run() {
            String name = PoolName.parse(verb + " the rollout of", pool);
            var request = order(RolloutPoolRequest.newBuilder().setName(name)).build();
            try (MasterClient master = drover.connect()) {
                var response = master.call(verb + " the rollout of pool " + name, stub -> stub.rolloutPool(request));
                drover.terminal()
                        .out()
                        .println("pool/" + name + " "
                                + (response.getChanged()
                                        ? done
                                        : "unchanged: " + Table.oneLine(response.getMessage())));
            }
        }
    }

    @Command(
            name = "restart",
            description = {
                "Replace every worker of a pool: a new revision with the same template, rolled out like any other.",
                "Returns when that is under way."
            },
            optionListHeading = "%nOptions:%n",
            footerHeading = "%nExamples:%n",
            footer = {"  drover rollout restart web", "  drover rollout restart web && drover rollout status web"})
    static final class Restart extends Order {

        Restart(DroverCommand drover) {
            super(drover, "restart", "restarted");
        }

        @Override
        RolloutPoolRequest.Builder order(RolloutPoolRequest.Builder request) {
            return request.setRestart(RestartOrder.getDefaultInstance());
        }
    }

    @Command(
            name = "undo",
            description = {
                "Want a former revision again. It gets the next number, its old one disappears.",
                "Returns when that is under way. Holds until the master reads its files again (SIGHUP)."
            },
            optionListHeading = "%nOptions:%n",
            footerHeading = "%nExamples:%n",
            footer = {
                "  drover rollout undo web                   to the revision before",
                "  drover rollout undo web --to-revision=3   'drover rollout history web' tells which there are"
            })
    static final class Undo extends Order {

        @Option(
                names = "--to-revision",
                paramLabel = "N",
                description = "Its number; 0 (default): the one before the wanted one.")
        private int toRevision;

        Undo(DroverCommand drover) {
            super(drover, "undo", "rolled back");
        }

        @Override
        RolloutPoolRequest.Builder order(RolloutPoolRequest.Builder request) {
            return request.setUndo(UndoOrder.newBuilder().setToRevision(toRevision));
        }
    }

    @Command(
            name = "pause",
            description = {
                "Roll nothing further. What was begun is finished, crashes are repaired.",
                "Changes of the template gather, and make one revision when it is resumed."
            },
            optionListHeading = "%nOptions:%n",
            footerHeading = "%nExamples:%n",
            footer = "  drover rollout pause web")
    static final class Pause extends Order {

        Pause(DroverCommand drover) {
            super(drover, "pause", "paused");
        }

        @Override
        RolloutPoolRequest.Builder order(RolloutPoolRequest.Builder request) {
            return request.setPause(PauseOrder.getDefaultInstance());
        }
    }

    @Command(
            name = "resume",
            description = "Go on with a rollout that is paused; its deadline begins anew.",
            optionListHeading = "%nOptions:%n",
            footerHeading = "%nExamples:%n",
            footer = "  drover rollout resume web")
    static final class Resume extends Order {

        Resume(DroverCommand drover) {
            super(drover, "resume", "resumed");
        }

        @Override
        RolloutPoolRequest.Builder order(RolloutPoolRequest.Builder request) {
            return request.setResume(ResumeOrder.getDefaultInstance());
        }
    }
}
