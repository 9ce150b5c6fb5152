package dev.drover.supervisor.dispatch;

import dev.drover.handoff.HandoffLimits;
import dev.drover.supervisor.Incarnation;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Decides which worker of a pool gets which connection. No clock, no I/O: it is told what happens and when, and
/// answers what is to be done.
///
/// ```
///  arrived --> held --assign--> given --acknowledged--> the worker's
///              ^  ^              |  |
///  parked -----'  '----refused---'  '--gone: its worker is dead--> held
/// ```
///
/// INVARIANT: a connection is held, parked, being given, or in flight to exactly one incarnation, until that has
/// acknowledged it. It leaves an incarnation unacknowledged only when that refused it or is dead. One that does not
/// answer in time is hung: it stays in its hands until it is dead.
///
/// Not thread-safe: for the loop.
public final class Dispatcher {
    private static final Comparator<Slot> ORDER = Comparator.comparingInt(
                    (Slot slot) -> slot.incarnation.worker().ordinal())
            .thenComparingInt(slot -> slot.incarnation.number());

    /// What one transfer can carry.
    private static final int MAX_BATCH = HandoffLimits.MAX_DESCRIPTORS;

    /// By their numbers; one that is closed stays, for what of it is in hand.
    private final List<Source> sources = new ArrayList<>();

    private final DispatchLimits limits;
    private final Consumer<String> problems;
    private final Map<Incarnation, Slot> slots = new HashMap<>();

    /// Can be given to whoever has room; oldest first.
    private final Deque<Delivery> held = new ArrayDeque<>();

    /// Refused by every candidate; waits for a while or for other candidates.
    private final Deque<Delivery> parked = new ArrayDeque<>();

    private final View view = new View();

    /// Ready and not hung.
    private List<Slot> candidates = List.of();

    /// Those of the candidates that have room; made anew when that has changed.
    private List<Slot> open = List.of();

    private boolean openIsStale;
    private int inHand;

    /// A Dispatched socket.
    private static final class Source {
        private final DispatchPolicy policy;

        /// Held and parked connections.
        private int waiting;

        /// Those and the ones that nobody has acknowledged yet.
        private int inHand;

        private @Nullable Slot lastChosen;

        Source(DispatchPolicy policy) {
            this.policy = policy;
        }
    }

    /// @param problems told of every choice of a policy that was none
    public Dispatcher(DispatchLimits limits, Consumer<String> problems) {
        this.limits = limits;
        this.problems = problems;
    }

    /// Takes a further socket.
    ///
    /// @return its number, from 0
    public int add(DispatchPolicy policy) {
        sources.add(new Source(policy));
        return sources.size() - 1;
    }

    /// These incarnations, and no others, may get connections.
    public void ready(Collection<Incarnation> incarnations) {
        var next = incarnations.stream()
                .map(incarnation -> slots.computeIfAbsent(incarnation, Slot::new))
                .filter(slot -> !slot.hung)
                .sorted(ORDER)
                .toList();
        if (!next.equals(candidates)) {
            changeCandidates(next);
        }
    }

    private void changeCandidates(List<Slot> next) {
        candidates = next;
        openIsStale = true;
        held.forEach(Delivery::forgetRefusals);
        while (!parked.isEmpty()) {
            unpark(parked.removeLast());
        }
    }

    private void unpark(Delivery delivery) {
        delivery.forgetRefusals();
        held.addFirst(delivery);
    }

    /// How many connections of this socket would find a taker at once. Further ones are to be left in the kernel's
    /// queue.
    public int room(int socket) {
        int most = sources.get(socket).waiting == 0 ? limits.inHand() - inHand : 0;
        int room = 0;
        for (var slot : open()) {
            if (room >= most) {
                break;
            }
            room += limits.inFlight() - slot.underWay;
        }
        return Math.min(room, most);
    }

    /// A connection was accepted: the master's until somebody has acknowledged it.
    public void arrived(int socket, Arrival connection) {
        inHand++;
        sources.get(socket).inHand++;
        sources.get(socket).waiting++;
        held.addLast(new Delivery(socket, connection));
    }

    /// Chooses who gets what is held, oldest first, and answers that by receiver and socket; empty when there is
    /// nothing to give or nobody to take it. Before anything else is told or asked, each batch is to be followed by
    /// [#given] or [#noRoom].
    ///
    /// @param most connections
    public List<Batch> assign(int most) {
        if (held.isEmpty()) {
            return List.of();
        }
        var batches = new ArrayList<Batch>();
        int left = most;
        for (var all = held.iterator(); left > 0 && all.hasNext() && !open().isEmpty(); ) {
            var delivery = all.next();
            var chosen = choose(delivery);
            if (chosen != null) {
                all.remove();
                left--;
                assign(delivery, chosen, batches);
            }
        }
        batches.forEach(batch -> batch.slot.filling = null);
        return batches;
    }

    private void assign(Delivery delivery, Slot chosen, List<Batch> batches) {
        var source = source(delivery);
        source.waiting--;
        source.lastChosen = chosen;
        var batch = chosen.filling;
        if (batch == null || batch.socket != delivery.socket || batch.size() == MAX_BATCH) {
            batch = new Batch(delivery.socket, chosen);
            chosen.filling = batch;
            batches.add(batch);
        }
        batch.deliveries.add(delivery);
        chosen.underWay++;
        openIsStale |= !hasRoom(chosen);
    }

    private @Nullable Slot choose(Delivery delivery) {
        var choice = open();
        if (delivery.isRefused()) {
            choice = choice.stream().filter(slot -> !delivery.isRefusedBy(slot)).toList();
            if (choice.isEmpty()) {
                return null;
            }
        }
        return choice.get(index(delivery, choice));
    }

    private int index(Delivery delivery, List<Slot> choice) {
        view.choice = choice;
        view.last = source(delivery).lastChosen;
        try {
            int index = source(delivery).policy.choose(delivery.connection, view);
            if (index >= 0 && index < choice.size()) {
                return index;
            }
            problems.accept("it chose " + index + " of " + choice.size() + " candidates");
        } catch (RuntimeException | Error failure) {
            problems.accept("it failed: " + failure);
        }
        return view.next();
    }

    private List<Slot> open() {
        if (openIsStale) {
            open = candidates.stream().filter(this::hasRoom).toList();
            openIsStale = false;
        }
        return open;
    }

    private boolean hasRoom(Slot slot) {
        return !slot.full && slot.underWay < limits.inFlight();
    }

    /// The transfer is in the kernel.
    public void given(Batch batch, long transferId, long nowNanos) {
        batch.dueNanos = nowNanos + limits.acknowledgement().toNanos();
        batch.slot.inFlight.put(transferId, batch);
    }

    /// The transfer was not sent: the worker's socket is full, or it is going.
    public void noRoom(Batch batch, long nowNanos) {
        var slot = batch.slot;
        slot.full = true;
        slot.fullUntilNanos = nowNanos + limits.pause().toNanos();
        slot.underWay -= batch.size();
        openIsStale = true;
        hold(batch.deliveries);
    }

    /// Before what came later.
    private void hold(List<Delivery> deliveries) {
        for (var delivery : deliveries.reversed()) {
            source(delivery).waiting++;
            held.addFirst(delivery);
        }
    }

    private Source source(Delivery delivery) {
        return sources.get(delivery.socket);
    }

    /// The worker has taken a transfer over: the master's duplicates are to be closed.
    ///
    /// @return its connections; empty when that transfer is none of these
    public List<Arrival> acknowledged(Incarnation worker, long transferId) {
        var batch = answered(worker, transferId);
        if (batch == null) {
            return List.of();
        }
        batch.slot.acknowledged(batch.size());
        sources.get(batch.socket).inHand -= batch.size();
        inHand -= batch.size();
        return batch.connections();
    }

    /// The worker has not taken a transfer over: somebody else gets its connections, or they wait when nobody else is
    /// there.
    ///
    /// @return its connections; empty when that transfer is none of these
    public List<Arrival> refused(Incarnation worker, long transferId, long nowNanos) {
        var batch = answered(worker, transferId);
        if (batch == null) {
            return List.of();
        }
        var offered = new ArrayList<Delivery>(batch.size());
        for (var delivery : batch.deliveries) {
            delivery.refusedBy(batch.slot);
            if (candidates.stream().allMatch(delivery::isRefusedBy)) {
                delivery.dueNanos = nowNanos + limits.pause().toNanos();
                source(delivery).waiting++;
                parked.addLast(delivery);
            } else {
                offered.add(delivery);
            }
        }
        hold(offered);
        return batch.connections();
    }

    private @Nullable Batch answered(Incarnation worker, long transferId) {
        var slot = slots.get(worker);
        var batch = slot == null ? null : slot.inFlight.remove(transferId);
        if (batch != null) {
            openIsStale |= !hasRoom(batch.slot);
            batch.slot.full = false;
            batch.slot.underWay -= batch.size();
        }
        return batch;
    }

    /// Connections that a worker had acknowledged are closed.
    public void ended(Incarnation worker, int count) {
        var slot = slots.get(worker);
        if (slot != null) {
            slot.ended(count);
        }
    }

    /// The worker is dead and everything it had said was heard: what it has not acknowledged is the master's again.
    ///
    /// @return that, to be given to others
    public List<Arrival> gone(Incarnation worker) {
        var slot = slots.remove(worker);
        if (slot == null) {
            return List.of();
        }
        var back = slot.inFlight.values().stream()
                .flatMap(batch -> batch.deliveries.stream())
                .toList();
        hold(back);
        if (candidates.contains(slot)) {
            changeCandidates(without(slot));
        }
        return back.stream().map(delivery -> delivery.connection).toList();
    }

    private List<Slot> without(Slot one) {
        return candidates.stream().filter(slot -> slot != one).toList();
    }

    /// Workers that should have answered by now. To be asked once more, and then [#hang].
    public List<Incarnation> overdue(long nowNanos) {
        return slots.values().stream()
                .filter(slot -> !slot.hung && slot.isOverdue(nowNanos))
                .sorted(ORDER)
                .map(slot -> slot.incarnation)
                .toList();
    }

    /// Takes a worker that is still overdue out, for good: it gets nothing more, and what it has not acknowledged
    /// stays with it until it is [#gone].
    ///
    /// @return false when it has answered meanwhile
    public boolean hang(Incarnation worker, long nowNanos) {
        var slot = slots.get(worker);
        if (slot == null || slot.hung || !slot.isOverdue(nowNanos)) {
            return false;
        }
        slot.hung = true;
        changeCandidates(without(slot));
        return true;
    }

    /// The master itself stood still for so long: nobody is to be blamed for that time.
    public void stoodStill(long nanos) {
        for (var slot : slots.values()) {
            slot.inFlight.values().forEach(batch -> batch.dueNanos += nanos);
        }
    }

    /// Time has passed: offers again what was left alone for long enough.
    public void passed(long nowNanos) {
        for (var slot : slots.values()) {
            if (slot.full && nowNanos - slot.fullUntilNanos >= 0) {
                slot.full = false;
                openIsStale = true;
            }
        }
        var due = new ArrayList<Delivery>();
        while (!parked.isEmpty() && nowNanos - parked.element().dueNanos >= 0) {
            due.add(parked.remove());
        }
        due.reversed().forEach(this::unpark);
    }

    /// Whether nothing depends on time: then [#passed] and [#overdue] need not be called.
    public boolean isCalm() {
        return inHand == 0 && slots.values().stream().noneMatch(slot -> slot.full);
    }

    /// Connections the master has accepted and nobody has acknowledged.
    public int inHand() {
        return inHand;
    }

    /// Those of this socket that are with no worker.
    public int waiting(int socket) {
        return sources.get(socket).waiting;
    }

    /// Those of this socket that nobody has acknowledged.
    public int inHand(int socket) {
        return sources.get(socket).inHand;
    }

    /// Open connections of a worker, those on their way to it included.
    public int openConnections(Incarnation worker) {
        var slot = slots.get(worker);
        return slot == null ? 0 : slot.openConnections();
    }

    /// Everything in hand, which is the caller's now: for the end.
    public Set<Arrival> abandon() {
        var all = new HashSet<Arrival>();
        held.forEach(delivery -> all.add(delivery.connection));
        parked.forEach(delivery -> all.add(delivery.connection));
        for (var slot : slots.values()) {
            slot.inFlight.values().forEach(batch -> all.addAll(batch.connections()));
        }
        held.clear();
        parked.clear();
        slots.clear();
        candidates = List.of();
        openIsStale = true;
        inHand = 0;
        return all;
    }

    /// What a policy sees; the same object each time, for it is asked for every connection.
    private static final class View implements Candidates {
        private List<Slot> choice = List.of();
        private @Nullable Slot last;

        @Override
        public int size() {
            return choice.size();
        }

        @Override
        public Incarnation incarnation(int index) {
            return choice.get(index).incarnation;
        }

        @Override
        public int openConnections(int index) {
            return choice.get(index).openConnections();
        }

        @Override
        public int next() {
            var before = last;
            if (before == null) {
                return 0;
            }
            int low = 0;
            int high = choice.size();
            while (low < high) {
                int middle = (low + high) >>> 1;
                if (ORDER.compare(choice.get(middle), before) <= 0) {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            return low == choice.size() ? 0 : low;
        }
    }
}
