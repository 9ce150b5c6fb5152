package dev.drover.master.resource;

import dev.drover.posix.Processes;
import dev.drover.protocol.control.v1.ListUsageResponse;
import dev.drover.protocol.control.v1.Usage;
import dev.drover.protocol.control.v1.WorkerUsage;
import dev.drover.protocol.worker.v1.Load;
import dev.drover.supervisor.Incarnation;
import dev.drover.supervisor.Measures;
import dev.drover.supervisor.Snapshot;
import dev.drover.supervisor.usage.ProcessUsage;
import dev.drover.supervisor.usage.Usages;

/// What processes use as the control API tells it.
public final class UsageMessages {
    private UsageMessages() {}

    /// @param usages of those measures
    /// @param pool empty: the workers of all
    public static ListUsageResponse of(Measures measures, Usages usages, String pool) {
        var response = ListUsageResponse.newBuilder().setTime(Times.timestamp(usages.time()));
        usages.of(Processes.currentPid()).map(UsageMessages::usage).ifPresent(response::setMaster);
        measures.snapshot().pools().stream()
                .filter(found -> pool.isEmpty() || found.spec().name().equals(pool))
                .flatMap(found -> found.workers().stream())
                .forEach(worker -> usages.of(worker.pid())
                        .ifPresent(usage -> response.addWorkers(worker(worker, usage, measures))));
        return response.build();
    }

    private static WorkerUsage worker(Snapshot.Worker worker, ProcessUsage usage, Measures measures) {
        var traffic = measures.traffic(new Incarnation(worker.id(), worker.incarnation()))
                .orElse(Measures.Traffic.NONE);
        var message = WorkerUsage.newBuilder()
                .setName(worker.id().toString())
                .setPool(worker.id().pool())
                .setIncarnation(worker.incarnation())
                .setUsage(usage(usage))
                .setRestarts(worker.restarts())
                .setMessagesSent(traffic.sent())
                .setMessagesReceived(traffic.received());
        worker.session()
                .flatMap(Snapshot.Session::load)
                .map(UsageMessages::load)
                .ifPresent(message::setLoad);
        return message.build();
    }

    private static Load load(dev.drover.session.Load load) {
        return Load.newBuilder()
                .setConnections(load.connections())
                .setInFlight(load.inFlight())
                .setRequests(load.requests())
                .build();
    }

    private static Usage usage(ProcessUsage usage) {
        var message = Usage.newBuilder()
                .setPid(Math.toIntExact(usage.pid()))
                .setCpuSeconds(usage.cpuSeconds())
                .setRssBytes(usage.residentBytes());
        usage.cores().ifPresent(message::setCpuCores);
        usage.descriptors().ifPresent(message::setDescriptors);
        return message.build();
    }
}
