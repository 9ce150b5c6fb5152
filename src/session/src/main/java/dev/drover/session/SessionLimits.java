package dev.drover.session;

import java.time.Duration;

/// The bounds of a session beside those of its messages.
final class SessionLimits {
    static final int PROTOCOL_VERSION = 1;

    /// From opening the stream to the Hello: a silent peer does not hold a place.
    static final Duration HELLO_TIMEOUT = Duration.ofSeconds(5);

    /// Connections that have no session, at once: descriptors and memory of the master.
    static final int MAX_STRANGERS = 64;

    /// Bytes that one of those may send: a Hello has a few hundred.
    static final int MAX_STRANGER_BYTES = 64 << 10;

    /// From the end of a session to the end of its connection: time to read the reason.
    static final Duration FAREWELL = Duration.ofSeconds(1);

    /// Between two signs of life.
    static final Duration SHORTEST_HEARTBEAT = Duration.ofMillis(10);

    /// Between two signs of life.
    static final Duration LONGEST_HEARTBEAT = Duration.ofHours(1);

    /// What one gRPC message may have beyond one payload: a batch of small ones, addresses, numbers.
    static final int MAX_OVERHEAD_BYTES = 1 << 20;

    /// Bytes one stream may have under way: no reader holds more of it unread.
    static final int FLOW_WINDOW_BYTES = 1 << 20;

    /// SO_SNDBUF of a session's socket: a whole batch goes out in one write, and the writer does not sleep in between.
    /// The kernel gives less where `net.core.wmem_max` says so.
    static final int SEND_BUFFER_BYTES = Link.MAX_BATCH_BYTES;

    /// Bytes a stream holds unwritten before it says that it is not ready.
    static final int READY_THRESHOLD_BYTES = 256 << 10;

    /// Headers and trailers of a call: there is nothing in them that we read.
    static final int MAX_METADATA_BYTES = 8 << 10;

    /// State reports of one worker within a second: saying them again is allowed, flooding is not.
    static final int MAX_REPORTS_PER_SECOND = 64;

    /// Between two lines for people that a worker tells: far from the bound above.
    static final Duration STATUS_PAUSE = Duration.ofMillis(100);

    /// What a master that takes metrics calls that.
    static final String METRICS = "metrics";

    /// What a worker that answers pings calls that.
    static final String PING = "ping";

    /// Intervals of the heartbeat from one ping to the next: the answer to each wakes the master, so that those of all
    /// workers together are few beside their signs of life.
    static final int HEARTBEATS_PER_PING = 10;

    /// Between two reports of what the application measures.
    static final Duration METRICS_INTERVAL = Duration.ofSeconds(5);

    /// In which reports are counted.
    static final Duration METRICS_WINDOW = Duration.ofSeconds(10);

    /// Reports within that: far from what a worker sends, also when several come at once.
    static final int MAX_METRICS_PER_WINDOW = 16;

    /// Bytes of one report.
    static final int MAX_METRICS_BYTES = 1 << 20;

    static final int MAX_CAPABILITIES = 64;

    static final int MAX_TICKET_BYTES = 256;

    static final int MAX_STATUS_BYTES = 1024;

    private SessionLimits() {}
}
