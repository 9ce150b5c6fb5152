package dev.drover.master.metrics;

import dev.drover.master.Controls;
import dev.drover.master.MasterProcess;
import io.quarkus.vertx.http.ManagementInterface;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;

/// Puts the page of metrics on the management address.
@Singleton
class MetricsRoute {
    static final String PATH = "/q/metrics";

    /// How long a scrape waits for the loop and for the kernel, together. Prometheus gives up after 10 s.
    static final Duration BOUND = Duration.ofSeconds(2);

    private final MetricsPage page;

    MetricsRoute(Controls controls) {
        var master = new MasterMetrics(controls, MasterProcess::version, InstantSource.system());
        this.page = new MetricsPage(() -> master.gather(BOUND));
    }

    void register(@Observes ManagementInterface management) {
        var _ = management.router().get(PATH).handler(this::answer);
    }

    /// On the event loop, which does not wait.
    private void answer(RoutingContext context) {
        var accept = Objects.requireNonNullElse(context.request().getHeader("accept"), "");
        var loop = context.vertx().getOrCreateContext();
        Thread.ofVirtual().name("drover-scrape").start(() -> {
            var answer = page.get(accept);
            loop.runOnContext(_ -> end(context, answer));
        });
    }

    private static void end(RoutingContext context, MetricsPage.Answer answer) {
        if (context.response().closed()) {
            return;
        }
        context.response()
                .setStatusCode(answer.status())
                .putHeader("content-type", answer.contentType())
                .end(Buffer.buffer(answer.body()));
    }
}
