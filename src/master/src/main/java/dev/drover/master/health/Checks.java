package dev.drover.master.health;

import dev.drover.master.Controls;
import dev.drover.supervisor.Snapshot;
import dev.drover.supervisor.Snapshot.ConditionType;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
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
            boolean up = controls.isStarted() && !controls.isStopping();
            for (var pool : snapshot.pools()) {
                // One that is on its way out is nobody's loss, nor one that came later and never was there: others
                // serve.
                up &= (isAvailable(pool, response) && !pool.failed()) || pool.leaving() || pool.awaited();
            }
            return response.status(up).build();
        };
    }

    private static boolean isAvailable(Snapshot.Pool pool, HealthCheckResponseBuilder response) {
        var available = pool.conditions().stream()
                .filter(condition -> condition.type() == ConditionType.AVAILABLE)
                .findFirst();
        response.withData(
                pool.spec().name(), available.map(Snapshot.Condition::message).orElse("not known yet"));
        return available.filter(Snapshot.Condition::holds).isPresent();
    }
}
