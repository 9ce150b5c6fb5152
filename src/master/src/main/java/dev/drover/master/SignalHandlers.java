package dev.drover.master;

import dev.drover.posix.Poller;
import dev.drover.posix.SignalQueue;
import dev.drover.posix.Signals;
import dev.drover.supervisor.Supervisor;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/// What the master does on signals, from its first moment on. Each runs on a thread of its own, so they may wait.
///
/// The launcher starts a master so that TERM, INT and HUP wait until they are read here ([SignalQueue]): between the
/// start of Java and the first line of ours lies a third of a second, in which the first process of a container would
/// lose them and another die of them. What does not wait (env(1) cannot do it, or Java was started by hand) comes
/// through the JVM, as do TTIN, TTOU and CHLD.
final class SignalHandlers implements AutoCloseable {
    private static final Set<Integer> STOPS = Set.of(Signals.SIGTERM, Signals.SIGINT);
    private static final Set<Integer> WAITING = Set.of(Signals.SIGTERM, Signals.SIGINT, Signals.SIGHUP);
    private static final Set<Integer> PASSING = Set.of(Signals.SIGTTIN, Signals.SIGTTOU);

    private final ReentrantLock lock = new ReentrantLock();

    /// Guarded by the lock. Until the master can do more a stop is remembered; the others, which would kill or stop a
    /// process that is just starting, have nothing to act on yet.
    private Optional<Map<Integer, Consumer<String>>> actions = Optional.empty();

    /// Guarded by the lock: whether a stop was asked for before there was a master.
    private boolean stopAsked;

    private final Optional<Reader> reader;

    private SignalHandlers(Set<Integer> kept) {
        this.reader = kept.isEmpty() ? Optional.empty() : Optional.of(new Reader(kept, this::start));
    }

    /// Takes the signals from now on.
    static SignalHandlers install() {
        var kept = SignalQueue.keptOf(WAITING);
        var handlers = new SignalHandlers(kept);
        WAITING.stream().filter(signal -> !kept.contains(signal)).forEach(handlers::throughJvm);
        PASSING.forEach(handlers::throughJvm);
        return handlers;
    }

    /// From now on they are for the master.
    ///
    /// @return false when a stop was asked for before
    boolean serve(Master master, Supervisor supervisor) {
        throughJvm(Signals.SIGCHLD);
        lock.lock();
        try {
            actions = Optional.of(Map.of(
                    Signals.SIGTERM, master::stopOrHasten,
                    Signals.SIGINT, master::stopOrHasten,
                    Signals.SIGHUP, _ -> master.reload(),
                    Signals.SIGTTIN, _ -> master.scaleBy(1),
                    Signals.SIGTTOU, _ -> master.scaleBy(-1),
                    Signals.SIGCHLD, _ -> supervisor.reapOrphansNow()));
            return !stopAsked;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        reader.ifPresent(Reader::close);
    }

    private void start(int signal) {
        Thread.ofPlatform().daemon().name(Signals.nameOf(signal)).start(() -> run(signal));
    }

    private void run(int signal) {
        Optional<Consumer<String>> action;
        lock.lock();
        try {
            stopAsked |= actions.isEmpty() && STOPS.contains(signal);
            action = actions.map(all -> all.get(signal));
        } finally {
            lock.unlock();
        }
        action.ifPresent(told -> told.accept(Signals.nameOf(signal)));
    }

    /// `sun.misc.Signal` (jdk.unsupported) is the JDK's only way to signals. It takes TERM, INT and HUP away from the
    /// JVM's own handlers, which would run the shutdown hooks, Quarkus' among them, beside our orderly stop. By
    /// reflection, because javac warns of the type and no annotation silences it, and our warnings are errors.
    private void throughJvm(int number) {
        try {
            var signalType = Class.forName("sun.misc.Signal");
            var handlerType = Class.forName("sun.misc.SignalHandler");
            var handler = Proxy.newProxyInstance(
                    handlerType.getClassLoader(), new Class<?>[] {handlerType}, (_, method, _) -> {
                        // INVARIANT: the JDK calls `handle` only; it compares handlers by reference.
                        assert method.getName().equals("handle");
                        run(number);
                        return null;
                    });
            var name = Signals.nameOf(number).substring("SIG".length());
            var signal = signalType.getConstructor(String.class).newInstance(name);
            signalType.getMethod("handle", signalType, handlerType).invoke(null, signal, handler);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("sun.misc.Signal is not as expected", e);
        }
    }

    /// Reads the signals that wait, on a thread of its own.
    private static final class Reader implements AutoCloseable {
        /// Nothing is due but a signal or the end.
        private static final Duration LONG = Duration.ofHours(1);

        private static final Duration END_BOUND = Duration.ofMillis(300);

        private final SignalQueue queue;
        private final Consumer<Integer> arrived;
        private final Poller poller = Poller.open();
        private final Thread thread;

        /// Written by whoever closes, read by the thread after it was woken.
        private volatile boolean closed;

        Reader(Set<Integer> signals, Consumer<Integer> arrived) {
            this.queue = SignalQueue.open(signals);
            this.arrived = arrived;
            this.thread = Thread.ofPlatform().daemon().name("drover-signals").start(this::read);
        }

        private void read() {
            try (queue;
                    poller) {
                poller.add(queue.fd(), Set.of(Poller.Interest.READABLE), _ -> take());
                while (!closed) {
                    poller.poll(LONG);
                }
            }
        }

        private void take() {
            for (var signal = queue.next(); signal.isPresent(); signal = queue.next()) {
                arrived.accept(signal.getAsInt());
            }
        }

        /// Waits for the thread: a JVM that exits waits up to 300 ms for one that is in the kernel.
        @Override
        public void close() {
            closed = true;
            poller.wakeup();
            try {
                thread.join(END_BOUND);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
