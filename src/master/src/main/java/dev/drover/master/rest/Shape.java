package dev.drover.master.rest;

/// What of a method's answer is told, and how.
sealed interface Shape {
    /// All of it.
    record Whole() implements Shape {}

    /// A field of it alone.
    ///
    /// @param field its name in the proto
    record Only(String field) implements Shape {}

    /// A field with several, as a list.
    record Items(String field) implements Shape {}

    /// Of those in a field the newest one that has the name of the path.
    ///
    /// @param kind of what: `worker`
    record Newest(String field, String kind) implements Shape {}

    /// Several answers, each with several in a field, as one list.
    record Lines(String field) implements Shape {}
}
