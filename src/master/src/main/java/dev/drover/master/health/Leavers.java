package dev.drover.master.health;

import io.quarkus.vertx.http.ManagementInterface;
import io.vertx.core.http.HttpClosedException;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

/// Who leaves the management address in the middle of a request is no failure of ours: Quarkus would tell each as an
/// error, and a stranger could fill the log.
@Singleton
class Leavers {
    void register(@Observes ManagementInterface management) {
        var _ = management.router().route().order(Integer.MIN_VALUE).failureHandler(context -> {
            if (!(context.failure() instanceof HttpClosedException)) {
                context.next();
            }
        });
    }
}
