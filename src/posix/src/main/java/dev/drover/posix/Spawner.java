package dev.drover.posix;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// `posix_spawn` of a [SpawnRequest].
///
/// In place of fork: 0.3 ms whatever the heap, and the failure of exec comes back as an errno.
final class Spawner {
    private static final int FIRST_INHERITED = 3;
    private static final String DEFAULT_PATH = "/bin:/usr/bin";

    private final Arena arena;
    private final SpawnRequest request;
    private final MemorySegment actions;
    private final MemorySegment attributes;
    private final List<Fd> moved = new ArrayList<>();

    private Spawner(Arena arena, SpawnRequest request, MemorySegment actions, MemorySegment attributes) {
        this.arena = arena;
        this.request = request;
        this.actions = actions;
        this.attributes = attributes;
    }

    /// Starts the process and answers its pid.
    ///
    /// @param closeFrom whether to let the C library, if it can, close all other descriptors in one go; otherwise
    ///     they are listed here one by one, which misses those opened meanwhile (ours are CLOEXEC anyway)
    static int spawn(SpawnRequest request, boolean closeFrom) {
        try (var arena = Arena.ofConfined()) {
            var actions = SysSpawn.newFileActions(arena);
            var attributes = SysSpawn.newAttributes(arena);
            var spawner = new Spawner(arena, request, actions, attributes);
            try {
                spawner.prepare(closeFrom);
                return spawner.run();
            } finally {
                spawner.moved.forEach(Fd::close);
                SysSpawn.destroyAttributes(attributes);
                SysSpawn.destroyFileActions(actions);
            }
        }
    }

    private void prepare(boolean closeFrom) {
        SysSpawn.setFreshProcess(arena, attributes);
        request.workingDirectory().ifPresent(this::changeDirectory);
        placeOrOpenStdin();
        request.stdout().ifPresent(fd -> place(fd, 1));
        request.stderr().ifPresent(fd -> place(fd, 2));
        for (int i = 0; i < request.inherited().size(); i++) {
            place(request.inherited().get(i), FIRST_INHERITED + i);
        }
        closeOthers(closeFrom);
    }

    /// Seen to beforehand, because the child could not say whether the directory or the program was missing.
    private void changeDirectory(Path directory) {
        if (!Files.isDirectory(directory)) {
            int errno = Files.exists(directory) ? Errno.ENOTDIR : Errno.ENOENT;
            throw new PosixException("chdir", errno, "cannot spawn " + program() + " in " + directory);
        }
        SysSpawn.addChdir(actions, arena.allocateFrom(directory.toString()));
    }

    private void placeOrOpenStdin() {
        if (request.stdin().isPresent()) {
            place(request.stdin().get(), 0);
        } else {
            SysSpawn.addOpen(actions, 0, arena.allocateFrom("/dev/null"), SysIo.O_RDONLY);
        }
    }

    /// INVARIANT: every source lies above every target. One inside the range would be overwritten by an earlier
    /// target, and `dup2(n, n)` would leave its CLOEXEC set.
    private void place(Fd source, int target) {
        int from = source.number();
        if (from < firstUnused()) {
            var above = source.duplicateFrom(firstUnused());
            moved.add(above);
            from = above.number();
        }
        SysSpawn.addDup2(actions, from, target);
    }

    private int firstUnused() {
        return FIRST_INHERITED + request.inherited().size();
    }

    /// The JVM does not open everything with CLOEXEC.
    private void closeOthers(boolean closeFrom) {
        if (!closeFrom || !SysSpawn.addCloseFrom(actions, firstUnused())) {
            OpenDescriptors.numbers().stream()
                    .filter(number -> number >= firstUnused())
                    .forEach(number -> SysSpawn.addClose(actions, number));
        }
    }

    private int run() {
        var arguments = strings(request.command().stream());
        var environment = strings(request.environment().entrySet().stream()
                .map(variable -> variable.getKey() + "=" + variable.getValue()));
        var pid = arena.allocate(JAVA_INT);
        int last = -Errno.ENOENT;
        for (var candidate : candidates()) {
            var path = arena.allocateFrom(candidate);
            int result = SysSpawn.spawn(pid, path, actions, attributes, arguments, environment);
            if (result == 0) {
                return pid.get(JAVA_INT, 0);
            }
            if (!isNotHere(-result)) {
                throw failed(result);
            }
            // As execvp: a program that may not be run is told of, unless a later directory has one that may.
            last = last == -Errno.EACCES ? last : result;
        }
        throw failed(last);
    }

    private static boolean isNotHere(int errno) {
        return errno == Errno.ENOENT || errno == Errno.ENOTDIR || errno == Errno.EACCES;
    }

    private PosixException failed(int result) {
        return new PosixException("posix_spawn", -result, "cannot spawn " + program());
    }

    private String program() {
        return request.command().getFirst();
    }

    /// Where the program may be. Each try is a fork, so places where nothing lies are left out.
    private List<String> candidates() {
        if (program().indexOf('/') >= 0) {
            return List.of(program());
        }
        var path = Optional.ofNullable(request.environment().get("PATH")).orElse(DEFAULT_PATH);
        return Stream.of(path.split(":", -1))
                .map(directory -> directory.isEmpty() ? "./" + program() : directory + "/" + program())
                .filter(candidate -> Files.exists(inChild(candidate)))
                .toList();
    }

    private Path inChild(String candidate) {
        return request.workingDirectory().orElse(Path.of("")).resolve(candidate);
    }

    private MemorySegment strings(Stream<String> strings) {
        var addresses =
                strings.map(arena::allocateFrom).map(MemorySegment::address).toList();
        var array = arena.allocate(JAVA_LONG, addresses.size() + 1L);
        for (int i = 0; i < addresses.size(); i++) {
            array.setAtIndex(JAVA_LONG, i, addresses.get(i));
        }
        return array;
    }
}
