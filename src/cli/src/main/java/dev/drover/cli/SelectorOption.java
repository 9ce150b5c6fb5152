package dev.drover.cli;

import java.util.List;
import picocli.CommandLine.Option;

/// `-l team=shop`: which things are meant, by labels. The master reads and applies it.
final class SelectorOption {

    @Option(
            names = {"-l", "--selector"},
            paramLabel = "LABELS",
            description = "Only those of pools with these labels: team=shop,env in (dev,test),!canary.")
    private String labels = "";

    /// As the master takes it; empty: all.
    ///
    /// @param purpose what is to be done, `get pools`
    /// @throws CliException when names are given too, as with kubectl
    String checked(String purpose, List<String> names) {
        if (!labels.isEmpty() && !names.isEmpty()) {
            throw new CliException(
                    ExitCode.USAGE,
                    "cannot " + purpose + ": names and a selector exclude each other; give one of them");
        }
        return labels;
    }
}
