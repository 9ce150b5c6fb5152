package dev.drover.posix;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntUnaryOperator;

/// A file descriptor and the duty to close it.
///
/// Exactly one object owns it. `close()` is idempotent and safe from any thread: while another thread is inside a
/// call on it, the descriptor closes when that call returns, so its number can never come to mean another file in
/// between. A use after `close()` or `release()` is an [IllegalStateException]. Every descriptor is `CLOEXEC`.
public final class Fd implements AutoCloseable {
    private static final int CLOSED = 1 << 31;
    private static final int RELEASED = 1 << 30;
    private static final int STAGING_LIMIT = 64 * 1024;

    private final int number;

    /// Calls in progress, and above them how the ownership ended.
    private final AtomicInteger state = new AtomicInteger();

    /// Takes a descriptor that is `CLOEXEC` already.
    Fd(int number) {
        this.number = number;
    }

    /// Takes ownership of an open descriptor and sets `CLOEXEC`.
    ///
    /// @throws PosixException EBADF when no such descriptor is open
    public static Fd adopt(int number) {
        int result = SysIo.fcntl(number, SysIo.F_SETFD, SysIo.FD_CLOEXEC);
        PosixException.check(result, "fcntl", "cannot adopt descriptor " + number);
        return new Fd(number);
    }

    /// Gives the ownership away with the number, as to Netty's `EpollServerSocketChannel(int)`.
    public int release() {
        return end(CLOSED | RELEASED) ? number : refuse();
    }

    /// A second descriptor of the same open file; flags such as `O_NONBLOCK` stay shared between the two.
    public Fd duplicate() {
        return new Fd(check(use(n -> SysIo.fcntl(n, SysIo.F_DUPFD_CLOEXEC, 0)), "fcntl", "cannot duplicate"));
    }

    /// A duplicate whose number is at least `lowest`.
    Fd duplicateFrom(int lowest) {
        return new Fd(check(use(n -> SysIo.fcntl(n, SysIo.F_DUPFD_CLOEXEC, lowest)), "fcntl", "cannot duplicate"));
    }

    /// False after `close()` and `release()`.
    public boolean isOpen() {
        return state.get() >= 0;
    }

    /// Reads into the buffer's remaining space: the number of bytes, -1 at the end, 0 when it would block (or when
    /// there is no space).
    public int read(ByteBuffer into) {
        if (into.isReadOnly()) {
            throw new ReadOnlyBufferException();
        }
        int space = into.remaining();
        if (space == 0) {
            return 0;
        }
        int length;
        if (into.isDirect()) {
            long address = MemorySegment.ofBuffer(into).address();
            length = useBuffer(into, n -> SysIo.read(n, address, space));
        } else {
            length = readStaged(into, Math.min(space, STAGING_LIMIT));
        }
        if (length == 0) {
            return -1;
        }
        return length == -Errno.EAGAIN ? 0 : check(length, "read", "cannot read from");
    }

    private int readStaged(ByteBuffer into, int limit) {
        try (var arena = Arena.ofConfined()) {
            var staging = arena.allocate(limit);
            int length = use(n -> SysIo.read(n, staging.address(), limit));
            if (length > 0) {
                into.put(staging.asSlice(0, length).asByteBuffer());
            }
            return length;
        }
    }

    /// Writes from the buffer what the kernel takes: the number of bytes, 0 when it would block.
    public int write(ByteBuffer from) {
        int available = from.remaining();
        if (available == 0) {
            return 0;
        }
        int length;
        if (from.isDirect()) {
            long address = MemorySegment.ofBuffer(from).address();
            length = useBuffer(from, n -> SysIo.write(n, address, available));
        } else {
            length = writeStaged(from, Math.min(available, STAGING_LIMIT));
        }
        return length == -Errno.EAGAIN ? 0 : check(length, "write", "cannot write to");
    }

    private int writeStaged(ByteBuffer from, int limit) {
        try (var arena = Arena.ofConfined()) {
            var staging = arena.allocate(limit);
            staging.asByteBuffer().put(from.slice(from.position(), limit));
            return useBuffer(from, n -> SysIo.write(n, staging.address(), limit));
        }
    }

    /// Runs a transfer, keeps the buffer's memory alive meanwhile and moves its position by the result.
    private int useBuffer(ByteBuffer buffer, IntUnaryOperator transfer) {
        try {
            int length = use(transfer);
            if (length > 0) {
                buffer.position(buffer.position() + length);
            }
            return length;
        } finally {
            Reference.reachabilityFence(buffer);
        }
    }

    /// Sets or clears `O_NONBLOCK`. The flag belongs to the open file and so to every holder of a duplicate, in
    /// other processes too.
    public void setNonBlocking(boolean nonBlocking) {
        int flags = check(use(n -> SysIo.fcntl(n, SysIo.F_GETFL, 0)), "fcntl", "cannot read the flags of");
        int wanted = nonBlocking ? flags | SysIo.O_NONBLOCK : flags & ~SysIo.O_NONBLOCK;
        check(use(n -> SysIo.fcntl(n, SysIo.F_SETFL, wanted)), "fcntl", "cannot set the flags of");
    }

    private int check(int result, String call, String text) {
        return PosixException.check(result, call, text, this);
    }

    /// Whether a thread is inside a call on it.
    boolean isInUse() {
        return (state.get() & ~(CLOSED | RELEASED)) != 0;
    }

    /// The number, for a call that takes several descriptors at once; the owner must not close it meanwhile.
    int number() {
        return isOpen() ? number : refuse();
    }

    /// Runs one system call on the number, which stays valid until the call returns.
    int use(IntUnaryOperator call) {
        enter();
        try {
            return call.applyAsInt(number);
        } finally {
            leave();
        }
    }

    private void enter() {
        int current;
        do {
            current = state.get();
            if (current < 0) {
                refuse();
            }
        } while (!state.compareAndSet(current, current + 1));
    }

    private void leave() {
        if (state.decrementAndGet() == CLOSED) {
            closeNow();
        }
    }

    private int refuse() {
        throw new IllegalStateException("descriptor " + number + " is closed or was given away");
    }

    /// Ends the ownership; false when it had ended before.
    private boolean end(int how) {
        int current;
        do {
            current = state.get();
            if (current < 0) {
                return false;
            }
        } while (!state.compareAndSet(current, current | how));
        if (current == 0 && how == CLOSED) {
            closeNow();
        }
        return true;
    }

    @Override
    public void close() {
        end(CLOSED);
    }

    private void closeNow() {
        // EINTR, EIO and the like still free the number; only EBADF tells of a bug: somebody else closed what we
        // own.
        if (SysIo.close(number) == -Errno.EBADF) {
            throw new IllegalStateException("descriptor " + number + " was closed by other code than its owner");
        }
    }

    @Override
    public String toString() {
        return "fd " + number + (isOpen() ? "" : " (closed)");
    }
}
