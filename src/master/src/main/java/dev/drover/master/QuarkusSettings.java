package dev.drover.master;

import java.util.LinkedHashMap;
import java.util.Map;

/// Quarkus' configuration as far as the flags decide it; the constant part is `application.properties`.
final class QuarkusSettings {
    /// What a call may have beyond one payload: names, numbers, the receipts of a batch.
    static final int MAX_OVERHEAD_BYTES = 128 << 10;

    private QuarkusSettings() {}

    /// Keys and values. System properties win over every other source.
    static Map<String, String> of(RunOptions options, ControlFiles files) {
        var settings = new LinkedHashMap<String, String>();
        settings.put("quarkus.http.domain-socket", files.socket().toString());
        settings.put("quarkus.http.domain-socket-enabled", "true");
        settings.put(
                "quarkus.http.host-enabled", Boolean.toString(options.control().isPresent()));
        options.control().ifPresent(address -> {
            settings.put("quarkus.http.host", address.host().getHostAddress());
            settings.put("quarkus.http.port", Integer.toString(address.port()));
        });
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
