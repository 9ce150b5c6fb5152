package dev.drover.master;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/// The environment the master was started with, which belongs to its workers.
///
/// The launcher starts the JVM with a short list of variables, so that what is meant for a worker (`QUARKUS_*`,
/// `JAVA_TOOL_OPTIONS`) does not configure the master, and passes the whole as it was, `/proc/PID/environ` in
/// Base64, in `DROVER_ENVIRONMENT_0`, `_1`, ... (one variable holds at most 128 KiB). So names a shell would drop
/// (`quarkus.http.port`) and values outside the locale survive.
final class InheritedEnvironment {
    private static final String CHUNK = "DROVER_ENVIRONMENT_";

    private InheritedEnvironment() {}

    /// The workers' environment: without `DROVER_*`, which the supervisor sets. Without the launcher it is the
    /// master's own.
    static Map<String, String> of(Map<String, String> own) {
        var inherited = own.containsKey(CHUNK + 0) ? decoded(own) : new LinkedHashMap<>(own);
        inherited.keySet().removeIf(name -> name.startsWith("DROVER_"));
        return inherited;
    }

    private static Map<String, String> decoded(Map<String, String> own) {
        var text = new StringBuilder();
        for (int i = 0; own.containsKey(CHUNK + i); i++) {
            text.append(own.get(CHUNK + i));
        }
        var block = new String(Base64.getDecoder().decode(text.toString()), StandardCharsets.UTF_8);
        var variables = new LinkedHashMap<String, String>();
        for (var entry : block.split("\0", -1)) {
            int equals = entry.indexOf('=');
            if (equals > 0) {
                variables.putIfAbsent(entry.substring(0, equals), entry.substring(equals + 1));
            }
        }
        return variables;
    }
}
