package dev.drover.session;

import java.time.Duration;
import java.util.Optional;

/// The master's end of the session of one incarnation.
public final class WorkerSession {
    private final String pool;
    private final String worker;
    private final int incarnation;
    private final Duration heartbeatInterval;
    private final Pings pings;
    private final Link link;
    private final Runnable end;

    /// Written by the session thread, read by everyone.
    private volatile long heartbeatNanos = System.nanoTime();

    /// Written by the session thread, read by everyone.
    private volatile Optional<Load> load = Optional.empty();

    /// Written by the owner, read by the switchboard.
    private volatile boolean ready;

    WorkerSession(SessionVerdict.Admitted admitted, Link link, Runnable end) {
        this.pool = admitted.pool();
        this.worker = admitted.worker();
        this.incarnation = admitted.incarnation();
        this.heartbeatInterval = admitted.heartbeatInterval();
        this.pings = new Pings(Duration.ofNanos(heartbeatInterval.toNanos() * SessionLimits.HEARTBEATS_PER_PING));
        this.link = link;
        this.end = end;
    }

    /// `web`.
    public String pool() {
        return pool;
    }

    /// `web-0`.
    public String worker() {
        return worker;
    }

    /// Its number.
    public int incarnation() {
        return incarnation;
    }

    /// How often this worker was asked for a sign of life, for as long as its session lasts: whoever judges it by one
    /// that is missing counts in these.
    public Duration heartbeatInterval() {
        return heartbeatInterval;
    }

    /// When the last sign of life came, or else the Hello; of [System#nanoTime].
    public long heartbeatNanos() {
        return heartbeatNanos;
    }

    /// What the worker has in hand, if it tells.
    public Optional<Load> load() {
        return load;
    }

    /// How long the last ping over it took to be answered; empty until then, and where the worker answers none.
    public Optional<Duration> roundTrip() {
        return pings.last();
    }

    /// Messages and requests that the worker has sent.
    public long messagesSent() {
        return link.arrived();
    }

    /// Messages and requests that its handlers have taken.
    public long messagesReceived() {
        return link.delivered();
    }

    /// Tells whether it is this incarnation that gets what is addressed to its worker, before all others. Any
    /// thread.
    public void markReady(boolean isReady) {
        ready = isReady;
    }

    boolean isReady() {
        return ready;
    }

    /// Ends it: the process may live on. Any thread, idempotent.
    public void close() {
        end.run();
    }

    void beat(Optional<Load> told) {
        heartbeatNanos = System.nanoTime();
        load = told.or(() -> load);
    }

    Pings pings() {
        return pings;
    }

    Link link() {
        return link;
    }

    @Override
    public String toString() {
        return worker + "#" + incarnation;
    }
}
