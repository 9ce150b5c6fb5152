package dev.drover.cli;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonParseException;
import com.google.gson.Strictness;
import com.google.protobuf.ByteString;
import dev.drover.protocol.control.v1.RequestRequest;
import dev.drover.protocol.control.v1.SendRequest;
import dev.drover.protocol.control.v1.SendResponse;
import dev.drover.protocol.worker.v1.Payload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `drover send`: says something to workers and programs.
@Command(
        name = "send",
        description = {
            "Send a message to a worker, a pool or a program, or a request and print its reply.",
            "Returns when a handler of the receiver has it. Nothing is ever sent twice: where the outcome is unknown,"
                    + " that is told."
        },
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  drover send web-0 --data 'clear the cache'",
            "  drover send pool/web --json '{\"log\": \"debug\"}'       every worker of the pool",
            "  drover send web-0 --json '{\"get\": \"stats\"}' --request  print the reply",
            "  drover send web-0 --file - --content-type text/csv < rows.csv",
            "  drover send program/deployer --data done            a program that runs 'drover subscribe' or the like",
            "",
            "Exit codes: 0 delivered, 1 not or unknown, 2 usage, 3 no such receiver, 4 cannot reach the master."
        })
final class SendCommand implements Callable<Integer> {

    private static final String TEXT = "text/plain; charset=utf-8";
    private static final String JSON = "application/json";
    private static final String BYTES = "application/octet-stream";

    private static final Pattern POSITION = Pattern.compile("line [0-9]+ column [0-9]+");

    /// For one that does not say how long it waits.
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final DroverCommand drover;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "TARGET", description = "Whom it is for: a worker (web-0), pool/NAME or program/NAME.")
    private String target = "";

    @Option(
            names = {"-d", "--data"},
            paramLabel = "TEXT",
            description = "Say this text.")
    private Optional<String> data = Optional.empty();

    @Option(names = "--json", paramLabel = "JSON", description = "Say this JSON.")
    private Optional<String> json = Optional.empty();

    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE",
            description = "Say what is in this file; - is the standard input.")
    private Optional<Path> file = Optional.empty();

    @Option(
            names = "--content-type",
            paramLabel = "TYPE",
            description = "What it is. Default: text/plain, application/json, and application/octet-stream of a file.")
    private Optional<String> contentType = Optional.empty();

    @Option(names = "--sender", paramLabel = "NAME", description = "Say it by this name. Default: anonymous.")
    private String sender = "";

    @Option(
            names = {"-r", "--request"},
            description = "Ask, and print the reply. --timeout (here 30s) is how long to wait for it.")
    private boolean request;

    @Option(names = "--output", paramLabel = "FILE", description = "Write the reply into this file.")
    private Optional<Path> output = Optional.empty();

    SendCommand(DroverCommand drover) {
        this.drover = drover;
    }

    @Override
    public Integer call() {
        var to = Target.parse(target);
        check(to);
        var payload = payload();
        try (MasterClient master = drover.connect()) {
            return request ? ask(master, to, payload) : send(master, to, payload);
        }
    }

    private void check(Target to) {
        if (Stream.of(data, json, file).filter(Optional::isPresent).count() != 1) {
            throw new ParameterException(
                    spec.commandLine(), "Missing what to say: one of --data TEXT, --json JSON or --file FILE");
        }
        if (request && to.isPool()) {
            throw new ParameterException(
                    spec.commandLine(), "A pool gives no single answer: ask one of its workers, as in web-0");
        }
        if (!request && output.isPresent()) {
            throw new ParameterException(spec.commandLine(), "Only a reply can be written: --output needs --request");
        }
    }

    private Payload payload() {
        if (json.isPresent()) {
            return payload(ByteString.copyFromUtf8(valid(json.get())), JSON);
        }
        return file.map(path -> payload(read(path), BYTES))
                .orElseGet(() -> payload(ByteString.copyFromUtf8(data.orElse("")), TEXT));
    }

    private Payload payload(ByteString bytes, String usualType) {
        return Payload.newBuilder()
                .setContentType(contentType.orElse(usualType))
                .setData(bytes)
                .build();
    }

    private static String valid(String text) {
        try {
            var value =
                    new GsonBuilder().setStrictness(Strictness.STRICT).create().fromJson(text, JsonElement.class);
            // Gson takes nothing for no value.
            if (value != null) {
                return text;
            }
        } catch (JsonParseException wrong) {
            throw noJson(text, POSITION.matcher(wrong.toString()).results().findFirst());
        }
        throw noJson(text, Optional.empty());
    }

    /// Of Gson's message only the position is for users.
    private static CliException noJson(String text, Optional<MatchResult> position) {
        return new CliException(
                ExitCode.USAGE,
                "cannot send --json '" + text + "': it is no JSON"
                        + position.map(found -> " (" + found.group() + ")").orElse("") + "; --data takes any text");
    }

    private ByteString read(Path path) {
        try {
            return path.toString().equals("-")
                    ? ByteString.readFrom(drover.terminal().in())
                    : ByteString.copyFrom(Files.readAllBytes(path));
        } catch (IOException failure) {
            throw new CliException(ExitCode.USAGE, "cannot read " + path + ": " + failure);
        }
    }

    private int send(MasterClient master, Target to, Payload payload) {
        var message = SendRequest.newBuilder()
                .setTo(to.address())
                .setPayload(payload)
                .setSender(sender)
                .setTimeout(MasterClient.wire(drover.timeout(TIMEOUT)))
                .build();
        var sent = master.say("send to " + to.text(), drover.timeout(TIMEOUT), stub -> stub.send(message));
        drover.terminal().out().println("message delivered to " + receivers(to, sent));
        if (sent.getFailed() > 0) {
            throw new CliException(
                    ExitCode.FAILED,
                    "cannot send to all of " + to.text() + ": " + sent.getFailed()
                            + " did not get it, or may not have; send to them by name, see 'drover get workers'");
        }
        return ExitCode.OK;
    }

    private static String receivers(Target to, SendResponse sent) {
        if (!to.isPool()) {
            return to.text();
        }
        int all = sent.getDelivered() + sent.getFailed();
        return sent.getDelivered() + " of " + all + (all == 1 ? " worker of " : " workers of ") + to.text();
    }

    private int ask(MasterClient master, Target to, Payload payload) {
        var question = RequestRequest.newBuilder()
                .setTo(to.address())
                .setPayload(payload)
                .setSender(sender)
                .setTimeout(MasterClient.wire(drover.timeout(TIMEOUT)))
                .build();
        var answer = master.say("ask " + to.text(), drover.timeout(TIMEOUT), stub -> stub.request(question));
        print(to, answer.getReply());
        return ExitCode.OK;
    }

    private void print(Target from, Payload reply) {
        if (output.isPresent()) {
            write(output.get(), reply.getData());
            return;
        }
        var terminal = drover.terminal();
        boolean text = reply.getData().isValidUtf8();
        if (terminal.interactive() && !text) {
            throw new CliException(
                    ExitCode.FAILED,
                    "cannot print the reply of " + from.text() + ": " + Said.describe(reply)
                            + " would spoil the terminal; it has been answered, so write it with --output FILE or into"
                            + " a pipe when you ask again");
        }
        terminal.out().write(reply.getData().toByteArray(), 0, reply.getData().size());
        if (terminal.interactive() && !reply.getData().endsWith(ByteString.copyFromUtf8("\n"))) {
            terminal.out().println();
        }
    }

    private static void write(Path path, ByteString bytes) {
        try (var out = Files.newOutputStream(path)) {
            bytes.writeTo(out);
        } catch (IOException failure) {
            throw new CliException(ExitCode.FAILED, "cannot write the reply to " + path + ": " + failure);
        }
    }
}
