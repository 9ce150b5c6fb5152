package dev.drover.bench;

import dev.drover.supervisor.OutputPolicy;
import dev.drover.supervisor.PoolSpec;
import dev.drover.supervisor.Quantity;
import dev.drover.supervisor.RecyclePolicy;
import dev.drover.supervisor.RestartPolicy;
import dev.drover.supervisor.SocketSpec;
import dev.drover.supervisor.Supervisor;
import dev.drover.supervisor.SupervisorOptions;
import dev.drover.supervisor.Template;
import dev.drover.supervisor.WorkerEvent;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// What a worker's session costs its start: the same worker with one, which it opens beside serving as the SDK does,
/// and
/// without. A small JVM, without an AOT cache; the supervisor is embedded.
final class StartBench {
    private static final int SIGTERM = 15;
    private static final Duration START_BOUND = Duration.ofSeconds(60);
    private static final Duration GRACE = Duration.ofSeconds(5);

    /// After which what the start has thrown up has settled.
    private static final Duration REST = Duration.ofMillis(1500);

    private final int pairs;

    StartBench(int pairs) {
        this.pairs = pairs;
    }

    private enum Session {
        WITH,
        WITHOUT
    }

    /// @param ready from the order to start to the worker's word, in ms
    /// @param answer from there to the first answer, in ms
    /// @param online from there to the open session, in ms; 0: there is none
    /// @param cpu of the worker, in ms, once it has come to rest
    /// @param rss in MiB, then
    /// @param pss in MiB, then
    private record Started(double ready, double answer, double online, double cpu, double rss, double pss) {}

    /// What is waited for.
    private static final class Events {
        private final CompletableFuture<Long> pid = new CompletableFuture<>();

        /// Of [System#nanoTime].
        private final CompletableFuture<Long> ready = new CompletableFuture<>();

        /// Of [System#nanoTime].
        private final CompletableFuture<Long> online = new CompletableFuture<>();

        void happened(WorkerEvent event) {
            switch (event) {
                case WorkerEvent.Forked forked -> pid.complete(forked.pid());
                case WorkerEvent.Ready _ -> ready.complete(System.nanoTime());
                case WorkerEvent.Online _ -> online.complete(System.nanoTime());
                case WorkerEvent.Exited(var report) ->
                    ready.completeExceptionally(new BenchException("the worker has ended: " + report));
                case WorkerEvent.Listening _, WorkerEvent.Disconnected _ -> {}
            }
        }
    }

    List<Row> run() throws Exception {
        var runs = new EnumMap<Session, Callable<Started>>(Session.class);
        for (var session : Session.values()) {
            runs.put(session, () -> start(session));
        }
        for (var run : runs.values()) {
            // The files are in memory after it, and the supervisor's code is compiled.
            run.call();
        }
        var rounds = Rounds.run(pairs, runs);
        return List.of(
                Row.of(
                        "worker's start to ready, ms; without a session",
                        rounds.compare(Session.WITH, Session.WITHOUT, Started::ready)),
                Row.of(
                        "worker's start to first answer, ms; without a session",
                        rounds.compare(Session.WITH, Session.WITHOUT, Started::answer)),
                Row.alone("worker's start to open session, ms", rounds.median(Session.WITH, Started::online)),
                Row.of(
                        "CPU of that start, ms; without a session",
                        rounds.compare(Session.WITH, Session.WITHOUT, Started::cpu)),
                Row.of(
                        "RSS after that start, MiB; without a session",
                        rounds.compare(Session.WITH, Session.WITHOUT, Started::rss)),
                Row.of(
                        "PSS after that start, MiB; without a session",
                        rounds.compare(Session.WITH, Session.WITHOUT, Started::pss)));
    }

    private static Started start(Session session) throws Exception {
        var address = Distribution.freeAddress();
        var events = new Events();
        try (var directory = ScratchDirectory.create();
                var supervisor = Supervisor.start(SupervisorOptions.in(directory.path()))) {
            supervisor.onEvent(events::happened);
            long start = System.nanoTime();
            supervisor.open(List.of(pool(address, session)));
            // Waits in the queue of the socket until the worker accepts.
            long worker = HttpLoad.answeringPid(address);
            long answered = System.nanoTime();
            long pid = await(events.pid);
            if (worker != pid) {
                throw new BenchException("process " + worker + " has answered, not worker " + pid);
            }
            long ready = await(events.ready);
            long online = session == Session.WITH ? await(events.online) : start;
            ServerProcess.pause(REST);
            var started = new Started(
                    millis(ready - start),
                    millis(answered - start),
                    millis(online - start),
                    millis(ProcessFiles.cpuTime(pid).toNanos()),
                    ProcessFiles.rssMiB(pid),
                    ProcessFiles.pssMiB(pid));
            supervisor.beginStop(Duration.ZERO, Optional.of(GRACE));
            return started;
        }
    }

    private static PoolSpec pool(InetSocketAddress address, Session session) {
        var template = new Template(
                Template.Protocol.DROVER,
                Jvm.running(Jvm.SMALL, StartWorker.class),
                Optional.empty(),
                List.of(new Template.Variable.Literal(StartWorker.SESSION, Boolean.toString(session == Session.WITH))),
                Template.ReadyWhen.NOTIFIED,
                SIGTERM);
        return new PoolSpec(
                "start",
                1,
                List.of(new SocketSpec("http", address, 16, SocketSpec.Distribution.SHARDED)),
                template,
                Quantity.of(1),
                Quantity.of(0),
                Duration.ZERO,
                START_BOUND,
                0,
                false,
                GRACE,
                RestartPolicy.NEVER,
                RecyclePolicy.NEVER,
                OutputPolicy.DEFAULT);
    }

    private static long await(CompletableFuture<Long> future) throws InterruptedException {
        try {
            return future.get(START_BOUND.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException failure) {
            throw new BenchException(String.valueOf(failure.getCause()));
        } catch (TimeoutException _) {
            throw new BenchException("the worker has not started within " + START_BOUND);
        }
    }

    private static double millis(long nanos) {
        return nanos / 1e6;
    }
}
