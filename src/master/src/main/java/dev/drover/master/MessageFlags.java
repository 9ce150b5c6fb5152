package dev.drover.master;

import dev.drover.session.MessageLimits;
import java.util.regex.Pattern;
import picocli.CommandLine.Option;

/// The flags of `drover run` that bound messages, and what follows from them.
///
/// The master runs in a small heap, of which it needs 10 MiB itself. What waits to be taken may be a third of it,
/// calls of the control API that wait hold half as much again, and four of the largest messages fit into that
/// third: a large one is held up to four times while it passes through.
final class MessageFlags {
    private static final int MOST_QUEUED_MESSAGES = 1 << 16;

    private static final int HEAP_SHARE = 3;
    private static final int LARGEST_IN_TOTAL = 4;
    private static final int SENDERS_IN_TOTAL = 8;

    private static final Pattern BYTES = Pattern.compile("([0-9]{1,12})(KiB|MiB)?");

    @Option(
            names = "--max-message-bytes",
            paramLabel = "BYTES",
            defaultValue = "1MiB",
            description = "Largest payload of a message, a request or a reply: 1KiB to 16MiB, at most a quarter of "
                    + "--max-queued-bytes. Default: ${DEFAULT-VALUE}")
    private String messageBytes = "";

    @Option(
            names = "--max-queued-messages",
            paramLabel = "NUMBER",
            defaultValue = "4096",
            description = "Messages and requests from one sender to one receiver that no handler has taken yet. "
                    + "Default: ${DEFAULT-VALUE}")
    private int queuedMessages;

    @Option(
            names = "--max-queued-bytes",
            paramLabel = "BYTES",
            defaultValue = "16MiB",
            description = "Memory for all messages together that no handler has taken yet: at most a third of the "
                    + "master's heap (DROVER_HEAP, 64m). Default: ${DEFAULT-VALUE}")
    private String queuedBytes = "";

    /// @param heap the most memory the master may use, in bytes
    /// @throws IllegalArgumentException with the flag and what is allowed
    MessageLimits limits(long heap) {
        long total = bytes("--max-queued-bytes", queuedBytes);
        long largest = bytes("--max-message-bytes", messageBytes);
        check(
                largest >= 1024 && largest <= MessageLimits.MOST_PAYLOAD_BYTES,
                "--max-message-bytes: " + messageBytes + " is not within 1KiB..16MiB");
        check(
                total <= heap / HEAP_SHARE,
                "--max-queued-bytes: " + queuedBytes + " is more than a third of the heap, " + heap / HEAP_SHARE
                        + " bytes; lower it, or give the master a larger heap with DROVER_HEAP=256m in its environment");
        check(
                largest <= total / LARGEST_IN_TOTAL,
                "--max-message-bytes: " + messageBytes + " is more than a quarter of --max-queued-bytes, " + queuedBytes
                        + "; lower it or raise that");
        check(
                queuedMessages >= 1 && queuedMessages <= MOST_QUEUED_MESSAGES,
                "--max-queued-messages: " + queuedMessages + " is not within 1.." + MOST_QUEUED_MESSAGES);
        return new MessageLimits(
                (int) largest,
                queuedMessages,
                Math.max(largest, total / SENDERS_IN_TOTAL),
                Math.max(queuedMessages, MessageLimits.DEFAULT.maxMessages()),
                total,
                MessageLimits.DEFAULT.maxOpenRequests(),
                total);
    }

    private static long bytes(String flag, String text) {
        var matcher = BYTES.matcher(text);
        check(matcher.matches(), flag + ": '" + text + "' is no number of bytes; write it as 65536, 64KiB or 1MiB");
        long number = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "KiB" -> number << 10;
            case "MiB" -> number << 20;
            case null, default -> number;
        };
    }

    private static void check(boolean holds, String problem) {
        if (!holds) {
            throw new IllegalArgumentException(problem);
        }
    }
}
