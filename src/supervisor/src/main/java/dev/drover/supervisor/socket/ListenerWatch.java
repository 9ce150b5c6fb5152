package dev.drover.supervisor.socket;

import dev.drover.posix.Listener;
import dev.drover.posix.Poller;
import dev.drover.posix.Poller.Readiness;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/// Hears that listeners were shut down, from the time it is started, and passes events on.
final class ListenerWatch implements AutoCloseable {
    private final Map<Listener, Runnable> watched = new LinkedHashMap<>();
    private final Map<Listener, Poller.Registration> registrations = new LinkedHashMap<>();
    private Optional<Poller> poller = Optional.empty();
    private Consumer<SocketEvent> events = _ -> {};

    /// Runs the action each time this listener was shut down.
    void add(Listener listener, Runnable shutDown) {
        watched.put(listener, shutDown);
        poller.ifPresent(started -> register(started, listener, shutDown));
    }

    void start(Poller toStart, Consumer<SocketEvent> toTell) {
        if (poller.isPresent()) {
            throw new IllegalStateException("the socket is watched already");
        }
        poller = Optional.of(toStart);
        events = toTell;
        watched.forEach((listener, shutDown) -> register(toStart, listener, shutDown));
    }

    /// Without interests: only a hang-up is told, once for each shutdown, and never a connection that waits.
    private void register(Poller started, Listener listener, Runnable shutDown) {
        var registration = started.add(listener.fd(), Set.of(), readiness -> {
            if (readiness.contains(Readiness.HANG_UP)) {
                shutDown.run();
            }
        });
        registrations.put(listener, registration);
    }

    /// To be called before the listener is closed: workers hold duplicates, so the kernel would go on to report.
    void remove(Listener listener) {
        watched.remove(listener);
        Optional.ofNullable(registrations.remove(listener)).ifPresent(Poller.Registration::cancel);
    }

    void tell(SocketEvent event) {
        events.accept(event);
    }

    /// To be called before the listeners are closed.
    @Override
    public void close() {
        registrations.values().forEach(Poller.Registration::cancel);
        registrations.clear();
        watched.clear();
    }
}
