package dev.drover.master.control;

import dev.drover.master.access.Access;
import dev.drover.master.access.ServerTls;
import io.quarkus.vertx.http.HttpServerOptionsCustomizer;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServerOptions;
import jakarta.inject.Singleton;
import java.util.Optional;

/// Asks clients for a certificate where one may be presented. Not by `quarkus.http.ssl.client-auth`, which is fixed
/// when the master is built.
@Singleton
class TlsServer implements HttpServerOptionsCustomizer {
    private final Optional<ServerTls> tls;

    TlsServer(Access access) {
        this.tls = access.tls();
    }

    @Override
    public void customizeHttpsServer(HttpServerOptions options) {
        // Not required: a token will do as well.
        tls.flatMap(ServerTls::clientCa).ifPresent(_ -> options.setClientAuth(ClientAuth.REQUEST));
    }
}
