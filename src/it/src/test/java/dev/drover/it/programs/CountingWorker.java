package dev.drover.it.programs;

import dev.drover.worker.DroverMeterRegistry;
import dev.drover.worker.Worker;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.io.File;
import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A worker that measures: how often it was started and drained, a work of half a second, and its number.
public final class CountingWorker {
    private CountingWorker() {}

    public static void main(String[] arguments) {
        var worker = Worker.join();
        var registry = new DroverMeterRegistry(worker);
        registry.counter("shop.starts").increment();
        registry.gauge("shop.number", worker, Worker::incarnation);
        Timer.builder("shop.work")
                .serviceLevelObjectives(Duration.ofSeconds(1))
                .register(registry)
                .record(Duration.ofMillis(500));
        worker.onDrain(() -> registry.counter("shop.drains").increment());
        worker.messages().onMessage(message -> {});
        worker.ready();
    }

    /// What it needs beside the SDK.
    public static String classPath() {
        return Stream.of(
                        MeterRegistry.class,
                        io.micrometer.common.KeyValue.class,
                        io.micrometer.observation.ObservationRegistry.class)
                .map(type ->
                        type.getProtectionDomain().getCodeSource().getLocation().getPath())
                .collect(Collectors.joining(File.pathSeparator));
    }
}
