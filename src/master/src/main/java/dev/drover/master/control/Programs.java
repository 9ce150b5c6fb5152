package dev.drover.master.control;

import dev.drover.session.Address;
import dev.drover.session.Program;
import dev.drover.session.Subscriber;
import dev.drover.session.Switchboard;
import java.util.concurrent.atomic.AtomicInteger;

/// The programs that have subscribed. Thread-safe.
final class Programs {
    private final Switchboard switchboard;
    private final AtomicInteger subscribed = new AtomicInteger();

    Programs(Switchboard switchboard) {
        this.switchboard = switchboard;
    }

    /// Lets a program in; it is to be let out by [#leave].
    Program enter(Address.Program name, Subscriber subscriber) throws CallRefused {
        if (subscribed.incrementAndGet() > Switchboard.MAX_PROGRAMS) {
            subscribed.decrementAndGet();
            throw new CallRefused(new Refusal.TooManyPrograms(Switchboard.MAX_PROGRAMS));
        }
        var program = switchboard.subscribe(name, subscriber);
        if (program.isEmpty()) {
            subscribed.decrementAndGet();
            throw new CallRefused(new Refusal.ProgramExists(name.name()));
        }
        return program.get();
    }

    /// Once for each that has entered.
    void leave(Program program) {
        program.close();
        subscribed.decrementAndGet();
    }
}
