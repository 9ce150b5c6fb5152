package dev.drover.cli;

import dev.drover.poolfile.Trees;
import dev.drover.protocol.control.v1.GetVersionRequest;
import dev.drover.protocol.control.v1.GetVersionResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `drover version`: the versions of both sides and what the kernel under the master can do.
@Command(
        name = "version",
        description = "Show the versions of client and master, and what the kernel under the master can do.",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {"  drover version", "  drover version --client            needs no master", "  drover version -o json"
        })
final class VersionCommand implements Callable<Integer> {

    /// How the versions are written.
    enum Format {
        TEXT,
        JSON,
        YAML
    }

    private final DroverCommand drover;

    @Option(names = "--client", description = "Only the client's; asks no master.")
    private boolean clientOnly;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "text (default), json or yaml.")
    private Format format = Format.TEXT;

    VersionCommand(DroverCommand drover) {
        this.drover = drover;
    }

    @Override
    public Integer call() {
        Optional<CliException> failure = Optional.empty();
        Map<String, Object> versions = new LinkedHashMap<>();
        versions.put("client", client());
        if (!clientOnly) {
            try (MasterClient master = drover.connect()) {
                versions.put(
                        "master",
                        tree(master.call(
                                "get the master's version",
                                stub -> stub.getVersion(GetVersionRequest.getDefaultInstance()))));
            } catch (CliException e) {
                failure = Optional.of(e);
            }
        }
        drover.terminal()
                .out()
                .print(
                        switch (format) {
                            case TEXT -> text(versions);
                            case JSON -> Trees.toJson(versions);
                            case YAML -> Trees.toYaml(List.of(versions));
                        });
        drover.terminal().out().flush();
        if (failure.isPresent()) {
            throw failure.get();
        }
        return ExitCode.OK;
    }

    private static Map<String, Object> client() {
        Map<String, Object> client = new LinkedHashMap<>();
        client.put("version", clientVersion());
        client.put("java", Runtime.version().toString());
        return client;
    }

    /// Field by field, which is quicker than what the message could tell of itself. Every capability is told, those the
    /// kernel lacks too.
    private static Map<String, Object> tree(GetVersionResponse version) {
        Map<String, Object> master = new LinkedHashMap<>();
        master.put("version", version.getVersion());
        master.put("pid", version.getPid());
        master.put("startedAt", Resources.instant(version.getStartedAt()).toString());
        master.put("kernel", version.getKernel());
        master.put("java", version.getJava());
        master.put("steering", version.getSteering());
        master.put("socketFilter", version.getSocketFilter());
        master.put("pidfd", version.getPidfd());
        master.put("closeFrom", version.getCloseFrom());
        return master;
    }

    private static String text(Map<String, Object> versions) {
        var text = new StringBuilder();
        versions.forEach((side, fields) -> {
            text.append(side).append(":\n");
            ((Map<?, ?>) fields)
                    .forEach((name, value) -> text.append("  %-13s %s%n".formatted(name + ":", told(name, value))));
        });
        return text.toString();
    }

    private static String told(Object name, Object value) {
        String meaning = switch (String.valueOf(name)) {
            case "steering" -> "new connections go to ready workers only (SO_ATTACH_REUSEPORT_CBPF)";
            case "socketFilter" -> "sockets are closed without loss (SO_ATTACH_FILTER)";
            case "pidfd" -> "exits are seen at once (pidfd_open)";
            case "closeFrom" -> "workers inherit nothing by mistake (posix_spawn_file_actions_addclosefrom_np)";
            default -> "";
        };
        String told = Table.oneLine(String.valueOf(value));
        return meaning.isEmpty() ? told : (told.equals("true") ? "yes" : "no ") + "  " + meaning;
    }

    private static String clientVersion() {
        try (var file = Objects.requireNonNull(VersionCommand.class.getResourceAsStream("version.txt"))) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
