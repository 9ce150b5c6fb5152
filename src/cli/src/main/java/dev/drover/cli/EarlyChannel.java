package dev.drover.cli;

import dev.drover.protocol.control.v1.ControlServiceGrpc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/// The channel to the master of this user, opened on a thread of its own while picocli looks at the line: most commands
/// go there, it is the longest part of a short one, and there is mostly a second core. Any thread.
final class EarlyChannel implements AutoCloseable {

    private record Open(Path socket, MasterChannel channel) {}

    private final CompletableFuture<Open> opened = new CompletableFuture<>();
    private final AtomicBoolean taken = new AtomicBoolean();

    private EarlyChannel() {}

    /// Nothing is opened.
    static EarlyChannel none() {
        var early = new EarlyChannel();
        early.taken.set(true);
        return early;
    }

    /// Begins, and does not wait.
    static EarlyChannel start(Map<String, String> environment, List<String> arguments) {
        if (Verbs.words(arguments).isEmpty()) {
            return none(); // help is wanted
        }
        var early = new EarlyChannel();
        // What goes elsewhere needs the same classes.
        boolean elsewhere = environment.containsKey(DroverCommand.ADDRESS_VARIABLE)
                || arguments.stream().anyMatch(argument -> argument.startsWith("--address"));
        var thread = new Thread(() -> early.open(environment, !elsewhere), "drover-early");
        thread.setDaemon(true);
        thread.start();
        return early;
    }

    private void open(Map<String, String> environment, boolean connects) {
        try {
            Path socket = RunDirectory.socket(RunDirectory.of(environment));
            var channel = MasterChannel.to(socket);
            if (connects && Files.exists(socket)) {
                channel.connect();
            }
            opened.complete(new Open(socket, channel));
            var _ = ControlServiceGrpc.newBlockingStub(channel.grpc());
        } catch (Throwable failure) {
            // It fails again where it is needed, and is told there.
            opened.completeExceptionally(failure);
        }
    }

    /// The channel to that socket, once: it is the taker's to close. Empty: none was opened.
    Optional<MasterChannel> take(Path socket) {
        Optional<Open> open = take();
        if (open.isPresent() && !open.get().socket().equals(socket)) {
            open.get().channel().close();
            return Optional.empty();
        }
        return open.map(Open::channel);
    }

    private Optional<Open> take() {
        return taken.compareAndSet(false, true)
                ? opened.handle((open, _) -> Optional.ofNullable(open)).join()
                : Optional.empty();
    }

    /// Closes what nobody took.
    @Override
    public void close() {
        take().ifPresent(open -> open.channel().close());
    }
}
