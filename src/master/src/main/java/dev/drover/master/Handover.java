package dev.drover.master;

import dev.drover.master.access.Access;
import dev.drover.master.control.Gate;
import dev.drover.session.Switchboard;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/// Hands what `main` made to Quarkus' container.
///
/// Quarkus constructs its beans itself, and `Quarkus.run` takes only strings: the one static field of the master is
/// how an object gets across. Written once, before Quarkus starts.
@Singleton
public class Handover {
    private static final AtomicReference<Optional<Launch>> LAUNCH = new AtomicReference<>(Optional.empty());

    static void give(Launch launch) {
        LAUNCH.set(Optional.of(launch));
    }

    @Produces
    @Singleton
    Launch launch() {
        return LAUNCH.get().orElseThrow(() -> new IllegalStateException("Quarkus was not started by Main"));
    }

    @Produces
    @Singleton
    Controls controls(Launch launch) {
        return launch.master();
    }

    @Produces
    @Singleton
    Switchboard switchboard(Launch launch) {
        return launch.switchboard();
    }

    @Produces
    @Singleton
    Access access(Launch launch) {
        return launch.access();
    }

    @Produces
    @Singleton
    Gate gate(Launch launch) {
        return new Gate(launch.access().tokens());
    }
}
