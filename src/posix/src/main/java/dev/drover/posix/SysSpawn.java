package dev.drover.posix;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/// Mirror of `<spawn.h>`. All functions return their error; here it becomes `-errno`, and success 0.
final class SysSpawn {
    static final int POSIX_SPAWN_SETPGROUP = 0x02;
    static final int POSIX_SPAWN_SETSIGDEF = 0x04;
    static final int POSIX_SPAWN_SETSIGMASK = 0x08;

    // Opaque; glibc needs 80 and 336 bytes, musl less. Rounded up.
    private static final long FILE_ACTIONS_SIZE = 256;
    private static final long ATTRIBUTES_SIZE = 512;
    private static final long ALIGNMENT = 16;

    private static final MemorySegment SPAWN = SysCall.symbol("posix_spawn");
    private static final MemorySegment ACTIONS_INIT = SysCall.symbol("posix_spawn_file_actions_init");
    private static final MemorySegment ACTIONS_DESTROY = SysCall.symbol("posix_spawn_file_actions_destroy");
    private static final MemorySegment ADD_DUP2 = SysCall.symbol("posix_spawn_file_actions_adddup2");
    private static final MemorySegment ADD_OPEN = SysCall.symbol("posix_spawn_file_actions_addopen");
    private static final MemorySegment ADD_CLOSE = SysCall.symbol("posix_spawn_file_actions_addclose");
    private static final MemorySegment ADD_CHDIR = SysCall.symbol("posix_spawn_file_actions_addchdir_np");
    /// Missing before glibc 2.34 and in musl.
    private static final Optional<MemorySegment> ADD_CLOSEFROM =
            SysCall.optionalSymbol("posix_spawn_file_actions_addclosefrom_np");

    private static final MemorySegment ATTR_INIT = SysCall.symbol("posix_spawnattr_init");
    private static final MemorySegment ATTR_DESTROY = SysCall.symbol("posix_spawnattr_destroy");
    private static final MemorySegment ATTR_SETFLAGS = SysCall.symbol("posix_spawnattr_setflags");
    private static final MemorySegment ATTR_SETPGROUP = SysCall.symbol("posix_spawnattr_setpgroup");
    private static final MemorySegment ATTR_SETSIGDEFAULT = SysCall.symbol("posix_spawnattr_setsigdefault");
    private static final MemorySegment ATTR_SETSIGMASK = SysCall.symbol("posix_spawnattr_setsigmask");

    private SysSpawn() {}

    /// [posix_spawn(3)](https://man7.org/linux/man-pages/man3/posix_spawn.3.html). Errors: those of fork(2),
    /// execve(2) and of the file actions; the child's failure to exec is reported here.
    static int spawn(
            MemorySegment pid,
            MemorySegment path,
            MemorySegment actions,
            MemorySegment attributes,
            MemorySegment arguments,
            MemorySegment environment) {
        return SysCall.returningErrno(
                SPAWN,
                pid.address(),
                path.address(),
                actions.address(),
                attributes.address(),
                arguments.address(),
                environment.address());
    }

    static MemorySegment newFileActions(Arena arena) {
        var actions = arena.allocate(FILE_ACTIONS_SIZE, ALIGNMENT);
        check(SysCall.returningErrno(ACTIONS_INIT, actions.address(), 0, 0, 0, 0, 0), "posix_spawn_file_actions_init");
        return actions;
    }

    static void destroyFileActions(MemorySegment actions) {
        SysCall.returningErrno(ACTIONS_DESTROY, actions.address(), 0, 0, 0, 0, 0);
    }

    static void addDup2(MemorySegment actions, int from, int to) {
        check(
                SysCall.returningErrno(ADD_DUP2, actions.address(), from, to, 0, 0, 0),
                "posix_spawn_file_actions_adddup2");
    }

    static void addOpen(MemorySegment actions, int fd, MemorySegment path, int flags) {
        check(
                SysCall.returningErrno(ADD_OPEN, actions.address(), fd, path.address(), flags, 0, 0),
                "posix_spawn_file_actions_addopen");
    }

    static void addClose(MemorySegment actions, int fd) {
        check(
                SysCall.returningErrno(ADD_CLOSE, actions.address(), fd, 0, 0, 0, 0),
                "posix_spawn_file_actions_addclose");
    }

    static void addChdir(MemorySegment actions, MemorySegment path) {
        check(
                SysCall.returningErrno(ADD_CHDIR, actions.address(), path.address(), 0, 0, 0, 0),
                "posix_spawn_file_actions_addchdir_np");
    }

    /// False when the C library cannot do it.
    static boolean addCloseFrom(MemorySegment actions, int lowest) {
        if (ADD_CLOSEFROM.isEmpty()) {
            return false;
        }
        check(
                SysCall.returningErrno(ADD_CLOSEFROM.get(), actions.address(), lowest, 0, 0, 0, 0),
                "posix_spawn_file_actions_addclosefrom_np");
        return true;
    }

    static MemorySegment newAttributes(Arena arena) {
        var attributes = arena.allocate(ATTRIBUTES_SIZE, ALIGNMENT);
        check(SysCall.returningErrno(ATTR_INIT, attributes.address(), 0, 0, 0, 0, 0), "posix_spawnattr_init");
        return attributes;
    }

    static void destroyAttributes(MemorySegment attributes) {
        SysCall.returningErrno(ATTR_DESTROY, attributes.address(), 0, 0, 0, 0, 0);
    }

    /// A process group of its own, every signal at its default and none blocked.
    static void setFreshProcess(Arena arena, MemorySegment attributes) {
        var none = arena.allocate(SysProcess.SIGSET_SIZE, ALIGNMENT);
        // Not sigfillset: it leaves out the two signals of the thread library, which the child would then ignore.
        var all = arena.allocate(SysProcess.SIGSET_SIZE, ALIGNMENT).fill((byte) 0xff);
        set(ATTR_SETPGROUP, attributes, 0, "posix_spawnattr_setpgroup");
        set(ATTR_SETSIGDEFAULT, attributes, all.address(), "posix_spawnattr_setsigdefault");
        set(ATTR_SETSIGMASK, attributes, none.address(), "posix_spawnattr_setsigmask");
        int flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK;
        set(ATTR_SETFLAGS, attributes, flags, "posix_spawnattr_setflags");
    }

    private static void set(MemorySegment function, MemorySegment attributes, long value, String call) {
        check(SysCall.returningErrno(function, attributes.address(), value, 0, 0, 0, 0), call);
    }

    private static void check(int result, String call) {
        PosixException.check(result, call, "cannot prepare a spawn");
    }
}
