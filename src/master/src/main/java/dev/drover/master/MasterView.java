package dev.drover.master;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// How a master stands and what it runs with.
///
/// @param runDirectory its own
/// @param settings by the name of the flag, without dashes, as the flag takes it; no secrets
/// @param files files and directories of pools that it reads; empty: the default pool
public record MasterView(State state, Path runDirectory, Map<String, String> settings, List<Path> files) {

    public MasterView {
        settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
        files = List.copyOf(files);
    }

    /// How it stands.
    public enum State {
        /// It opens its sockets.
        STARTING,
        /// It runs.
        RUNNING,
        /// It drains, or has drained and waits to be stopped.
        DRAINING,
        /// It stops.
        STOPPING
    }
}
