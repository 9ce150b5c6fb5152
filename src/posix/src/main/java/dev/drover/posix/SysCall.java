package dev.drover.posix;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// The one way into C: a call of up to six words that answers the result, or `-errno`.
///
/// One function shape serves every function. The psABI of x86-64 and of aarch64 pass each integer or pointer in a
/// register of its own, leave the upper half of a narrower one unspecified, and let a callee ignore registers it
/// has no parameter for; so six 64-bit words call them all, the variadic `fcntl`, `prctl` and `syscall` too (none
/// takes a floating-point argument). Each shape costs a JVM about 5 ms to link, which a worker pays before it
/// serves.
///
/// All results fit an `int`: lengths end at `MAX_RW_COUNT` (0x7ffff000). Pointers travel as addresses, so a caller
/// keeps its memory alive until the call returns.
@SuppressWarnings("restricted")
final class SysCall {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final long ERRNO = STATE.byteOffset(StructLayout.PathElement.groupElement("errno"));
    private static final MethodHandle WORDS = link();
    private static final long STRING_LIMIT = 4096;

    /// A call state that is nobody's; null while a call has it. To make one costs more than most calls do.
    private static final AtomicReference<@Nullable MemorySegment> SPARE =
            new AtomicReference<>(newState(Arena.global()));

    private SysCall() {}

    private static MethodHandle link() {
        checkPlatform();
        var word = ValueLayout.JAVA_LONG;
        try {
            return LINKER.downcallHandle(
                    FunctionDescriptor.of(word, word, word, word, word, word, word),
                    Linker.Option.captureCallState("errno"));
        } catch (IllegalCallerException denied) {
            // An Error leaves a static initializer unwrapped, so the reader sees this text first.
            throw new LinkageError(
                    "cannot call the operating system: native access is denied; start the JVM with "
                            + nativeAccessFlag(SysCall.class.getModule()),
                    denied);
        }
    }

    static String nativeAccessFlag(Module module) {
        return "--enable-native-access=" + (module.isNamed() ? module.getName() : "ALL-UNNAMED");
    }

    private static void checkPlatform() {
        var architecture = System.getProperty("os.arch");
        boolean known = architecture.equals("amd64") || architecture.equals("aarch64");
        if (!known
                || !System.getProperty("os.name").equals("Linux")
                || ValueLayout.ADDRESS.byteSize() != Long.BYTES
                || ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
            throw new LinkageError(
                    "cannot call the operating system: only Linux on amd64 and aarch64 is supported, not "
                            + System.getProperty("os.name") + " on " + architecture);
        }
    }

    /// The address of a function of the C library; it must exist.
    static MemorySegment symbol(String name) {
        return optionalSymbol(name).orElseThrow(() -> new LinkageError("the C library has no function " + name));
    }

    static Optional<MemorySegment> optionalSymbol(String name) {
        return LINKER.defaultLookup().find(name);
    }

    /// Memory in which a call leaves its errno: one per call, or one per owner that calls under its own lock.
    static MemorySegment newState(Arena arena) {
        return arena.allocate(STATE);
    }

    /// Calls and, as long as a signal interrupted the call, calls again.
    static int call(MemorySegment state, MemorySegment function, long a, long b, long c, long d, long e, long f) {
        int result;
        do {
            result = once(state, function, a, b, c, d, e, f);
        } while (result == -Errno.EINTR);
        return result;
    }

    /// As [#call(MemorySegment,MemorySegment,long,long,long,long,long,long)], for who has no call state.
    static int call(MemorySegment function, long a, long b, long c, long d, long e, long f) {
        int result;
        do {
            result = once(function, a, b, c, d, e, f);
        } while (result == -Errno.EINTR);
        return result;
    }

    /// Calls once: for functions that must not, or need not, be repeated after EINTR.
    static int once(MemorySegment state, MemorySegment function, long a, long b, long c, long d, long e, long f) {
        int result = (int) words(state, function, a, b, c, d, e, f);
        return result == -1 ? -state.get(ValueLayout.JAVA_INT, ERRNO) : result;
    }

    /// The same with the spare call state, or one of its own when another thread has that.
    static int once(MemorySegment function, long a, long b, long c, long d, long e, long f) {
        var spare = SPARE.getAndSet(null);
        if (spare == null) {
            try (var arena = Arena.ofConfined()) {
                return once(newState(arena), function, a, b, c, d, e, f);
            }
        }
        try {
            return once(spare, function, a, b, c, d, e, f);
        } finally {
            SPARE.set(spare);
        }
    }

    /// Calls a function that returns its error instead of setting errno, as the `posix_spawn` family does.
    static int returningErrno(MemorySegment function, long a, long b, long c, long d, long e, long f) {
        try (var arena = Arena.ofConfined()) {
            return -(int) words(newState(arena), function, a, b, c, d, e, f);
        }
    }

    /// Calls a function that answers a C string.
    static String string(MemorySegment function, long a) {
        try (var arena = Arena.ofConfined()) {
            long address = words(newState(arena), function, a, 0, 0, 0, 0, 0);
            return MemorySegment.ofAddress(address).reinterpret(STRING_LIMIT).getString(0);
        }
    }

    private static long words(
            MemorySegment state, MemorySegment function, long a, long b, long c, long d, long e, long f) {
        try {
            return (long) WORDS.invokeExact(function, state, a, b, c, d, e, f);
        } catch (Throwable wrongBinding) {
            throw new AssertionError("wrong binding of a C function", wrongBinding);
        }
    }
}
