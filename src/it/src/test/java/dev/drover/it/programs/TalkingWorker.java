package dev.drover.it.programs;

import dev.drover.session.Address;
import dev.drover.session.Delivery;
import dev.drover.session.IncomingMessage;
import dev.drover.session.IncomingRequest;
import dev.drover.session.MessageException;
import dev.drover.session.Payload;
import dev.drover.worker.Worker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/// A worker that does what it is told.
///
/// | message | |
/// | --- | --- |
/// | `print X` | writes `heard X from SENDER` |
/// | `tell ADDRESS X` | sends `X` there and writes what became of it |
/// | `flood N BYTES` | sends so many of that size to the parent and writes `flooded DELIVERED FAILED` |
///
/// | request | |
/// | --- | --- |
/// | `echo X` | is answered `X by WORKER` |
/// | `fail X` | fails with an exception that says `X` |
/// | `left` | is answered with the seconds that its requester still waits |
/// | `hold` | is never answered; writes `holding`, and `withdrawn` when it is no longer wanted |
/// | `never` | is never answered |
/// | `ask ADDRESS X` | is answered with what that address answers to `X` |
public final class TalkingWorker {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final Worker worker;

    private TalkingWorker(Worker worker) {
        this.worker = worker;
    }

    public static void main(String[] arguments) {
        var talking = new TalkingWorker(Worker.join());
        talking.worker.messages().onMessage(talking::hear);
        talking.worker.messages().onRequest(talking::answer);
        talking.worker.ready();
    }

    private void hear(IncomingMessage message) {
        var words = message.payload().text().split(" ", 3);
        switch (words[0]) {
            case "print" -> System.out.println("heard " + words[1] + " from " + message.from());
            case "tell" -> tell(Address.parse(words[1]), words[2]);
            case "flood" -> flood(Integer.parseInt(words[1]), Integer.parseInt(words[2]));
            default ->
                throw new IllegalArgumentException(
                        "cannot do " + message.payload().text());
        }
    }

    private void tell(Address to, String text) {
        var _ = worker.messages().send(to, Payload.text(text)).handle((delivery, failure) -> {
            System.out.println("told " + to + " " + text + ": "
                    + (failure == null ? "delivered " + delivery.delivered() : reason(failure)));
            return delivery;
        });
    }

    private void flood(int count, int bytes) {
        var payload = Payload.of(new byte[bytes]);
        List<CompletableFuture<Delivery>> sent = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            sent.add(worker.messages().send(Address.parent(), payload, dev.drover.session.WhenFull.fail()));
        }
        System.out.println("flooded");
        // Not awaited here, where what its sender says next waits for this to end.
        var all = CompletableFuture.allOf(sent.toArray(CompletableFuture[]::new));
        var _ = all.whenComplete((_, _) -> {
            long failed = sent.stream()
                    .filter(CompletableFuture::isCompletedExceptionally)
                    .count();
            System.out.println("flooded " + (count - failed) + " " + failed);
        });
    }

    private void answer(IncomingRequest request) {
        var words = request.payload().text().split(" ", 3);
        switch (words[0]) {
            case "echo" -> request.reply(Payload.text(words[1] + " by " + worker.name()));
            case "fail" -> throw new IllegalArgumentException(words[1]);
            case "left" ->
                request.reply(Payload.text(Long.toString(request.timeLeft().toSeconds())));
            case "never" -> {}
            case "hold" -> {
                System.out.println("holding");
                request.onCancel(() -> System.out.println("withdrawn"));
            }
            case "ask" -> ask(request, Address.parse(words[1]), words[2]);
            default -> request.fail("cannot do " + words[0]);
        }
    }

    private void ask(IncomingRequest request, Address whom, String what) {
        var _ = worker.messages().request(whom, Payload.text(what), TIMEOUT).handleAsync((reply, failure) -> {
            if (failure == null) {
                request.reply(reply);
            } else {
                request.fail(reason(failure));
            }
            return reply;
        });
    }

    private static String reason(Throwable failure) {
        var cause = failure instanceof CompletionException wrapped ? wrapped.getCause() : failure;
        return cause instanceof MessageException told ? told.reason().name() : String.valueOf(cause);
    }
}
