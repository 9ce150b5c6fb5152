package dev.drover.cli;

import dev.drover.protocol.control.v1.Event;
import dev.drover.protocol.control.v1.GetMasterResponse;
import dev.drover.protocol.control.v1.GetVersionResponse;
import dev.drover.protocol.pool.v1.WorkerPool;
import java.util.List;

/// All there is to tell of a master.
final class MasterDescription {

    private final Descriptions words;

    MasterDescription(Descriptions words) {
        this.words = words;
    }

    /// @param events those about the master itself
    Description of(GetMasterResponse master, GetVersionResponse version, List<WorkerPool> pools, List<Event> events) {
        var description = new Description()
                .add("Version", master.getVersion())
                .add("PID", master.getPid())
                .add("Start Time", words.time(master.getStartedAt()))
                .add("State", Resources.state(master.getState()))
                .add("Ready", master.getReady() ? "True" : "False")
                .add("Run Directory", master.getRunDirectory())
                .add("Kernel", version.getKernel())
                .add("Java", version.getJava())
                .block(
                        "Capabilities",
                        block -> block.add("Steering", able(version.getSteering()))
                                .add("Socket Filter", able(version.getSocketFilter()))
                                .add("Pidfd", able(version.getPidfd()))
                                .add("Close From", able(version.getCloseFrom())))
                .lines("Pool Files", master.getPoolFilesList())
                .block(
                        "Settings",
                        block -> master.getSettingsList()
                                .forEach(setting -> block.add(setting.getName(), setting.getValue())))
                .grid(
                        "Pools",
                        List.of("Name", "Ready", "Revision", "Sockets"),
                        pools.stream().map(MasterDescription::pool).toList());
        words.events(description, events);
        return description;
    }

    private static String able(boolean able) {
        return able ? "yes" : "no";
    }

    private static List<String> pool(WorkerPool pool) {
        return List.of(
                pool.getMetadata().getName(),
                Resources.ready(pool),
                Integer.toString(pool.getStatus().getRevision()),
                Resources.addresses(pool));
    }
}
