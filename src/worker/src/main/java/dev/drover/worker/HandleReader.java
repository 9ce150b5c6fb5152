package dev.drover.worker;

import dev.drover.handoff.HandleClient;
import dev.drover.handoff.HandleKind;
import dev.drover.handoff.HandoffException;
import dev.drover.handoff.HandoffLimits;
import dev.drover.handoff.Received;
import dev.drover.posix.ArrivalWatch;
import dev.drover.posix.BatchScheduling;
import java.util.ArrayList;
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
        try (watch) {
            while (watch.await() == ArrivalWatch.Event.READABLE) {
                scheduling.count(taken.getAndSet(0));
                hand(() -> take(watch));
            }
        }
        ended.run();
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
            for (int i = 0; i < HandoffLimits.MAX_ACKNOWLEDGED; i++) {
                var next = handles.receiveArrived();
                if (next.isEmpty()) {
                    return;
                }
                switch (next.get()) {
                    case Received.Transferred transfer when isListener(transfer) -> takeListener(transfer);
                    case Received.Transferred transfer -> given.add(transfer);
                    case Received.Withdrawn withdrawn -> withdrawals.accept(withdrawn);
                    case Received.MasterGone _ -> {
                        // The thread sees the end too.
                        return;
                    }
                }
            }
        } finally {
            taken.addAndGet(given.size());
            connections.take(given);
        }
    }

    private static boolean isListener(Received.Transferred transfer) {
        return transfer.handles().getFirst().kind() == HandleKind.LISTENER;
    }

    private void takeListener(Received.Transferred transfer) {
        try {
            passed.take(transfer);
        } catch (HandoffException gone) {
            // The master is gone, which the next look at its socket tells.
            System.getLogger(HandleReader.class.getName())
                    .log(System.Logger.Level.DEBUG, "A transfer was not answered", gone);
        }
    }
}
