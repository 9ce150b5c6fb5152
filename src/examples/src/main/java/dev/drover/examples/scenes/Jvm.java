package dev.drover.examples.scenes;

import java.nio.file.Path;
import java.util.List;

/// How a scene starts a worker: the Java that runs the parent, with its class path.
final class Jvm {
    private Jvm() {}

    static List<String> running(Class<?> main) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName());
    }
}
