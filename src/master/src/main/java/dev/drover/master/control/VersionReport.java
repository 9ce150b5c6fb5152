package dev.drover.master.control;

import dev.drover.master.MasterProcess;
import dev.drover.master.resource.Times;
import dev.drover.protocol.control.v1.GetVersionResponse;
import dev.drover.supervisor.Supervisor;
import java.time.Instant;

/// Versions and what the kernel can do.
final class VersionReport {
    private VersionReport() {}

    static GetVersionResponse of(Instant startedAt) {
        var features = Supervisor.features();
        return GetVersionResponse.newBuilder()
                .setVersion(MasterProcess.version())
                .setPid(Math.toIntExact(ProcessHandle.current().pid()))
                .setStartedAt(Times.timestamp(startedAt))
                .setKernel(MasterProcess.kernel())
                .setJava(Runtime.version().toString())
                .setSteering(features.steering())
                .setSocketFilter(features.socketFilter())
                .setPidfd(features.pidfd())
                .setCloseFrom(features.closeFrom())
                .build();
    }
}
