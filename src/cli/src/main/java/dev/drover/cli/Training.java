package dev.drover.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/// Runs the commands on its standard input, a line each, one after the other in one process, and fails with the first
/// that does: what a JVM learns of all of them is what its AOT cache holds. For `lib/train`, not for users.
public final class Training {

    private Training() {}

    public static void main(String[] arguments) throws IOException {
        var terminal = Main.terminal();
        var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        int code = ExitCode.OK;
        for (String line = lines.readLine(); line != null && code == ExitCode.OK; line = lines.readLine()) {
            code = Main.run(terminal, line.split(" "));
        }
        System.exit(code);
    }
}
