package dev.drover.master.control;

import dev.drover.master.Controls;
import dev.drover.master.MasterProcess;
import dev.drover.master.MasterView;
import dev.drover.master.Welcome;
import dev.drover.master.resource.Times;
import dev.drover.protocol.control.v1.GetMasterResponse;
import dev.drover.protocol.control.v1.MasterState;
import dev.drover.protocol.control.v1.Setting;
import java.nio.file.Path;

/// How the master stands and what it runs with.
final class MasterReport {
    private MasterReport() {}

    /// Waits for the loop.
    static GetMasterResponse of(Controls controls) {
        var view = controls.view();
        var message = GetMasterResponse.newBuilder()
                .setVersion(MasterProcess.version())
                .setPid(Math.toIntExact(ProcessHandle.current().pid()))
                .setStartedAt(Times.timestamp(controls.startedAt()))
                .setState(state(view.state()))
                .setReady(Welcome.of(controls, controls.snapshot()))
                .setRunDirectory(view.runDirectory().toString())
                .addAllPoolFiles(view.files().stream().map(Path::toString).toList());
        view.settings()
                .forEach((name, value) ->
                        message.addSettings(Setting.newBuilder().setName(name).setValue(value)));
        return message.build();
    }

    private static MasterState state(MasterView.State state) {
        return switch (state) {
            case STARTING -> MasterState.MASTER_STATE_STARTING;
            case RUNNING -> MasterState.MASTER_STATE_RUNNING;
            case DRAINING -> MasterState.MASTER_STATE_DRAINING;
            case STOPPING -> MasterState.MASTER_STATE_STOPPING;
        };
    }
}
