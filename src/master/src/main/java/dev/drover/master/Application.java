package dev.drover.master;

import dev.drover.master.resource.Addresses;
import dev.drover.supervisor.Snapshot;
import io.quarkus.runtime.QuarkusApplication;
import io.quarkus.vertx.http.HttpServer;
import io.vertx.core.Vertx;
import io.vertx.core.impl.VertxInternal;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The part of a run that needs Quarkus: its servers listen already, so a control address in use has been seen
/// before the first worker is started.
class Application implements QuarkusApplication {
    private static final Logger LOG = LoggerFactory.getLogger("dev.drover");

    private final Launch launch;
    private final HttpServer server;
    private final Vertx vertx;

    @Inject
    Application(Launch launch, HttpServer server, Vertx vertx) {
        this.launch = launch;
        this.server = server;
        this.vertx = vertx;
    }

    @Override
    public int run(String... arguments) throws InterruptedException {
        ConnectionBound.apply(((VertxInternal) vertx).getAcceptorEventLoopGroup());
        var control = launch.options().control().map(address -> address.withChosenPort(this::controlPort));
        var management =
                launch.options().management().map(address -> address.withChosenPort(server::getManagementPort));
        control.ifPresent(launch.files()::writeAddress);
        launch.master().listensOn(control, management);
        launch.master().open();
        if (launch.master().isStarted()) {
            tellStarted(control, management);
        }
        return launch.master().awaitStopped();
    }

    private int controlPort() {
        return launch.options().tls().isPresent() ? server.getSecurePort() : server.getPort();
    }

    private void tellStarted(Optional<ListenAddress> control, Optional<ListenAddress> management) {
        var pools = launch.master().snapshot().pools().stream()
                .map(Application::text)
                .toList();
        var own = Stream.of(
                        control.map(address ->
                                "control " + (launch.options().tls().isPresent() ? "https://" : "") + address),
                        management.map(address -> "management " + address))
                .flatMap(Optional::stream)
                .toList();
        LOG.info(
                "Drover {} started in {} ms: {}",
                MasterProcess.version(),
                MasterProcess.age().toMillis(),
                Stream.of(pools, own, List.of("run directory " + launch.files().runDirectory()))
                        .flatMap(List::stream)
                        .collect(Collectors.joining("; ")));
    }

    private static String text(Snapshot.Pool pool) {
        var sockets = pool.sockets().stream()
                .map(socket -> Addresses.text(socket.address()))
                .collect(Collectors.joining(", "));
        int workers = pool.spec().replicas();
        return "pool " + pool.spec().name() + " (" + workers + (workers == 1 ? " worker)" : " workers)")
                + (sockets.isEmpty() ? "" : " on " + sockets);
    }
}
