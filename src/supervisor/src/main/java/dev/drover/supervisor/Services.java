package dev.drover.supervisor;

import dev.drover.supervisor.health.NetworkProber;
import dev.drover.supervisor.journal.Journal;
import dev.drover.supervisor.metrics.AppMetrics;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// What all pools of a supervisor share.
///
/// @param loop owns everything
/// @param clock the time of day, for people only
/// @param runDirectory where its sockets live
/// @param environment what the workers inherit
/// @param jvmShare what a worker that starts now is told of the machine
/// @param spawner makes processes
/// @param prober asks workers over the network
/// @param memory tells how much workers use
/// @param guard outlives a killed supervisor
/// @param random makes secrets
/// @param transfers counts transfers
/// @param tickets good for a session each
/// @param heartbeatInterval how often a worker that joins now is to give a sign of life
/// @param events who learns what happens to workers
/// @param filesRefused what is wrong with what was last to be wanted, while that is so
/// @param deaths finds out why workers died
/// @param metrics keeps what applications measure
/// @param journal keeps what happens, for people
record Services(
        Loop loop,
        InstantSource clock,
        RunDirectory runDirectory,
        Map<String, String> environment,
        Supplier<Optional<JvmShare>> jvmShare,
        Spawner spawner,
        NetworkProber prober,
        MemoryMeter memory,
        Guard guard,
        SecureRandom random,
        AtomicLong transfers,
        Tickets tickets,
        Supplier<Duration> heartbeatInterval,
        Consumer<WorkerEvent> events,
        Supplier<Optional<String>> filesRefused,
        Deaths deaths,
        AppMetrics metrics,
        Journal journal) {

    /// One answer for every Join that names nobody: it does not tell what was wrong.
    static final String NOT_EXPECTED = "no worker is expected with this name, incarnation and token";

    private static final int SECRET_BYTES = 32;

    String newSecret() {
        var bytes = new byte[SECRET_BYTES];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    long newTransferId() {
        return transfers.incrementAndGet();
    }
}
