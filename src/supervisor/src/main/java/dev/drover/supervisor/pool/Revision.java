package dev.drover.supervisor.pool;

import dev.drover.supervisor.Template;
import java.time.Instant;
import java.util.Optional;

/// A template the pool was, or is, to run.
///
/// @param number counted for each pool, from 1; the wanted revision has the highest. A revision that is wanted again
///     gets a new number, its old one disappears
/// @param template how its workers are started
/// @param created when it became the wanted one
/// @param cause what changed, in words; never a value of the environment
/// @param insteadOf the failure from which the pool was rolled back to it by itself; empty where people wanted it
public record Revision(int number, Template template, Instant created, String cause, Optional<Failure> insteadOf) {

    /// Why a revision was given up.
    ///
    /// @param revision its number
    /// @param message what was seen, one or more sentences
    public record Failure(int revision, String message) {}
}
