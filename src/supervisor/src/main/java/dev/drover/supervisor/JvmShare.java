package dev.drover.supervisor;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// What one of several workers may have of the machine, told to those that are JVMs: each would take itself for
/// alone, start compilers and collectors for every CPU, and make a heap of a quarter of the memory.
///
/// It is no part of a template: when the number of workers changes, those that start from then on are told
/// another.
///
/// @param processors from 1
/// @param memoryPercentage of the container's memory, for the heap
record JvmShare(int processors, int memoryPercentage) {
    /// Of the memory, for the heaps of all workers together: the rest is for what lies beside a heap, and for the
    /// master.
    private static final int HEAPS_PERCENTAGE = 75;

    /// What the JVM would take if it were alone: never more.
    private static final int DEFAULT_PERCENTAGE = 25;

    private static final String PROCESSORS = "-XX:ActiveProcessorCount=";
    private static final String MEMORY = "-XX:MaxRAMPercentage=";
    private static final List<String> HEAP_FLAGS = List.of("-Xmx", "-XX:MaxHeapSize=", MEMORY, "-XX:MaxRAM=");
    private static final List<String> VARIABLES = List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS");

    /// @param workers all that are wanted; where none are, one
    /// @param cpus of the machine, or the container's limit
    static JvmShare of(int workers, int cpus) {
        int sharing = Math.max(1, workers);
        return new JvmShare(
                Math.max(1, Math.ceilDiv(cpus, sharing)),
                Math.clamp(HEAPS_PERCENTAGE / sharing, 1, DEFAULT_PERCENTAGE));
    }

    /// The command with the share, if it is `java` and neither it nor a variable for JVMs says otherwise.
    List<String> toldTo(List<String> command, Map<String, String> environment) {
        if (!isJava(command.getFirst())) {
            return command;
        }
        var said = Stream.concat(
                        command.stream(),
                        VARIABLES.stream()
                                .flatMap(name -> Optional.ofNullable(environment.get(name)).stream())
                                .flatMap(flags -> Stream.of(flags.split("\\s+"))))
                .toList();
        var told = new ArrayList<String>();
        told.add(command.getFirst());
        if (said.stream().noneMatch(flag -> flag.startsWith(PROCESSORS))) {
            told.add(PROCESSORS + processors);
        }
        if (said.stream().noneMatch(flag -> HEAP_FLAGS.stream().anyMatch(flag::startsWith))) {
            told.add(MEMORY + memoryPercentage);
        }
        told.addAll(command.subList(1, command.size()));
        return told;
    }

    private static boolean isJava(String program) {
        return program.equals("java") || program.endsWith("/java");
    }
}
