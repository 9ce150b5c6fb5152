package dev.drover.cli;

import dev.drover.cli.fixtures.Cli;
import dev.drover.cli.fixtures.Cli.Ran;
import dev.drover.cli.fixtures.FakeMaster;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// A master that only speaks, and the command beside it.
abstract class VerbTest {

    @TempDir
    Path directory;

    FakeMaster master;
    Cli cli;

    @BeforeEach
    @SuppressWarnings("NullAway.Init")
    final void startMaster() throws IOException {
        master = new FakeMaster(directory);
        cli = new Cli().with("DROVER_RUN_DIR", directory.toString());
    }

    @AfterEach
    final void stopMaster() throws IOException {
        master.close();
    }

    static Ran ok(String out) {
        return new Ran(ExitCode.OK, out, "");
    }

    static Ran failed(int code, String message) {
        return new Ran(code, "", "drover: " + message + "\n");
    }
}
