package dev.drover.master;

import dev.drover.master.log.LogFormat;
import dev.drover.session.MessageLimits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// What `drover run` was asked for. Checked.
///
/// @param files files and directories of pools; none: see `defaultFiles`
/// @param defaultFiles the same where there are no `files`; none, or only directories without a pool file: the default
///     pool
/// @param control address of the control API; empty: only `control.sock`
/// @param management address of the health checks; empty: none
/// @param lameDuck how long a stop keeps serving while it already says "not ready"
/// @param grace time between the stop signal and KILL; empty: what each pool says
/// @param podGrace how long whoever stops the master waits before it kills; empty: not known
/// @param logFormat how lines are written
/// @param messages the bounds of messages
record RunOptions(
        List<Path> files,
        List<Path> defaultFiles,
        Optional<ListenAddress> control,
        Optional<ListenAddress> management,
        Duration lameDuck,
        Optional<Duration> grace,
        Optional<Duration> podGrace,
        LogFormat logFormat,
        MessageLimits messages) {

    RunOptions {
        files = List.copyOf(files);
        defaultFiles = List.copyOf(defaultFiles);
    }
}
