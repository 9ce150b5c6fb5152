package dev.drover.cli;

import io.grpc.StatusRuntimeException;
import java.util.Optional;

/// Tells failures of messages, each with the next step.
final class Undelivered {

    private Undelivered() {}

    /// Empty where the master did not answer, or told no reason that this client knows.
    static Optional<CliException> told(String purpose, StatusRuntimeException failure) {
        return NextStep.reason(failure)
                .flatMap(reason -> next(reason)
                        .map(step -> new CliException(
                                reason.equals("NO_RECEIVER") ? ExitCode.NOT_FOUND : ExitCode.FAILED,
                                "cannot " + purpose + ": " + failure.getStatus().getDescription() + step)));
    }

    private static Optional<String> next(String reason) {
        return Optional.ofNullable(
                switch (reason) {
                    case "NO_RECEIVER" -> "; HEARTBEAT in 'drover get workers -o wide' shows who has a session";
                    case "NO_HANDLER" -> "; it was not delivered: its program must set a handler first";
                    case "QUEUE_FULL" -> "; it was not delivered: send again later, or wait longer with --timeout";
                    case "TOO_MUCH_IN_HAND" -> "; it was not delivered";
                    case "TOO_LARGE" -> "; 'drover run --max-message-bytes' sets how large a message may be";
                    case "PEER_GONE" -> "; it may have been delivered: look before you send again";
                    case "DEADLINE_EXCEEDED" ->
                        "; it may have been delivered: look before you send again, or wait longer with --timeout";
                    case "HANDLER_FAILED", "PROGRAM_EXISTS", "TOO_MANY_PROGRAMS", "RECEIPT_OVERDUE" -> "";
                    default -> null;
                });
    }
}
