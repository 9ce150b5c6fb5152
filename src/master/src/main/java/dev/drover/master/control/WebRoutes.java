package dev.drover.master.control;

import dev.drover.master.page.Page;
import dev.drover.master.rest.Rest;
import io.quarkus.grpc.GrpcService;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

/// Puts on the control server what is not gRPC.
@Singleton
class WebRoutes {
    private final Rest rest;
    private final Page page = new Page();

    WebRoutes(Vertx vertx, @GrpcService ControlService service) {
        this.rest = new Rest(vertx, service.bindService());
    }

    void register(@Observes Router router) {
        router.route().handler(context -> {
            if (!rest.handle(context.request()) && !page.handle(context.request())) {
                context.next();
            }
        });
    }
}
