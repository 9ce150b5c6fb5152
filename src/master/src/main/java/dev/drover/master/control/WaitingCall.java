package dev.drover.master.control;

import io.grpc.stub.ServerCallStreamObserver;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Answers a call that waits, on a virtual thread of its own, which a cancelled call interrupts.
///
/// Not on the thread that `@RunOnVirtualThread` gives: Quarkus tells that one of a cancel only when it has ended.
final class WaitingCall {
    private static final Logger LOG = LoggerFactory.getLogger(WaitingCall.class);

    private WaitingCall() {}

    /// What a call does; interrupted when nobody waits for its answer any more.
    interface Work<T> {
        T run() throws CallRefused, InterruptedException;
    }

    /// What a call does that has several answers; interrupted likewise.
    interface Telling {
        void run() throws CallRefused, InterruptedException;
    }

    /// Starts it. To be called where gRPC calls, because it watches for the cancel.
    static <T> void start(String method, ServerCallStreamObserver<T> observer, Work<T> work) {
        tell(method, observer, () -> observer.onNext(work.run()));
    }

    /// Starts one that gives its answers to the observer itself, but for the end.
    static void tell(String method, ServerCallStreamObserver<?> observer, Telling telling) {
        var thread = Thread.ofVirtual().name("drover-call").unstarted(() -> run(method, observer, telling));
        observer.setOnCancelHandler(thread::interrupt);
        thread.start();
    }

    private static void run(String method, ServerCallStreamObserver<?> observer, Telling telling) {
        try {
            telling.run();
            observer.onCompleted();
        } catch (CallRefused refused) {
            refuse(observer, refused.refusal());
        } catch (InterruptedException _) {
            // Cancelled: nobody reads an answer.
        } catch (RuntimeException bug) {
            if (!observer.isCancelled()) {
                LOG.error("Control call failed: {}", method, bug);
                refuse(observer, new Refusal.Failed(method));
            }
        }
    }

    private static void refuse(ServerCallStreamObserver<?> observer, Refusal refusal) {
        try {
            observer.onError(Refusals.exceptionOf(refusal));
        } catch (RuntimeException gone) {
            // The caller left at this very moment.
            LOG.debug("Refusal not told", gone);
        }
    }
}
