package dev.drover.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.drover.posix.fixtures.Await;
import dev.drover.posix.fixtures.Bytes;
import dev.drover.posix.fixtures.NoLeaks;
import dev.drover.posix.fixtures.Run;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(NoLeaks.class)
class ChildProcessTest {
    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 255})
    void exitCodeIsTold(int code) {
        // when
        var finished = Run.script("exit " + code).finish();

        // then
        assertThat(finished.status()).isEqualTo(new ExitStatus.Exited(code));
    }

    @Test
    void childSeesItsArgumentsAndOnlyItsEnvironment() {
        // given
        var run = Run.command("/usr/bin/env").with(Map.of("A", "1 2", "quarkus.http.port", "x=y"));

        // when
        var finished = run.finish();

        // then
        assertThat(finished.output().lines()).containsExactlyInAnyOrder("A=1 2", "quarkus.http.port=x=y");
    }

    @Test
    void childHasOnlyTheDescriptorsItWasGiven() {
        // given
        try (var pipe = Pipe.open()) {
            var leaky = pipe.writeEnd().use(n -> SysIo.fcntl(n, SysIo.F_SETFD, 0));

            // when, ls itself opens the directory as 4
            var finished = Run.command("ls", "/proc/self/fd")
                    .inheriting(List.of(pipe.readEnd()))
                    .finish();

            // then
            assertThat(leaky).isZero();
            assertThat(finished.output().lines()).containsExactly("0", "1", "2", "3", "4");
        }
    }

    @Test
    void descriptorsAreClosedOneByOneWhereTheCLibraryCannot() {
        // given
        try (var out = Pipe.open();
                var leaky = Pipe.open()) {
            leaky.readEnd().use(n -> SysIo.fcntl(n, SysIo.F_SETFD, 0));
            var request = new SpawnRequest(
                    List.of("ls", "/proc/self/fd"),
                    Map.of(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.of(out.writeEnd()),
                    Optional.empty(),
                    List.of());

            // when
            int pid = Spawner.spawn(request, false);

            // then
            Await.present("end of the child", () -> Children.reap(pid));
            assertThat(read(out.readEnd()).lines()).containsExactly("0", "1", "2", "3");
        }
    }

    @Test
    void descriptorsArriveInOrderEvenFromNumbersThatAreTargets() {
        // given, so many that the numbers of the sources lie among the targets, in reverse
        int count = 60;
        var pipes = Stream.generate(Pipe::open).limit(count).toList().reversed();
        var expected = IntStream.range(0, count)
                .mapToObj(i -> "pipe " + pipes.get(i).writeEnd().number())
                .toList();
        pipes.forEach(
                pipe -> pipe.writeEnd().write(Bytes.of("pipe " + pipe.writeEnd().number() + "\n")));
        assertThat(pipes.getLast().readEnd().number()).isLessThan(3 + count);

        // when
        var finished = Run.script("for i in $(seq 3 " + (2 + count) + "); do head -n1 /proc/self/fd/$i; done")
                .inheriting(pipes.stream().map(Pipe::readEnd).toList())
                .finish();

        // then
        pipes.forEach(Pipe::close);
        assertThat(finished.output().lines()).containsExactlyElementsOf(expected);
    }

    @Test
    void standardInputIsEmptyByDefaultAndGivenOtherwise() {
        // given
        try (var in = Pipe.open();
                var out = Pipe.open();
                var error = Pipe.open()) {
            in.writeEnd().write(Bytes.of("to the child"));
            in.writeEnd().close();
            var request = new SpawnRequest(
                    List.of("sh", "-c", "cat; echo oops >&2"),
                    Map.of(),
                    Optional.empty(),
                    Optional.of(in.readEnd()),
                    Optional.of(out.writeEnd()),
                    Optional.of(error.writeEnd()),
                    List.of());

            // when
            var withoutInput = Run.command("cat").finish();
            try (var child = ChildProcess.spawn(request)) {
                Await.exit(child);
            }

            // then
            assertThat(withoutInput.output()).isEmpty();
            assertThat(read(out.readEnd())).isEqualTo("to the child");
            assertThat(read(error.readEnd())).isEqualTo("oops\n");
        }
    }

    @Test
    void signalsAreNeitherBlockedNorIgnored() {
        // when, the JVM ignores SIGPIPE and blocks SIGQUIT in most of its threads
        var finished = Run.command("grep", "^Sig[BI]", "/proc/self/status").finish();

        // then
        assertThat(finished.output().lines()).containsExactly("SigBlk:\t0000000000000000", "SigIgn:\t0000000000000000");
    }

    @Test
    void childLeadsItsOwnProcessGroup() {
        // given
        try (var child = Run.command("sleep", "60").start()) {
            // when
            long group = Processes.processGroupOf(child.pid());

            // then
            assertThat(group).isEqualTo(child.pid());
            assertThat(child.signalGroup(Signals.SIGKILL)).isTrue();
            assertThat(Await.exit(child)).isEqualTo(new ExitStatus.Killed(Signals.SIGKILL, false));
        }
    }

    @Test
    void signalToTheGroupReachesGrandchildren() {
        // given
        try (var out = Pipe.open();
                var child = ChildProcess.spawn(new SpawnRequest(
                        List.of("sh", "-c", "sleep 60 & sleep 60 & wait"),
                        Map.of(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(out.writeEnd()),
                        Optional.empty(),
                        List.of()))) {
            out.writeEnd().close();

            // when
            child.signalGroup(Signals.SIGTERM);

            // then, the end of the pipe means that all who held it are gone
            assertThat(read(out.readEnd())).isEmpty();
            assertThat(Await.exit(child)).isEqualTo(new ExitStatus.Killed(Signals.SIGTERM, false));
        }
    }

    @Test
    void childStartsInItsDirectory() {
        // given
        var run = Run.command("pwd").in(directory);

        // when
        var finished = run.finish();

        // then
        assertThat(finished.output()).isEqualTo(directory + "\n");
    }

    @Test
    void directoryThatIsMissingIsTold() {
        // given
        var run = Run.command("pwd").in(directory.resolve("none"));

        // when
        var failure = catchThrowableOfType(PosixException.class, run::start);

        // then
        assertThat(failure)
                .hasMessage("cannot spawn pwd in " + directory.resolve("none")
                        + ": chdir: ENOENT (No such file or directory)");
    }

    @Test
    void programIsFoundByThePathOfTheChild() throws IOException {
        // given
        script(directory.resolve("hello"), "echo from the path", "rwx------");
        var run = Run.command("hello").with(Map.of("PATH", "/none:" + directory));

        // when
        var finished = run.finish();

        // then
        assertThat(finished.output()).isEqualTo("from the path\n");
        assertThatThrownBy(Run.command("hello")::start).hasMessageContaining("ENOENT");
    }

    @Test
    void programAndPathMayBeRelativeToTheDirectoryOfTheChild() throws IOException {
        // given
        Files.createDirectory(directory.resolve("bin"));
        script(directory.resolve("bin/hello"), "echo here", "rwx------");

        // when
        var byName =
                Run.command("hello").in(directory).with(Map.of("PATH", "bin")).finish();
        var byPath = Run.command("./bin/hello").in(directory).finish();

        // then
        assertThat(byName.output()).isEqualTo("here\n");
        assertThat(byPath.output()).isEqualTo("here\n");
    }

    @Test
    void programThatDoesNotExistIsTold() {
        // given
        var run = Run.command("no-such-program");

        // when
        var failure = catchThrowableOfType(PosixException.class, run::start);

        // then
        assertThat(failure.errno()).isEqualTo(Errno.ENOENT);
        assertThat(failure).hasMessage("cannot spawn no-such-program: posix_spawn: ENOENT (No such file or directory)");
    }

    @Test
    void programThatMayNotBeRunIsTold() throws IOException {
        // given
        Files.createDirectory(directory.resolve("later"));
        script(directory.resolve("plain"), "exit 0", "rw-------");
        var run = Run.command("plain").with(Map.of("PATH", directory + ":" + directory.resolve("later")));

        // when
        var failure = catchThrowableOfType(PosixException.class, run::start);

        // then
        assertThat(failure.errno()).isEqualTo(Errno.EACCES);
        script(directory.resolve("later/plain"), "exit 4", "rwx------");
        assertThat(run.finish().status()).isEqualTo(new ExitStatus.Exited(4));
    }

    @Test
    void commandsThatCouldNotArriveWholeAreRefused() {
        // given
        var nul = List.of("echo", "a\0b");

        // when, then
        assertThatThrownBy(() -> SpawnRequest.of(List.of(), Map.of())).hasMessageContaining("the command is empty");
        assertThatThrownBy(() -> SpawnRequest.of(nul, Map.of())).hasMessageContaining("NUL");
        assertThatThrownBy(() -> SpawnRequest.of(List.of("x"), Map.of("A=B", "c")))
                .hasMessageContaining("A=B");
    }

    @Test
    void killedChildTellsItsSignalAndTakesNoMore() {
        // given
        try (var child = Run.command("sleep", "60").start()) {
            var running = child.reap();

            // when
            boolean delivered = child.signal(Signals.SIGTERM);
            var status = Await.exit(child);

            // then
            assertThat(running).isEmpty();
            assertThat(delivered).isTrue();
            assertThat(status).isEqualTo(new ExitStatus.Killed(Signals.SIGTERM, false));
            assertThat(child.reap()).contains(status);
            assertThat(child.signal(Signals.SIGTERM)).isFalse();
            assertThat(child.signalGroup(Signals.SIGTERM)).isFalse();
        }
    }

    @Test
    void manyThreadsReapOneChildOnce() throws InterruptedException {
        // given
        try (var child = Run.script("exit 3").start()) {
            // when
            var threads = IntStream.range(0, 4)
                    .mapToObj(_ -> Thread.ofPlatform().unstarted(() -> Await.exit(child)))
                    .collect(Collectors.toList());
            threads.forEach(Thread::start);
            for (var thread : threads) {
                thread.join();
            }

            // then
            assertThat(child.reap()).contains(new ExitStatus.Exited(3));
        }
    }

    private static void script(Path file, String body, String permissions) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + body + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    }

    private static String read(Fd fd) {
        var buffer = ByteBuffer.allocate(1000);
        fd.setNonBlocking(false);
        return fd.read(buffer) < 0 ? "" : Bytes.text(buffer);
    }
}
