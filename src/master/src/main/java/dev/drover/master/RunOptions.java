package dev.drover.master;

import dev.drover.master.access.ServerTls;
import dev.drover.master.log.LogFormat;
import dev.drover.session.MessageLimits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// What `drover run` was asked for. Checked.
///
/// @param files files and directories of pools; none: see `defaultFiles`
/// @param defaultFiles the same where there are no `files`; none, or only directories without a pool file: the default
///     pool
/// @param control address of the control API; empty: only `control.sock`
/// @param tls with what the control address is encrypted; empty: it does not leave loopback
/// @param tokenFile tokens for the control address besides that of the run directory
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
        Optional<ServerTls> tls,
        Optional<Path> tokenFile,
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

    /// What is in force, by the flag's name without dashes and as the flag takes it.
    ///
    /// @param chosenControl with the port that was chosen; empty: off
    /// @param chosenManagement likewise
    Map<String, String> settings(Optional<ListenAddress> chosenControl, Optional<ListenAddress> chosenManagement) {
        var settings = new LinkedHashMap<String, String>();
        settings.put("control-address", text(chosenControl));
        tls.ifPresent(files -> {
            settings.put("tls-certificate", files.certificate().toString());
            settings.put("tls-key", files.key().toString());
            files.clientCa().ifPresent(file -> settings.put("tls-client-ca", file.toString()));
        });
        tokenFile.ifPresent(file -> settings.put("token-file", file.toString()));
        settings.put("management-address", text(chosenManagement));
        settings.put("lame-duck", seconds(lameDuck));
        grace.ifPresent(wait -> settings.put("grace", seconds(wait)));
        podGrace.ifPresent(wait -> settings.put("pod-grace", seconds(wait)));
        settings.put("log-format", logFormat.name().toLowerCase(Locale.ROOT));
        settings.put("max-message-bytes", Integer.toString(messages.maxPayloadBytes()));
        settings.put("max-queued-messages", Integer.toString(messages.maxMessagesPerPeer()));
        settings.put("max-queued-bytes", Long.toString(messages.maxTotalBytes()));
        return settings;
    }

    private static String text(Optional<ListenAddress> address) {
        return address.map(ListenAddress::toString).orElse("off");
    }

    private static String seconds(Duration wait) {
        return Long.toString(wait.toSeconds());
    }
}
