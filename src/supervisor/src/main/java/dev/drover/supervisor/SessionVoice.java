package dev.drover.supervisor;

import dev.drover.protocol.worker.v1.MetricsReport;
import dev.drover.session.SessionEvents;
import dev.drover.session.WorkerSession;
import java.util.function.Consumer;

/// What happens to the session of a worker, told to the loop. Called on the session thread, which never waits for
/// it.
///
/// @param loop who is told
/// @param events what is done there
/// @param measured what its application measures, told at once, not on the loop
record SessionVoice(Loop loop, Consumer<Event> events, Consumer<MetricsReport> measured) implements SessionEvents {
    /// What happens.
    sealed interface Event {
        /// It is open.
        record Opened(WorkerSession session) implements Event {}

        /// The worker serves.
        record Ready() implements Event {}

        /// The worker takes no new work.
        record Draining() implements Event {}

        /// What the worker says of itself.
        record Status(String text) implements Event {}

        /// It has ended.
        record Closed(String why) implements Event {}
    }

    @Override
    public void opened(WorkerSession session) {
        tell(new Event.Opened(session));
    }

    @Override
    public void ready() {
        tell(new Event.Ready());
    }

    @Override
    public void draining() {
        tell(new Event.Draining());
    }

    @Override
    public void status(String text) {
        tell(new Event.Status(text));
    }

    @Override
    public void metrics(MetricsReport report) {
        measured.accept(report);
    }

    @Override
    public void closed(String why) {
        tell(new Event.Closed(why));
    }

    private void tell(Event event) {
        loop.post(() -> events.accept(event));
    }
}
