package dev.drover.session;

import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// Connects whoever says something with whom it is for: workers, the program that embeds the supervisor, programs
/// that subscribed. Any thread.
public final class Switchboard {
    /// Programs that may be subscribed at once: what each of them may hold is bounded too.
    public static final int MAX_PROGRAMS = 256;

    private final EventExecutor loop;
    private final MessageLimits limits;
    private final Budget budget;

    /// By worker; the sessions of each by incarnation, oldest first, in lists that never change. Written by the
    /// loop.
    private final ConcurrentMap<String, List<WorkerSession>> sessions = new ConcurrentHashMap<>();

    private final ConcurrentMap<String, Program> programs = new ConcurrentHashMap<>();
    private final Semaphore places = new Semaphore(MAX_PROGRAMS);
    private final ParentHandlers handlers = new ParentHandlers();
    private final Lanes lanes;
    private final Embedding embedding;
    private final Messenger parent;

    Switchboard(EventExecutor loop, MessageLimits limits) {
        this.loop = loop;
        this.limits = limits;
        this.budget = new Budget(limits.maxTotalBytes());
        this.lanes = new Lanes(handlers::of, loop);
        this.lanes.begin();
        this.embedding = new Embedding(lanes, limits, budget);
        this.parent = messenger(Address.parent(), handlers.all());
    }

    /// The messenger of the program that embeds the supervisor. Its handlers get what is said to the parent.
    public Messenger parent() {
        return parent;
    }

    /// A worker, seen from the parent; each time the same one.
    public Peer peer(Address.Worker worker) {
        return new Peer(worker, parent, handlers.own(worker));
    }

    /// Drops the handlers of a worker that will not come again.
    public void forget(Address.Worker worker) {
        handlers.forget(worker);
    }

    /// For what a program outside says. Its handlers are never called: it subscribes.
    public Messenger program(Address.Program name) {
        return messenger(name, new Handlers());
    }

    private Messenger messenger(Address from, Handlers itsHandlers) {
        return new OutletMessenger(
                (to, said, whenFull, outcome) -> route(from, to, said, whenFull, outcome), itsHandlers);
    }

    /// The bounds.
    public MessageLimits limits() {
        return limits;
    }

    /// What all sessions and programs share.
    Budget budget() {
        return budget;
    }

    /// Lets a program have what is said to its name, and what [Subscriber#listensTo] of what is said to the parent.
    ///
    /// @return empty when there is one of that name, or [#MAX_PROGRAMS] of them
    public Optional<Program> subscribe(Address.Program name, Subscriber subscriber) {
        if (!places.tryAcquire()) {
            return Optional.empty();
        }
        var program = new Program(name, subscriber, limits, budget, this::left);
        if (programs.putIfAbsent(name.name(), program) != null) {
            places.release();
            return Optional.empty();
        }
        return Optional.of(program);
    }

    private void left(Program program) {
        programs.remove(program.address().name(), program);
        places.release();
    }

    void opened(WorkerSession session) {
        sessions.compute(session.worker(), (_name, old) -> {
            var next = new ArrayList<>(old == null ? List.of() : old);
            next.add(session);
            return List.copyOf(next);
        });
    }

    void closed(WorkerSession session) {
        sessions.computeIfPresent(session.worker(), (_name, old) -> {
            var next = old.stream().filter(it -> it != session).toList();
            return next.isEmpty() ? null : next;
        });
    }

    /// What came over the session of a worker.
    Withdrawal arrived(String worker, Address to, Said said, Outcome outcome) {
        return route(Address.worker(worker), to, said, WhenFull.fail(), outcome);
    }

    private Withdrawal route(Address from, Address to, Said said, WhenFull whenFull, Outcome outcome) {
        return switch (to) {
            case Address.Worker(var name) ->
                chosen(name)
                        .map(session -> session.link().offer(from, said, whenFull, outcome))
                        .orElseGet(() -> nobody(outcome, "no worker " + name + " has a session"));
            case Address.Pool(var name) -> toPool(from, name, said, whenFull, outcome);
            case Address.Program(var name) -> {
                var program = programs.get(name);
                if (program == null) {
                    yield nobody(outcome, "no program " + name + " has subscribed");
                }
                if (said instanceof Said.Request && !program.subscriber().answers()) {
                    outcome.failed(new Failure(FailureReason.NO_HANDLER, "program " + name + " answers no requests"));
                    yield Withdrawal.NOTHING;
                }
                yield give(program, from, said, outcome);
            }
            case Address.Parent() -> toParent(from, said, outcome);
        };
    }

    private static Withdrawal nobody(Outcome outcome, String message) {
        outcome.failed(new Failure(FailureReason.NO_RECEIVER, message));
        return Withdrawal.NOTHING;
    }

    private Optional<WorkerSession> chosen(String worker) {
        return chosen(sessions.getOrDefault(worker, List.of()));
    }

    /// The newest that is ready, or else the newest.
    private static Optional<WorkerSession> chosen(List<WorkerSession> ofWorker) {
        for (int i = ofWorker.size() - 1; i >= 0; i--) {
            if (ofWorker.get(i).isReady()) {
                return Optional.of(ofWorker.get(i));
            }
        }
        return ofWorker.isEmpty() ? Optional.empty() : Optional.of(ofWorker.getLast());
    }

    private Withdrawal toPool(Address from, String pool, Said said, WhenFull whenFull, Outcome outcome) {
        if (said instanceof Said.Request) {
            return nobody(outcome, "a pool gives no single answer: address one of its workers");
        }
        var receivers = sessions.values().stream()
                .map(Switchboard::chosen)
                .flatMap(Optional::stream)
                .filter(session -> session.pool().equals(pool))
                .toList();
        if (receivers.isEmpty()) {
            return nobody(outcome, "no worker of pool " + pool + " has a session");
        }
        var fanout = new Fanout(receivers.size(), outcome::broadcast);
        long end = System.nanoTime() + patienceNanos(whenFull);
        for (var receiver : receivers) {
            var left = WhenFull.waitFor(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
            receiver.link().offer(from, said, left, fanout.copy());
        }
        return Withdrawal.NOTHING;
    }

    private static long patienceNanos(WhenFull whenFull) {
        return switch (whenFull) {
            case WhenFull.Fail() -> 0;
            case WhenFull.Wait(var atMost) -> TimeUnit.NANOSECONDS.convert(atMost);
        };
    }

    /// A message goes to everyone who listens, a request to the first who answers: the embedding program before
    /// others. The message has its outcome with the first who has taken it, so that nobody waits for the slowest.
    private Withdrawal toParent(Address from, Said said, Outcome outcome) {
        boolean request = said instanceof Said.Request;
        var own = handlers.of(from);
        var handler = request ? own.request() : own.message();
        var receivers = Stream.concat(
                        handler.<Receiver>map(_handler -> embedding).stream(),
                        programs.values().stream()
                                .filter(program -> program.subscriber().listensTo(from)
                                        && (!request || program.subscriber().answers())))
                .toList();
        if (receivers.isEmpty()) {
            return nobody(
                    outcome,
                    request
                            ? "nobody answers requests to the parent: no program that does has subscribed"
                            : "nobody listens to what is said to the parent: no program has subscribed");
        }
        if (request || receivers.size() == 1) {
            return give(receivers.getFirst(), from, said, outcome);
        }
        var first = new FirstTaken(receivers.size(), outcome);
        receivers.forEach(receiver -> give(receiver, from, said, first));
        return Withdrawal.NOTHING;
    }

    /// Lanes and programs belong to the loop, and nobody else watches the deadline there.
    private Withdrawal give(Receiver receiver, Address from, Said said, Outcome outcome) {
        if (said instanceof Said.Request request) {
            var timed = new Timed(outcome);
            receiver.admit(from, said, timed)
                    .ifPresent(held -> run(from, held, () -> {
                        timed.given(receiver.give(from, said, held));
                        timed.watch(loop, request);
                    }));
            return timed;
        }
        receiver.admit(from, said, outcome).ifPresent(held -> run(from, held, () -> receiver.give(from, said, held)));
        return Withdrawal.NOTHING;
    }

    /// What a worker says comes on the loop. What others say takes its turn, also on the loop: in the order in
    /// which it was said.
    private void run(Address from, Outcome held, Runnable task) {
        if (from instanceof Address.Worker) {
            task.run();
        } else if (!Posting.post(loop, task)) {
            held.failed(new Failure(FailureReason.NO_RECEIVER, "the sessions have ended"));
        }
    }

    /// The sessions have ended: what has no outcome yet between others fails. Idempotent.
    void close() {
        programs.values().forEach(Program::close);
        embedding.close();
    }

    /// The program that embeds the supervisor, as a receiver. What workers say to it is bounded by their sessions,
    /// what others say by a room.
    private static final class Embedding implements Receiver {
        private final Lanes lanes;
        private final Room room;

        Embedding(Lanes lanes, MessageLimits limits, Budget budget) {
            this.lanes = lanes;
            this.room = new Room("the parent", limits, budget);
        }

        @Override
        public Optional<Outcome> admit(Address from, Said said, Outcome outcome) {
            return from instanceof Address.Worker ? Optional.of(outcome) : room.enter(said, outcome);
        }

        @Override
        public Withdrawal give(Address from, Said said, Outcome outcome) {
            return lanes.give(from, said, outcome);
        }

        void close() {
            room.close();
        }
    }
}
