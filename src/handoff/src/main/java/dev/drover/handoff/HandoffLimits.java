package dev.drover.handoff;

import java.time.Duration;

/// The bounds of the handle socket, each with what it protects. Both ends keep them; the first two are the contract of
/// `handles.proto`.
public final class HandoffLimits {
    /// Bytes of one frame: the receive buffer of either end.
    public static final int MAX_FRAME_BYTES = 65_536;

    /// Descriptors with one frame: what a single datagram can add to a process's table.
    public static final int MAX_DESCRIPTORS = 64;

    /// From connecting to the Join, and from the Join to its answer: a silent peer does not hold a place.
    public static final Duration JOIN_TIMEOUT = Duration.ofSeconds(5);

    /// How long a worker waits for space in its socket: a master that does not read does not hold up its threads.
    public static final Duration SEND_TIMEOUT = Duration.ofSeconds(5);

    /// Connections without a Join: the master's descriptors. The oldest makes room.
    public static final int MAX_STRANGERS = 64;

    /// Transfers given to one peer that it has neither acknowledged nor refused: memory of both ends, and the
    /// descriptors under way. No queue of unsent frames stands beside it: a frame is in the kernel or was not sent.
    public static final int MAX_OPEN_TRANSFERS = 1_024;

    /// Transfers acknowledged by one frame, and so those a worker takes over at once; the contract of `handles.proto`.
    public static final int MAX_ACKNOWLEDGED = 64;

    /// Connections accepted in one turn of the loop: everybody else's share of it.
    static final int MAX_ACCEPTS_PER_TURN = 16;

    /// Frames read from one peer when it is about to be judged: more than its socket holds.
    static final int MAX_FRAMES_ARRIVED = 1_024;

    /// Ready and Draining frames of one peer within a second: repeating them is allowed, flooding is not.
    static final int MAX_STATUS_FRAMES_PER_SECOND = 64;

    /// ConnectionsEnded frames of one peer within a second. A worker sends some 50; what it sent while the loop was
    /// elsewhere comes at once, and that is no more than its socket holds, some 280 frames.
    static final int MAX_ENDED_FRAMES_PER_SECOND = 512;

    /// Dispatched sockets of a pool: what a Join is answered with.
    static final int MAX_DISPATCHED_SOCKETS = 64;

    /// Connections the kernel queues while the loop is elsewhere.
    static final int LISTEN_BACKLOG = 128;

    /// Bytes in UTF-8 of a pool's, a worker's or a socket's name: the longest DNS name.
    static final int MAX_NAME_BYTES = 253;

    /// Bytes of a token or a ticket.
    static final int MAX_SECRET_BYTES = 256;

    /// Bytes of a text for people; what is longer is cut by the sender.
    static final int MAX_TEXT_BYTES = 1_024;

    /// Bytes of an address: `sun_path` without its terminator.
    static final int MAX_ADDRESS_BYTES = 107;

    private HandoffLimits() {}
}
