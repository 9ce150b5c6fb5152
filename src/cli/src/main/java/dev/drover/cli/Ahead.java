package dev.drover.cli;

import dev.drover.protocol.control.v1.ControlServiceGrpc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/// The way to the master of this user, opened on a thread of its own while picocli looks at the line: most commands go
/// there, it is the longest part of a short one, and there is mostly a second core. Any thread.
final class Ahead implements AutoCloseable {

    private record Open(Path socket, Way way) {}

    private final CompletableFuture<Open> opened = new CompletableFuture<>();
    private final AtomicBoolean taken = new AtomicBoolean();

    private Ahead() {}

    /// Nothing is opened.
    static Ahead none() {
        var ahead = new Ahead();
        ahead.taken.set(true);
        return ahead;
    }

    /// Begins, and does not wait.
    static Ahead start(Map<String, String> environment, List<String> arguments) {
        if (Verbs.words(arguments).isEmpty()) {
            return none(); // help is wanted
        }
        var ahead = new Ahead();
        // What goes elsewhere needs the same classes.
        boolean elsewhere = environment.containsKey(DroverCommand.ADDRESS_VARIABLE)
                || arguments.stream().anyMatch(argument -> argument.startsWith("--address"));
        var thread = new Thread(() -> ahead.open(environment, !elsewhere), "drover-ahead");
        thread.setDaemon(true);
        thread.start();
        return ahead;
    }

    private void open(Map<String, String> environment, boolean connects) {
        try {
            Path socket = RunDirectory.socket(RunDirectory.of(environment));
            var way = Way.to(socket);
            if (connects && Files.exists(socket)) {
                way.connect();
            }
            opened.complete(new Open(socket, way));
            var _ = ControlServiceGrpc.newBlockingStub(way.channel());
        } catch (Throwable failure) {
            // It fails again where it is needed, and is told there.
            opened.completeExceptionally(failure);
        }
    }

    /// The way to that socket, once: it is the taker's to close. Empty: none was opened.
    Optional<Way> take(Path socket) {
        Optional<Open> open = take();
        if (open.isPresent() && !open.get().socket().equals(socket)) {
            open.get().way().close();
            return Optional.empty();
        }
        return open.map(Open::way);
    }

    private Optional<Open> take() {
        return taken.compareAndSet(false, true)
                ? opened.handle((open, _) -> Optional.ofNullable(open)).join()
                : Optional.empty();
    }

    /// Closes what nobody took.
    @Override
    public void close() {
        take().ifPresent(open -> open.way().close());
    }
}
