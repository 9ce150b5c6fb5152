package dev.drover.master;

import dev.drover.master.access.ServerTls;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/// Quarkus' configuration as far as the flags decide it; the constant part is `application.properties`.
final class QuarkusSettings {
    /// What a call may have beyond one payload: names, numbers, the receipts of a batch.
    static final int MAX_OVERHEAD_BYTES = 128 << 10;

    /// What a stream may send before it is read: as much is in memory for each call that waits for its turn.
    private static final int STREAM_WINDOW_BYTES = 16 << 10;

    /// Calls of one connection at once.
    private static final int MAX_STREAMS = 128;

    /// Twice what all calls that wait hold of it, so that they never keep the others' bytes from coming: Netty gives a
    /// window back only when half of it has been read.
    private static final int CONNECTION_WINDOW_BYTES = 2 * MAX_STREAMS * STREAM_WINDOW_BYTES;

    /// After which a connection to the management address that says nothing is cut: longer than probes and scrapes are
    /// apart.
    private static final int MANAGEMENT_IDLE_SECONDS = 120;

    /// Calls that their caller may end early within 30 s, on one connection, before it is cut: deadlines do that, too.
    private static final int MAX_RESETS = 10_000;

    /// Between two looks at the files of TLS.
    private static final int RELOAD_PERIOD_SECONDS = 5;

    private QuarkusSettings() {}

    /// In a configuration of its own: the default one would be the management address's, too.
    private static Map<String, String> of(ServerTls tls) {
        var settings = new LinkedHashMap<String, String>();
        settings.put("quarkus.http.insecure-requests", "disabled");
        settings.put("quarkus.http.tls-configuration-name", "control");
        settings.put("quarkus.tls.control.key-store.pem.0.cert", absolute(tls.certificate()));
        settings.put("quarkus.tls.control.key-store.pem.0.key", absolute(tls.key()));
        tls.clientCa().ifPresent(file -> settings.put("quarkus.tls.control.trust-store.pem.certs", absolute(file)));
        settings.put("quarkus.tls.control.reload-period", RELOAD_PERIOD_SECONDS + "s");
        return settings;
    }

    private static String absolute(Path file) {
        return file.toAbsolutePath().toString();
    }

    /// Keys and values. System properties win over every other source.
    static Map<String, String> of(RunOptions options, ControlFiles files) {
        var settings = new LinkedHashMap<String, String>();
        settings.put("quarkus.http.domain-socket", files.socket().toString());
        settings.put("quarkus.http.domain-socket-enabled", "true");
        settings.put(
                "quarkus.http.host-enabled", Boolean.toString(options.control().isPresent()));
        options.control().ifPresent(address -> {
            settings.put("quarkus.http.host", address.host().getHostAddress());
            settings.put(
                    options.tls().isPresent() ? "quarkus.http.ssl-port" : "quarkus.http.port",
                    Integer.toString(address.port()));
        });
        options.tls().ifPresent(tls -> settings.putAll(of(tls)));
        settings.put("quarkus.management.idle-timeout", MANAGEMENT_IDLE_SECONDS + "s");
        settings.put("quarkus.http.limits.max-concurrent-streams", Integer.toString(MAX_STREAMS));
        settings.put("quarkus.http.initial-window-size", Integer.toString(STREAM_WINDOW_BYTES));
        settings.put("quarkus.http.http2-connection-window-size", Integer.toString(CONNECTION_WINDOW_BYTES));
        settings.put("quarkus.http.limits.rst-flood-max-rst-frame-per-window", Integer.toString(MAX_RESETS));
        settings.put(
                "quarkus.grpc.server.max-inbound-message-size",
                Integer.toString(options.messages().maxPayloadBytes() + MAX_OVERHEAD_BYTES));
        settings.put(
                "quarkus.management.host-enabled",
                Boolean.toString(options.management().isPresent()));
        options.management().ifPresent(address -> {
            settings.put("quarkus.management.host", address.host().getHostAddress());
            settings.put("quarkus.management.port", Integer.toString(address.port()));
        });
        return settings;
    }
}
