package dev.drover.worker;

import dev.drover.handoff.HandleClient;
import dev.drover.handoff.HandleKind;
import dev.drover.handoff.HandoffException;
import dev.drover.handoff.HandoffLimits;
import dev.drover.handoff.Received;
import dev.drover.posix.ArrivalWatch;
import dev.drover.posix.BatchScheduling;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/// Reads what the master sends: a thread waits until something has come, and the loop that serves, or that thread
/// where there is none, takes all of it at once. Meanwhile the thread watches for the end of the master, which a loop
/// that hangs would not see.
final class HandleReader {
    private final HandleClient handles;
    private final WorkerConnections connections;
    private final PassedListeners passed;
    private final Consumer<Received.Withdrawn> withdrawals;
    private final Runnable ended;

    /// Who takes what has come; published by the program to the thread.
    private volatile Executor loop = Runnable::run;

    /// Connections taken since the thread looked.
    private final AtomicInteger taken = new AtomicInteger();

    /// @param withdrawals gives listeners back; must not block
    /// @param ended runs once, when the connection has ended, whoever has ended it
    HandleReader(
            HandleClient handles,
            WorkerConnections connections,
            PassedListeners passed,
            Consumer<Received.Withdrawn> withdrawals,
            Runnable ended) {
        this.handles = handles;
        this.connections = connections;
        this.passed = passed;
        this.withdrawals = withdrawals;
        this.ended = ended;
    }

    /// From now on what comes is taken on this loop.
    void readBy(Executor next) {
        loop = next;
    }

    void start() {
        var watch = handles.watch();
        // A platform thread, because the blocking downcall would pin a virtual one's carrier.
        Thread.ofPlatform().daemon().name("drover-handles").start(() -> run(watch));
    }

    private void run(ArrivalWatch watch) {
        var scheduling = new BatchScheduling();
        Runnable turn = () -> take(watch);
        try (watch) {
            while (awaited(watch, scheduling)) {
                hand(turn);
            }
        }
        ended.run();
    }

    /// Whether something has come before the end. Apart from the loop, which is called once, and so is compiled late.
    private boolean awaited(ArrivalWatch watch, BatchScheduling scheduling) {
        if (watch.await() == ArrivalWatch.Event.ENDED) {
            return false;
        }
        scheduling.count(taken.getAndSet(0));
        return true;
    }

    /// A loop that has ended takes nothing any more, and the master may still have to be answered.
    private void hand(Runnable turn) {
        try {
            loop.execute(turn);
        } catch (RejectedExecutionException over) {
            turn.run();
        }
    }

    /// One turn: what is left over comes with the next, after whatever else the loop has to do.
    private void take(ArrivalWatch watch) {
        try {
            takeArrived();
        } finally {
            watch.rearm();
        }
    }

    private void takeArrived() {
        var given = new ArrayList<Received.Transferred>();
        try {
            for (int i = 0; i < HandoffLimits.MAX_ACKNOWLEDGED && receiveArrived(given); i++) {}
        } finally {
            taken.addAndGet(connections.take(given));
        }
    }

    /// False when there is nothing more.
    private boolean receiveArrived(List<Received.Transferred> given) {
        var next = handles.receiveArrived();
        if (next.isEmpty()) {
            return false;
        }
        switch (next.get()) {
            case Received.Transferred transfer when areListeners(transfer) -> takeListeners(transfer);
            case Received.Transferred transfer -> given.add(transfer);
            case Received.Withdrawn withdrawn -> withdrawals.accept(withdrawn);
            case Received.MasterGone _ -> {
                // The thread sees the end too.
                return false;
            }
        }
        return true;
    }

    private static boolean areListeners(Received.Transferred transfer) {
        for (var handle : transfer.handles()) {
            if (handle.kind() != HandleKind.LISTENER) {
                return false;
            }
        }
        return true;
    }

    private void takeListeners(Received.Transferred transfer) {
        try {
            passed.take(transfer);
        } catch (HandoffException gone) {
            // The master is gone, which the next look at its socket tells.
            System.getLogger(HandleReader.class.getName())
                    .log(System.Logger.Level.DEBUG, "A transfer was not answered", gone);
        }
    }
}
