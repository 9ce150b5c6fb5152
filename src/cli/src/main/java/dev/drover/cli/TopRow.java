package dev.drover.cli;

import dev.drover.protocol.control.v1.ListUsageResponse;
import dev.drover.protocol.control.v1.Usage;
import dev.drover.protocol.control.v1.WorkerUsage;
import dev.drover.protocol.worker.v1.Load;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.Collectors;

/// A line of `top`.
///
/// @param cpu in CPUs; empty while it was measured once only
/// @param memory in bytes
/// @param load what it has in hand; empty where nobody tells
/// @param messages sent and received; empty for who has none
/// @param restarts empty for who is not restarted
record TopRow(
        String name, OptionalDouble cpu, long memory, List<Load> load, List<Messages> messages, OptionalLong restarts) {

    static final List<String> HEADERS =
            List.of("NAME", "CPU(cores)", "MEMORY(bytes)", "CONNECTIONS", "IN-FLIGHT", "SENT", "RECEIVED", "RESTARTS");

    // As kubectl tells what was not measured.
    private static final String UNKNOWN = "<unknown>";

    /// Messages over sessions.
    record Messages(long sent, long received) {}

    /// By what rows are sorted.
    enum Order {
        NAME,
        CPU,
        MEMORY,
        CONNECTIONS,
        IN_FLIGHT,
        MESSAGES,
        RESTARTS;

        /// The most first; those that are equal stay as they stand.
        Comparator<TopRow> comparator() {
            return Comparator.comparingLong(this::amount).reversed();
        }

        private long amount(TopRow row) {
            return switch (this) {
                case NAME -> 0;
                case CPU -> Math.round(row.cpu().orElse(-1) * 1000);
                case MEMORY -> row.memory();
                case CONNECTIONS -> row.sum(Load::getConnections).orElse(-1);
                case IN_FLIGHT -> row.sum(Load::getInFlight).orElse(-1);
                case MESSAGES ->
                    row.messages().stream()
                            .mapToLong(each -> each.sent() + each.received())
                            .sum();
                case RESTARTS -> row.restarts().orElse(-1);
            };
        }
    }

    TopRow {
        load = List.copyOf(load);
        messages = List.copyOf(messages);
    }

    static TopRow ofMaster(ListUsageResponse usage) {
        Usage master = usage.getMaster();
        return new TopRow(
                "master", cpu(List.of(master)), master.getRssBytes(), List.of(), List.of(), OptionalLong.empty());
    }

    static List<TopRow> ofWorkers(ListUsageResponse usage) {
        return usage.getWorkersList().stream()
                .map(worker -> sum(worker.getName(), List.of(worker)))
                .toList();
    }

    static List<TopRow> ofPools(ListUsageResponse usage) {
        Map<String, List<WorkerUsage>> pools = usage.getWorkersList().stream()
                .collect(Collectors.groupingBy(WorkerUsage::getPool, LinkedHashMap::new, Collectors.toList()));
        return pools.entrySet().stream()
                .map(pool -> sum(pool.getKey(), pool.getValue()))
                .toList();
    }

    private static TopRow sum(String name, List<WorkerUsage> workers) {
        // While a worker is replaced, two incarnations tell the restarts of one place.
        Map<String, Integer> restarts =
                workers.stream().collect(Collectors.toMap(WorkerUsage::getName, WorkerUsage::getRestarts, Math::max));
        return new TopRow(
                name,
                cpu(workers.stream().map(WorkerUsage::getUsage).toList()),
                workers.stream()
                        .mapToLong(worker -> worker.getUsage().getRssBytes())
                        .sum(),
                workers.stream()
                        .filter(WorkerUsage::hasLoad)
                        .map(WorkerUsage::getLoad)
                        .toList(),
                workers.stream()
                        .map(worker -> new Messages(worker.getMessagesSent(), worker.getMessagesReceived()))
                        .toList(),
                OptionalLong.of(
                        restarts.values().stream().mapToLong(Integer::longValue).sum()));
    }

    private static OptionalDouble cpu(List<Usage> usages) {
        var measured = usages.stream()
                .filter(Usage::hasCpuCores)
                .map(Usage::getCpuCores)
                .toList();
        return measured.isEmpty()
                ? OptionalDouble.empty()
                : OptionalDouble.of(
                        measured.stream().mapToDouble(Double::doubleValue).sum());
    }

    private OptionalLong sum(Function<Load, Integer> part) {
        return load.isEmpty()
                ? OptionalLong.empty()
                : OptionalLong.of(load.stream().mapToLong(part::apply).sum());
    }

    List<String> cells() {
        return List.of(
                name,
                cpu.isPresent() ? millis(cpu.getAsDouble()) : UNKNOWN,
                mebibytes(memory),
                told(sum(Load::getConnections)),
                told(sum(Load::getInFlight)),
                messages.isEmpty()
                        ? ""
                        : Long.toString(
                                messages.stream().mapToLong(Messages::sent).sum()),
                messages.isEmpty()
                        ? ""
                        : Long.toString(
                                messages.stream().mapToLong(Messages::received).sum()),
                told(restarts));
    }

    private static String told(OptionalLong number) {
        return number.isPresent() ? Long.toString(number.getAsLong()) : "";
    }

    /// `250m`.
    static String millis(double cores) {
        return Math.round(cores * 1000) + "m";
    }

    /// `63Mi`.
    static String mebibytes(long bytes) {
        return (bytes >> 20) + "Mi";
    }
}
