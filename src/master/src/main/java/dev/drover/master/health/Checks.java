package dev.drover.master.health;

import dev.drover.master.Controls;
import dev.drover.master.Welcome;
import dev.drover.supervisor.Snapshot;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;
import org.eclipse.microprofile.health.Readiness;
import org.eclipse.microprofile.health.Startup;

/// Started, live, ready.
///
/// Live says nothing of workers: killing the master because of them would end those that serve.
@Singleton
class Checks {
    private final Controls controls;

    Checks(Controls controls) {
        this.controls = controls;
    }

    @Produces
    @Startup
    HealthCheck started() {
        return () -> HealthCheckResponse.named("sockets open and workers started")
                .status(controls.isStarted())
                .build();
    }

    @Produces
    @Liveness
    HealthCheck live() {
        return () -> HealthCheckResponse.named("master answers")
                .status(controls.isResponsive())
                .build();
    }

    @Produces
    @Readiness
    HealthCheck ready() {
        return () -> {
            var snapshot = controls.snapshot();
            var response = HealthCheckResponse.named("pools available");
            snapshot.pools()
                    .forEach(pool -> response.withData(
                            pool.spec().name(),
                            Welcome.available(pool)
                                    .map(Snapshot.Condition::message)
                                    .orElse("not known yet")));
            return response.status(Welcome.of(controls, snapshot)).build();
        };
    }
}
