package dev.drover.master.resource;

import dev.drover.posix.Signals;
import dev.drover.protocol.pool.v1.EnvVar;
import dev.drover.protocol.pool.v1.EnvVarSource;
import dev.drover.protocol.pool.v1.Template;
import dev.drover.supervisor.Template.Protocol;
import dev.drover.supervisor.Template.ReadyWhen;
import dev.drover.supervisor.Template.Variable;

/// Templates as people read them, made from the supervisor's: the arguments are told as a part of the command.
final class Templates {
    private Templates() {}

    /// The inverse of [PoolSpecs#template].
    static Template of(dev.drover.supervisor.Template template) {
        var message = Template.newBuilder()
                .setProtocol(protocol(template.protocol()))
                .addAllCommand(template.command())
                .setReadyWhen(readyWhen(template.readyWhen()))
                .addAllEnv(
                        template.environment().stream().map(Templates::variable).toList());
        template.workingDirectory().ifPresent(path -> message.setWorkingDirectory(path.toString()));
        message.getLifecycleBuilder().setStopSignal(Signals.nameOf(template.stopSignal()));
        ProbeSpecs.add(template.probes(), message);
        return message.build();
    }

    private static EnvVar variable(Variable variable) {
        var message = EnvVar.newBuilder().setName(variable.name());
        return switch (variable) {
            case Variable.Literal literal -> message.setValue(literal.value()).build();
            case Variable.FromFile(var _, var file) ->
                message.setValueFrom(EnvVarSource.newBuilder().setFile(file.toString()))
                        .build();
        };
    }

    private static String protocol(Protocol protocol) {
        return switch (protocol) {
            case DROVER -> "Drover";
            case SYSTEMD -> "Systemd";
        };
    }

    private static String readyWhen(ReadyWhen readyWhen) {
        return switch (readyWhen) {
            case NOTIFIED -> "Notified";
            case PROBED -> "Probed";
            case STARTED -> "Started";
        };
    }
}
