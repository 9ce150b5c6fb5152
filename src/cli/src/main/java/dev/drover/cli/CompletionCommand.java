package dev.drover.cli;

import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `drover completion`: what a shell must know to complete commands.
@Command(
        name = "completion",
        description = {
            "Write what bash or zsh needs to complete commands, flags, and names of what a running master has.",
            "Names come from the master that the command would speak to; while none answers, none are offered."
        },
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  drover completion bash >/etc/bash_completion.d/drover         in every bash",
            "  source <(drover completion bash)                              in this shell",
            "  source <(drover completion zsh)                               likewise; after compinit"
        })
final class CompletionCommand implements Runnable {

    /// For which it can be written.
    enum Shell {
        BASH,
        ZSH
    }

    private final DroverCommand drover;

    @Parameters(paramLabel = "SHELL", description = "bash or zsh.")
    private Shell shell = Shell.BASH;

    CompletionCommand(DroverCommand drover) {
        this.drover = drover;
    }

    @Override
    public void run() {
        var whole = DroverCommand.line(drover.terminal());
        drover.terminal().out().print(CompletionScript.of(whole, shell));
    }

    /// `drover __complete pools`, for the scripts: the names of what the master has, one a line; nothing where it does
    /// not answer at once. Never fails.
    @Command(name = "__complete", hidden = true)
    static final class Names implements Runnable {

        private final DroverCommand drover;

        @Parameters(paramLabel = "KIND")
        private String kind = "";

        Names(DroverCommand drover) {
            this.drover = drover;
        }

        @Override
        public void run() {
            try (MasterClient master = drover.connect(DroverCommand.COMPLETION_TIMEOUT)) {
                names(new Listings(master, "complete")).stream()
                        .distinct()
                        .forEach(drover.terminal().out()::println);
            } catch (CliException _) {
                // whoever presses the tabulator wants no word of it
            }
        }

        private List<String> names(Listings listings) {
            return switch (kind.toLowerCase(Locale.ROOT)) {
                case "pools" ->
                    listings.pools("").stream().map(Resources.POOL.name()).toList();
                case "workers" ->
                    listings.workers("", "").stream()
                            .map(Resources.WORKER.name())
                            .toList();
                case "sockets" ->
                    listings.sockets("").stream().map(Resources.SOCKET.name()).toList();
                default -> List.of();
            };
        }
    }
}
