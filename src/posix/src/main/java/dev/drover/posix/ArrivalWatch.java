package dev.drover.posix;

import static dev.drover.posix.SysLayouts.EPOLL_EVENT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.util.function.IntUnaryOperator;

/// Waits on one thread for what another thread reads: tells once that a socket is readable, and then not again until
/// [#rearm]. That the connection has ended it tells at any time, whether or not somebody reads.
///
/// One thread may wait while others rearm and close. The socket stays its owner's and must outlive it.
public final class ArrivalWatch implements AutoCloseable {
    private static final long EVENTS = SysLayouts.offset(EPOLL_EVENT, "events");
    private static final long DATA = SysLayouts.offset(EPOLL_EVENT, "data");

    /// What the two entries are told apart by.
    private static final long ARRIVALS = 0;

    private static final long END = 1;
    private static final int ENTRIES = 2;
    private static final int WITHOUT_END = -1;

    private final Fd epoll;
    private final Fd socket;

    /// Of the same socket, because an entry that has told once is silent about everything, the end included.
    private final Fd watchedForEnd;

    private final MemorySegment state;
    private final MemorySegment events;

    /// What is said to arm it, again and again; never written after it was made.
    private final MemorySegment armed;

    /// Made once: what a lambda captures costs more to allocate than the rest of it.
    private final IntUnaryOperator wait;

    /// What there is to tell.
    public enum Event {
        /// Something has arrived. Not told again before [#rearm].
        READABLE,

        /// Both directions have ended; what had arrived before may still be there. Told again each time.
        ENDED
    }

    private ArrivalWatch(Fd epoll, Fd socket, Fd watchedForEnd) {
        this.epoll = epoll;
        this.socket = socket;
        this.watchedForEnd = watchedForEnd;
        // The garbage collector frees it, so that no close can pull it away under a call.
        var arena = Arena.ofAuto();
        state = SysCall.newState(arena);
        events = arena.allocate(EPOLL_EVENT, ENTRIES);
        armed = event(arena, SysEpoll.EPOLLIN | SysEpoll.EPOLLONESHOT, ARRIVALS);
        wait = n -> SysEpoll.await(state, n, events, ENTRIES, WITHOUT_END);
    }

    private static MemorySegment event(Arena arena, int mask, long key) {
        var event = arena.allocate(EPOLL_EVENT);
        event.set(JAVA_INT, EVENTS, mask);
        event.set(JAVA_LONG_UNALIGNED, DATA, key);
        return event;
    }

    /// A watch that is armed.
    public static ArrivalWatch of(Fd socket) {
        var epoll = new Fd(
                PosixException.check(SysEpoll.create(SysEpoll.EPOLL_CLOEXEC), "epoll_create1", "cannot watch", socket));
        try {
            var duplicate = socket.duplicate();
            try {
                var watch = new ArrivalWatch(epoll, socket, duplicate);
                watch.control(SysEpoll.EPOLL_CTL_ADD, socket, watch.armed);
                try (var arena = Arena.ofConfined()) {
                    // The kernel always reports the end.
                    watch.control(SysEpoll.EPOLL_CTL_ADD, duplicate, event(arena, 0, END));
                }
                return watch;
            } catch (Throwable failure) {
                duplicate.close();
                throw failure;
            }
        } catch (Throwable failure) {
            epoll.close();
            throw failure;
        }
    }

    /// Waits for the next event; of two at once it tells the end.
    public Event await() {
        while (true) {
            int count = epoll.use(wait);
            if (count == -Errno.EINTR) {
                continue;
            }
            PosixException.check(count, "epoll_wait", "cannot wait for", socket);
            return told(count);
        }
    }

    private Event told(int count) {
        for (int i = 0; i < count; i++) {
            if (events.get(JAVA_LONG_UNALIGNED, i * EPOLL_EVENT.byteSize() + DATA) == END) {
                return Event.ENDED;
            }
        }
        return Event.READABLE;
    }

    /// Tells once more: at once when something is there already. From any thread; after `close()`, or when the socket
    /// is closed, it does nothing.
    public void rearm() {
        try {
            control(SysEpoll.EPOLL_CTL_MOD, socket, armed);
        } catch (IllegalStateException closed) {
            if (epoll.isOpen() && socket.isOpen()) {
                throw closed;
            }
        }
    }

    private void control(int operation, Fd fd, MemorySegment event) {
        try {
            int result = epoll.use(e -> fd.use(n -> SysEpoll.ctl(e, operation, n, event)));
            PosixException.check(result, "epoll_ctl", "cannot watch", fd);
        } finally {
            Reference.reachabilityFence(event);
        }
    }

    @Override
    public void close() {
        try (epoll) {
            watchedForEnd.close();
        }
    }
}
