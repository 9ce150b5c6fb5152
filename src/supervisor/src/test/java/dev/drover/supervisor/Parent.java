package dev.drover.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.supervisor.socket.fixtures.Await;
import dev.drover.supervisor.socket.fixtures.Descriptors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// A program that embeds a supervisor, with what it has open: its end checks that nothing is left.
final class Parent implements AutoCloseable {
    private static final long BOUND_SECONDS = 20;
    private static final InetSocketAddress LOOPBACK = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    private static final long OPEN_BEFORE = openAfterFirstUse();

    private final Supervisor supervisor = Supervisor.start();
    private final BlockingQueue<WorkerEvent> events = new LinkedBlockingQueue<>();

    Parent() {
        supervisor.onEvent(events::add);
    }

    /// The JVM and the libraries keep what they need from their first use on.
    private static long openAfterFirstUse() {
        try (var first = Supervisor.start();
                var client = SocketChannel.open(first.listen("http", LOOPBACK).address())) {
            get(first.fork(shell("first", client.isConnected() ? "exit 0" : "exit 1"))
                    .exited());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return Descriptors.otherThanFiles();
    }

    Supervisor supervisor() {
        return supervisor;
    }

    static Fork shell(String name, String script) {
        return Fork.of(name, List.of("/bin/sh", "-c", script));
    }

    /// A JVM that joins and does as it is told with what it is passed.
    ForkedWorker forkJoining(String name, JoiningProcess.Manner manner) {
        return supervisor.fork(Fork.of(name, java(JoiningProcess.class, manner.name())));
    }

    /// A program of the tests in a JVM of its own.
    static List<String> java(Class<?> program, String argument) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                program.getName(),
                argument);
    }

    ListeningSocket listen() {
        return supervisor.listen("http", LOOPBACK);
    }

    /// Its connections, as they come.
    static BlockingQueue<ParentConnection> connections(ListeningSocket socket) {
        var accepted = new LinkedBlockingQueue<ParentConnection>();
        socket.onConnection(accepted::add);
        return accepted;
    }

    /// Waits for an event of that kind of that worker; those before it are passed over.
    <E extends WorkerEvent> E await(Class<E> kind, ForkedWorker worker) throws InterruptedException {
        while (true) {
            var event = events.poll(BOUND_SECONDS, TimeUnit.SECONDS);
            if (event == null) {
                throw new AssertionError("no " + kind.getSimpleName() + " of " + worker);
            }
            if (kind.isInstance(event) && event.incarnation().worker().equals(worker.id())) {
                return kind.cast(event);
            }
        }
    }

    static <T> T get(CompletableFuture<T> future) {
        try {
            return future.get(BOUND_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | InterruptedException | TimeoutException failure) {
            throw new AssertionError(failure);
        }
    }

    /// Why it failed.
    static Throwable failure(CompletableFuture<?> future) {
        return get(future.handle((value, failure) -> {
            if (failure == null) {
                throw new AssertionError("succeeded with " + value);
            }
            return failure;
        }));
    }

    @Override
    public void close() {
        supervisor.close();
        assertThat(ProcessHandle.current().children()).isEmpty();
        assertThat(supervisor.runDirectory()).doesNotExist();
        Await.until(
                () -> Descriptors.otherThanFiles() == OPEN_BEFORE,
                () -> Descriptors.otherThanFiles() + " descriptors open instead of " + OPEN_BEFORE);
    }
}
