package dev.drover.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/// How a program of ours is started in a JVM of its own, by the Java and with the class path of this one.
final class Jvm {
    /// Without them the JDK warns.
    private static final List<String> ACCESS =
            List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow");

    /// Those of the workers of Drover's default pool: small, and quick to start.
    static final List<String> SMALL = List.of(
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseCompactObjectHeaders",
            "-Xmx32m",
            "-Xss512k",
            "-Xshare:auto");

    private Jvm() {}

    /// From now on this JVM logs only what is wrong: the table is what is to be read.
    static void logWarningsOnly() {
        Logger.getLogger("").setLevel(Level.WARNING);
    }

    /// @param flags beyond those without which the JDK warns
    static List<String> running(List<String> flags, Class<?> main, String... arguments) {
        return running(flags, System.getProperty("java.class.path"), main.getName(), arguments);
    }

    static List<String> running(List<String> flags, String classPath, String main, String... arguments) {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(flags);
        command.addAll(ACCESS);
        command.addAll(List.of("-cp", classPath, main));
        command.addAll(List.of(arguments));
        return command;
    }
}
