package dev.drover.master;

import dev.drover.protocol.control.v1.ControlProto;
import dev.drover.protocol.control.v1.MessagesProto;
import dev.drover.supervisor.Supervisor;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.slf4j.LoggerFactory;

/// What every start needs and no flag decides about, made ready on a thread of its own while another reads the flags
/// and the pool files: most of a start is classes that are initialized one after the other, and there is a second
/// processor.
///
/// Two threads that initialize classes which need each other, from two ends, wait for each other without end (JLS
/// 12.4.2). So nothing that is prepared is to be used before it was waited for; and libraries log too: what may have a
/// logger, as the reader of YAML has, is not to be used before [#awaitLog].
final class Preparation {
    private final CompletableFuture<Void> log = new CompletableFuture<>();
    private final CompletableFuture<Void> supervisor = new CompletableFuture<>();
    private final CompletableFuture<Void> control = new CompletableFuture<>();

    private Preparation() {}

    static Preparation begin() {
        var preparation = new Preparation();
        Thread.ofPlatform().daemon().name("drover-preparation").start(preparation::run);
        return preparation;
    }

    private void run() {
        try {
            // The first logger looks for its provider in every jar of the class path.
            LoggerFactory.getLogger(Preparation.class);
            log.complete(null);
            Supervisor.prepare();
            supervisor.complete(null);
            MessagesProto.getDescriptor();
            ControlProto.getDescriptor();
            control.complete(null);
        } catch (Throwable failure) {
            log.completeExceptionally(failure);
            supervisor.completeExceptionally(failure);
            control.completeExceptionally(failure);
        }
    }

    /// Waits until the log is ready.
    void awaitLog() {
        await(log);
    }

    /// Waits until what a supervisor needs is ready too.
    void awaitSupervisor() {
        await(supervisor);
    }

    /// Waits until the control API's messages are ready, and so everything.
    void awaitControl() {
        await(control);
    }

    private static void await(CompletableFuture<Void> ready) {
        try {
            ready.join();
        } catch (CompletionException failure) {
            throw new MasterException("cannot prepare the start: " + failure.getCause(), failure);
        }
    }
}
