package dev.drover.master.control;

import dev.drover.master.access.Role;
import dev.drover.poolfile.Violation;
import dev.drover.session.Address;
import dev.drover.session.Failure;
import dev.drover.supervisor.pool.RolloutOutcome;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Why a call is refused. Expected, so a value; [Refusals] makes status codes of them.
sealed interface Refusal {
    /// No pool of that name.
    record NoSuchPool(String name) implements Refusal {}

    /// No worker of that name.
    record NoSuchWorker(String name) implements Refusal {}

    /// The place of a worker is empty.
    record NoProcess(String worker) implements Refusal {}

    /// No incarnation has ended.
    ///
    /// @param of `worker web-0`, `pool web`
    record NoPrevious(String of) implements Refusal {}

    /// A required field is empty.
    record FieldMissing(String field) implements Refusal {}

    /// A field is beyond what is allowed.
    record FieldInvalid(String field, String problem) implements Refusal {}

    /// Fields of a resource are wrong.
    ///
    /// @param violations at least one
    record FieldsInvalid(List<Violation> violations) implements Refusal {
        public FieldsInvalid {
            violations = List.copyOf(violations);
        }
    }

    /// A pool has changed since it was read.
    ///
    /// @param current its resource version; empty: there is no such pool
    record Stale(String pool, String given, Optional<String> current) implements Refusal {}

    /// What is wanted cannot be done.
    record ChangeRefused(List<String> problems) implements Refusal {
        public ChangeRefused {
            problems = List.copyOf(problems);
        }
    }

    /// What is ordered of a rollout cannot be done.
    record RolloutRefused(String pool, RolloutOutcome.Reason reason, String message) implements Refusal {}

    /// The master is starting or stopping.
    record NotRunning() implements Refusal {}

    /// What came after that version is not kept any more, or it is of another master.
    ///
    /// @param things `events`
    /// @param next what to do
    record Expired(String things, String version, String next) implements Refusal {}

    /// So many calls watch already.
    record TooManyWatches(int max) implements Refusal {}

    /// A message or request failed, or has no outcome yet.
    record Undelivered(Address to, Failure failure) implements Refusal {}

    /// Too many calls wait, or their payloads are too large together.
    record TooMuchInHand() implements Refusal {}

    /// Another program has subscribed by that name.
    record ProgramExists(String name) implements Refusal {}

    /// So many have subscribed already.
    record TooManyPrograms(int max) implements Refusal {}

    /// A subscriber did not present itself in time.
    record SubscriptionMissing(Duration timeout) implements Refusal {}

    /// A subscriber left something unsigned for so long.
    record ReceiptOverdue(Duration timeout) implements Refusal {}

    /// A subscriber broke the contract.
    record ContractBroken(String how) implements Refusal {}

    /// What a caller sends did not come in time.
    record NotReceived(Duration timeout) implements Refusal {}

    /// What a caller sends is compressed: a small call could fill the memory.
    record Compressed(String encoding) implements Refusal {}

    /// The control address allows reading only.
    record TokenRequired(String method) implements Refusal {}

    /// Nobody knows who the caller is.
    record Unauthenticated() implements Refusal {}

    /// The caller's role does not allow it.
    record RoleRequired(String method, Role role) implements Refusal {}

    /// We failed; the log tells more.
    record Failed(String method) implements Refusal {}
}
