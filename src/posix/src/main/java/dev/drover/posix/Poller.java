package dev.drover.posix;

import static dev.drover.posix.SysLayouts.EPOLL_EVENT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Waits until descriptors are ready and runs their handlers, on one thread (epoll).
///
/// The first thread that calls anything but [#wakeup] owns the poller; another one gets an [IllegalStateException].
/// `close()` leaves the registered descriptors alone.
public final class Poller implements AutoCloseable {
    /// What one `epoll_wait` hands over; what is left over comes first the next time, so nobody starves.
    private static final int BATCH = 128;

    private static final long EVENTS = SysLayouts.offset(EPOLL_EVENT, "events");
    private static final long DATA = SysLayouts.offset(EPOLL_EVENT, "data");
    private static final long WAKEUP = 0;
    private static final long NANOS_PER_MILLI = 1_000_000;

    /// EPOLLHUP, 0x10, is the highest event of [Readiness].
    private static final int COMBINATIONS = 0x20;

    private final Fd epoll;
    private final Fd wakeups;
    private final MemorySegment state;
    private final MemorySegment events;
    private final MemorySegment counter;
    private final Map<Long, Registration> registrations = new HashMap<>();
    private final AtomicReference<Optional<Thread>> owner = new AtomicReference<>(Optional.empty());

    /// Whether a wakeup is under way, so that many of them cost one system call.
    private final AtomicBoolean awake = new AtomicBoolean();

    private long lastKey = WAKEUP;
    private boolean polling;

    /// What a handler wants to be told of.
    public enum Interest {
        /// Something to read or to accept, or the end of the stream; for a pidfd: the process has ended.
        READABLE(SysEpoll.EPOLLIN),
        /// Room to write.
        WRITABLE(SysEpoll.EPOLLOUT);

        private final int mask;

        Interest(int mask) {
            this.mask = mask;
        }
    }

    /// What a handler is told.
    public enum Readiness {
        /// See [Interest#READABLE].
        READABLE(SysEpoll.EPOLLIN),
        /// See [Interest#WRITABLE].
        WRITABLE(SysEpoll.EPOLLOUT),
        /// Both directions have ended; for a listener: it does not listen (any more).
        HANG_UP(SysEpoll.EPOLLHUP),
        /// An error is pending; for a pipe: the reader is gone.
        ERROR(SysEpoll.EPOLLERR);

        private final int mask;

        Readiness(int mask) {
            this.mask = mask;
        }

        /// Every combination, by the bits of its members, all of which are below [#COMBINATIONS].
        private static final List<Set<Readiness>> SETS =
                IntStream.range(0, COMBINATIONS).mapToObj(Readiness::setOf).toList();

        private static Set<Readiness> of(int events) {
            return SETS.get(events & (COMBINATIONS - 1));
        }

        private static Set<Readiness> setOf(int events) {
            return Stream.of(values())
                    .filter(readiness -> (events & readiness.mask) != 0)
                    .collect(Collectors.toUnmodifiableSet());
        }
    }

    private Poller(Fd epoll, Fd wakeups) {
        this.epoll = epoll;
        this.wakeups = wakeups;
        // The garbage collector frees it, so that no close can pull it away under a call.
        var arena = Arena.ofAuto();
        state = SysCall.newState(arena);
        events = arena.allocate(EPOLL_EVENT, BATCH);
        counter = arena.allocate(JAVA_LONG);
    }

    /// A poller without an owner yet.
    public static Poller open() {
        var epoll = new Fd(
                PosixException.check(SysEpoll.create(SysEpoll.EPOLL_CLOEXEC), "epoll_create1", "cannot open a poller"));
        try {
            int number = SysIo.eventfd(0, SysIo.EFD_CLOEXEC | SysIo.EFD_NONBLOCK);
            var wakeups = new Fd(PosixException.check(number, "eventfd", "cannot open a poller"));
            var poller = new Poller(epoll, wakeups);
            poller.control(SysEpoll.EPOLL_CTL_ADD, wakeups, SysEpoll.EPOLLIN, WAKEUP);
            return poller;
        } catch (Throwable failure) {
            epoll.close();
            throw failure;
        }
    }

    /// Runs the handler whenever the descriptor is ready for one of these interests, hung up or in error.
    ///
    /// With interests it is told again at each [#poll] as long as the condition lasts. Without any it is told of
    /// [Readiness#HANG_UP] and [Readiness#ERROR] only, once when they come and, if they are there already, once at
    /// first: enough to notice that another holder has shut a listener down, without spinning on it. (A TCP socket
    /// that does not listen yet counts as hung up.)
    ///
    /// Cancel the registration before closing the descriptor: while another process holds a duplicate, the kernel
    /// goes on to report it, and there is no way left to stop that.
    public Registration add(Fd fd, Set<Interest> interest, Consumer<Set<Readiness>> handler) {
        assertOwner();
        var registration = new Registration(fd, handler, ++lastKey);
        control(SysEpoll.EPOLL_CTL_ADD, fd, mask(interest), registration.key);
        registrations.put(registration.key, registration);
        return registration;
    }

    /// Waits until something is ready, [#wakeup] was called or the time has passed, then runs the handlers that are
    /// due, each with what is ready.
    ///
    /// Handlers may add, change and cancel; one that was cancelled by another of the same batch is not run. When
    /// handlers throw, the others still run; then the first failure is thrown with the rest suppressed.
    ///
    /// @param timeout rounded up to milliseconds; zero does not wait
    /// @return how many handlers were run
    public int poll(Duration timeout) {
        assertOwner();
        if (polling) {
            throw new IllegalStateException("a handler called poll of its own poller");
        }
        int millis = millis(timeout);
        int count = epoll.use(n -> SysEpoll.await(state, n, events, BATCH, millis));
        if (count == -Errno.EINTR) {
            return 0;
        }
        PosixException.check(count, "epoll_wait", "cannot wait for descriptors");
        polling = true;
        try {
            return dispatch(count);
        } finally {
            polling = false;
        }
    }

    private int dispatch(int count) {
        int run = 0;
        Optional<Throwable> failure = Optional.empty();
        for (int i = 0; i < count; i++) {
            long at = i * EPOLL_EVENT.byteSize();
            long key = events.get(JAVA_LONG_UNALIGNED, at + DATA);
            if (key == WAKEUP) {
                takeWakeup();
                continue;
            }
            var registration = registrations.get(key);
            if (registration == null) {
                // Cancelled by a handler of this batch.
                continue;
            }
            run++;
            try {
                registration.handler.accept(Readiness.of(events.get(JAVA_INT, at + EVENTS)));
            } catch (RuntimeException | Error thrown) {
                failure.ifPresent(first -> first.addSuppressed(thrown));
                failure = failure.or(() -> Optional.of(thrown));
            }
        }
        failure.ifPresent(Poller::rethrow);
        return run;
    }

    private static void rethrow(Throwable failure) {
        switch (failure) {
            case RuntimeException exception -> throw exception;
            case Error error -> throw error;
            default -> throw new AssertionError("a handler threw a checked exception", failure);
        }
    }

    /// Ends the current [#poll], or the next one at once. From any thread, also after `close()`, when it does
    /// nothing.
    ///
    /// What the caller wrote before is seen by the owner after that poll.
    public void wakeup() {
        if (awake.getAndSet(true)) {
            return;
        }
        try (var arena = Arena.ofConfined()) {
            var one = arena.allocateFrom(JAVA_LONG, 1);
            int result = wakeups.use(n -> SysIo.write(n, one.address(), JAVA_LONG.byteSize()));
            PosixException.check(result, "write", "cannot wake a poller");
        } catch (IllegalStateException closed) {
            if (wakeups.isOpen()) {
                throw closed;
            }
        }
    }

    /// Empties the counter first: a wakeup in between finds itself covered, as its caller has put its work where
    /// the owner looks after this poll.
    private void takeWakeup() {
        int result = wakeups.use(n -> SysIo.read(n, counter.address(), JAVA_LONG.byteSize()));
        if (result != -Errno.EAGAIN) {
            PosixException.check(result, "read", "cannot take a wakeup");
        }
        awake.set(false);
    }

    @Override
    public void close() {
        assertOwner();
        registrations.clear();
        try (epoll) {
            wakeups.close();
        }
    }

    private void control(int operation, Fd fd, int mask, long key) {
        try (var arena = Arena.ofConfined()) {
            var event = arena.allocate(EPOLL_EVENT);
            event.set(JAVA_INT, EVENTS, mask);
            event.set(JAVA_LONG_UNALIGNED, DATA, key);
            int result = epoll.use(e -> fd.use(n -> SysEpoll.ctl(e, operation, n, event)));
            PosixException.check(result, "epoll_ctl", "cannot watch", fd);
        }
    }

    /// The kernel always reports hang-ups and errors; edge-triggered, so that a lasting one is reported once.
    private static int mask(Set<Interest> interest) {
        return interest.stream()
                .mapToInt(wanted -> wanted.mask)
                .reduce((a, b) -> a | b)
                .orElse(SysEpoll.EPOLLET);
    }

    private static int millis(Duration timeout) {
        if (timeout.isNegative()) {
            throw new IllegalArgumentException("cannot poll for " + timeout + ": it is negative");
        }
        boolean endless = timeout.compareTo(Duration.ofMillis(Integer.MAX_VALUE)) >= 0;
        return endless ? Integer.MAX_VALUE : (int) Math.ceilDiv(timeout.toNanos(), NANOS_PER_MILLI);
    }

    private void assertOwner() {
        var current = Thread.currentThread();
        var found = owner.get();
        if (found.isEmpty() && owner.compareAndSet(found, Optional.of(current))) {
            return;
        }
        var holder = owner.get().orElseThrow();
        if (holder != current) {
            throw new IllegalStateException(
                    "thread " + current.getName() + " used the poller of thread " + holder.getName());
        }
    }

    /// A descriptor under watch, with its handler. To be used by the poller's owner.
    public final class Registration {
        private final Fd fd;
        private final Consumer<Set<Readiness>> handler;
        private final long key;

        private Registration(Fd fd, Consumer<Set<Readiness>> handler, long key) {
            this.fd = fd;
            this.handler = handler;
            this.key = key;
        }

        /// Replaces the interests. What is ready already is told again, at once.
        ///
        /// @throws IllegalStateException when it was cancelled
        public void change(Set<Interest> interest) {
            assertOwner();
            if (!registrations.containsKey(key)) {
                throw new IllegalStateException("the watch of " + fd + " was cancelled");
            }
            control(SysEpoll.EPOLL_CTL_MOD, fd, mask(interest), key);
        }

        /// Ends the watch; the handler is not run again, not even for what this batch has found. Idempotent.
        ///
        /// @throws IllegalStateException when the descriptor was closed or given away before; see [Poller#add]
        public void cancel() {
            assertOwner();
            if (registrations.remove(key) != null) {
                control(SysEpoll.EPOLL_CTL_DEL, fd, 0, key);
            }
        }
    }
}
