package dev.drover.master.control;

/// Why a call is refused. Expected, so a value; [Refusals] makes status codes of them.
sealed interface Refusal {
    /// No pool of that name.
    record NoSuchPool(String name) implements Refusal {}

    /// No worker of that name.
    record NoSuchWorker(String name) implements Refusal {}

    /// A required field is empty.
    record FieldMissing(String field) implements Refusal {}

    /// The control address allows reading only.
    record TokenRequired(String method) implements Refusal {}

    /// We failed; the log tells more.
    record Failed(String method) implements Refusal {}
}
