package dev.drover.cli;

import dev.drover.protocol.control.v1.Everyone;
import dev.drover.protocol.control.v1.Senders;
import dev.drover.protocol.control.v1.SubscribeRequest;
import dev.drover.protocol.control.v1.SubscribeResponse;
import dev.drover.protocol.control.v1.Subscription;
import dev.drover.protocol.worker.v1.Address;
import dev.drover.protocol.worker.v1.Envelope;
import dev.drover.protocol.worker.v1.IdRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `drover subscribe`: shows what workers say to their parent.
@Command(
        name = "subscribe",
        description = {
            "Show what workers say to their parent, until interrupted.",
            "Shows what is said to this program's name too. One line each: who says it, what it is, and what it says."
                    + " A message counts as delivered once it is written."
        },
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  drover subscribe                        what every worker says to its parent",
            "  drover subscribe --pool web             only those of one pool",
            "  drover subscribe -o json | jq .text     for scripts",
            "  drover subscribe --name deployer        and what is said to program/deployer"
        })
final class SubscribeCommand implements Callable<Integer> {

    /// How it writes.
    enum Format {
        TEXT,
        JSON
    }

    private final DroverCommand drover;

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "By which name others reach it; only one at a time has it. Default: drover-subscribe-PID.")
    private Optional<String> name = Optional.empty();

    @Option(
            names = {"-p", "--pool"},
            paramLabel = "POOL",
            description = "Only what the workers of this pool say; may be given again.")
    private List<String> pools = new ArrayList<>();

    @Option(names = "--worker", paramLabel = "WORKER", description = "Only what this worker says; may be given again.")
    private List<String> workers = new ArrayList<>();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "text (default) or json, an object in each line.")
    private Format format = Format.TEXT;

    SubscribeCommand(DroverCommand drover) {
        this.drover = drover;
    }

    @Override
    public Integer call() throws InterruptedException {
        try (MasterClient master = drover.connect();
                var stream = master.subscribe("subscribe")) {
            stream.say(SubscribeRequest.newBuilder()
                    .setSubscription(subscription())
                    .build());
            for (var next = stream.next(); next.isPresent(); next = stream.next()) {
                show(next.get(), stream);
            }
            return ExitCode.OK;
        }
    }

    private Subscription subscription() {
        var subscription = Subscription.newBuilder()
                .setName(name.orElseGet(
                        () -> "drover-subscribe-" + ProcessHandle.current().pid()));
        if (pools.isEmpty() && workers.isEmpty()) {
            return subscription.setEveryone(Everyone.getDefaultInstance()).build();
        }
        var senders = Senders.newBuilder();
        pools.forEach(pool -> senders.addSenders(Address.newBuilder().setPool(pool)));
        workers.forEach(worker -> senders.addSenders(Address.newBuilder().setWorker(worker)));
        return subscription.setSenders(senders).build();
    }

    private void show(SubscribeResponse response, SubscriptionStream stream) {
        var out = drover.terminal().out();
        if (response.hasSubscribed()) {
            drover.terminal().err().println("Subscribed; Ctrl-C ends it.");
        }
        if (response.getEnvelopesCount() == 0) {
            return;
        }
        response.getEnvelopesList().forEach(envelope -> out.println(text(envelope)));
        out.flush();
        if (out.checkError()) {
            // Whoever read it is gone: what was not written is not signed for.
            throw new CliException(ExitCode.FAILED, "cannot go on: nobody reads the output any more");
        }
        stream.say(SubscribeRequest.newBuilder()
                .addTaken(IdRange.newBuilder()
                        .setFirst(response.getEnvelopes(0).getId())
                        .setLast(response.getEnvelopes(response.getEnvelopesCount() - 1)
                                .getId()))
                .build());
    }

    private String text(Envelope envelope) {
        return switch (format) {
            case TEXT -> Said.line(envelope);
            case JSON -> Said.json(envelope);
        };
    }
}
