package dev.drover.master;

import dev.drover.master.RunCommand.Parsed;
import dev.drover.master.access.Access;
import dev.drover.master.access.TokenFile;
import dev.drover.master.access.Tokens;
import dev.drover.master.log.EventLines;
import dev.drover.master.log.LineWriter;
import dev.drover.master.log.LogHandler;
import dev.drover.master.log.WorkerLines;
import dev.drover.supervisor.Supervisor;
import dev.drover.supervisor.SupervisorException;
import dev.drover.supervisor.SupervisorOptions;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.ServerSocket;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// `drover run`: from the arguments to the exit code.
///
/// In order: flags, pool files, own addresses, run directory, signals, Quarkus, and inside it sockets and workers.
/// Whatever is wrong is told by the earliest of them that can see it. Lines of a running master go to standard
/// output, what keeps it from running goes to standard error.
@QuarkusMain
public final class Main {
    private Main() {}

    /// Starts a master and exits with its code.
    public static void main(String... arguments) {
        System.exit(run(arguments));
    }

    private static int run(String... arguments) {
        var preparation = Preparation.begin();
        try (var signals = SignalHandlers.install()) {
            return switch (RunCommand.parse(System.getenv(), arguments)) {
                case Parsed.Print(var text) -> print(System.out, ExitCode.CLEAN, List.of(text.stripTrailing()));
                case Parsed.Wrong(var message) ->
                    print(System.err, ExitCode.USAGE, List.of("drover run: " + message, "Try 'drover run --help'."));
                case Parsed.Run(var options) -> run(options, signals, preparation);
            };
        } catch (SupervisorException failure) {
            return print(System.err, ExitCode.FAILED, failure.problems());
        } catch (TokenFile.Broken broken) {
            return print(System.err, ExitCode.USAGE, List.of(String.valueOf(broken.getMessage())));
        } catch (MasterException failure) {
            return print(System.err, ExitCode.FAILED, List.of(String.valueOf(failure.getMessage())));
        }
    }

    private static int run(RunOptions options, SignalHandlers signals, Preparation preparation)
            throws TokenFile.Broken {
        preparation.awaitLog();
        var source = PoolSource.of(options.files(), options.defaultFiles());
        return switch (source.read()) {
            case PoolSource.Reading.Broken(var problems) -> print(System.err, ExitCode.USAGE, problems);
            case PoolSource.Reading.Pools(var pools) ->
                run(options, source, WrittenPools.of(pools), signals, preparation);
        };
    }

    private static int run(
            RunOptions options, PoolSource source, WrittenPools pools, SignalHandlers signals, Preparation preparation)
            throws TokenFile.Broken {
        try (var lines = new LineWriter(new FileOutputStream(FileDescriptor.out))) {
            preparation.awaitSupervisor();
            LogHandler.install(lines, options.logFormat());
            if (source.isDefaultPool() && !options.defaultFiles().isEmpty()) {
                log().info("Running the default pool: there is no pool file in {}", options.defaultFiles());
            }
            options.control().ifPresent(address -> checkFree("--control-address", address));
            options.management().ifPresent(address -> checkFree("--management-address", address));
            var workerLines = new WorkerLines(lines, options.logFormat());
            try (var supervisor = Supervisor.start(supervisorOptions(options, workerLines))) {
                EventLines.install(supervisor.journal(), lines, options.logFormat());
                var files = ControlFiles.prepare(supervisor.runDirectory());
                var master = new Master(supervisor, options, source, pools);
                if (!signals.serve(master, supervisor)) {
                    log().info("Stopped before it had started");
                    return ExitCode.CLEAN;
                }
                var access = access(options, files);
                try (var _ = Lookout.start(() -> {
                    master.lookAround();
                    access.tokens().lookAround();
                })) {
                    preparation.awaitControl();
                    return quarkus(new Launch(master, options, files, access, supervisor.switchboard()));
                }
            }
        }
    }

    /// Not kept by this class: it would be made before anything else, and the flags would wait for it.
    private static Logger log() {
        return LoggerFactory.getLogger("dev.drover");
    }

    private static Access access(RunOptions options, ControlFiles files) throws TokenFile.Broken {
        return new Access(new Tokens(files.token(), options.tokenFile()), options.tls());
    }

    private static SupervisorOptions supervisorOptions(RunOptions options, WorkerLines output) {
        var environment = System.getenv();
        // The process is the master's alone, so every child of it and every orphan is the supervisor's to reap.
        return new SupervisorOptions(
                RunDirectories.choose(environment),
                true,
                output,
                InheritedEnvironment.of(environment),
                true,
                options.messages());
    }

    /// Quarkus would tell it in five lines, after a second.
    private static void checkFree(String flag, ListenAddress address) {
        try (var probe = new ServerSocket()) {
            probe.bind(address.socketAddress());
        } catch (IOException taken) {
            throw new MasterException(
                    "cannot listen on " + flag + " " + address + ": " + taken.getMessage()
                            + "; choose another or 'off'",
                    taken);
        }
    }

    /// Runs Quarkus until the master has stopped.
    private static int quarkus(Launch launch) {
        Handover.give(launch);
        QuarkusSettings.of(launch.options(), launch.files()).forEach(System::setProperty);
        hideWorkingDirectory();
        var code = new AtomicInteger(ExitCode.FAILED);
        var failure = new Failure();
        Quarkus.run(Application.class, (exit, thrown) -> {
            code.set(exit);
            failure.set(thrown);
        });
        failure.rethrow();
        return code.get();
    }

    /// Quarkus reads `config/application.properties` and `.env` below the property `user.dir`. What lies where the
    /// master was started is its workers' and not ours. The JDK has read the property at its own start, so relative
    /// paths keep their meaning.
    private static void hideWorkingDirectory() {
        System.setProperty("user.dir", "/nonexistent");
    }

    private static int print(PrintStream stream, int code, List<String> lines) {
        lines.forEach(stream::println);
        return code;
    }

    /// What ended Quarkus, carried out of its callback.
    private static final class Failure {
        /// Written by the thread that ends Quarkus, read after it has ended.
        private volatile Optional<Throwable> thrown = Optional.empty();

        void set(@Nullable Throwable failure) {
            thrown = Optional.ofNullable(failure);
        }

        /// Quarkus wraps: what is worth telling lies innermost.
        void rethrow() {
            if (thrown.isPresent()) {
                var cause = thrown.get();
                while (cause.getCause() != null && !(cause instanceof SupervisorException)) {
                    cause = cause.getCause();
                }
                throw cause instanceof SupervisorException told
                        ? told
                        : new MasterException("cannot run the master: " + cause, thrown.get());
            }
        }
    }
}
