package dev.drover.master.rest;

/// How what is at a path is told on, as server-sent events.
///
/// @param method whose answers are told
/// @param told what an answer is
record Watch(GrpcMethod method, Told told) {

    /// What the answers of a method are.
    sealed interface Told {
        /// Changes: what happened is in `type`, to what is in the field.
        record Changes(String field) implements Told {}

        /// Happenings, in the field; one with a `count` above 1 has been told before.
        record Happenings(String field) implements Told {}

        /// How something stands now, in the field.
        record States(String field) implements Told {}

        /// Lines, in the field, and in `lost` how many are missing before them.
        record Lines(String field) implements Told {}
    }

    static Watch changes(String method, String field) {
        return new Watch(GrpcMethod.of(method), new Told.Changes(field));
    }

    static Watch happenings(String method, String field) {
        return new Watch(GrpcMethod.of(method), new Told.Happenings(field));
    }

    static Watch states(String method, String field) {
        return new Watch(GrpcMethod.of(method), new Told.States(field));
    }

    static Watch lines(String method, String field) {
        return new Watch(GrpcMethod.of(method), new Told.Lines(field));
    }
}
