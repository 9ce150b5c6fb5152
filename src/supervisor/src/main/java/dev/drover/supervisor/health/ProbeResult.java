package dev.drover.supervisor.health;

/// What came of one question.
public sealed interface ProbeResult {
    /// It passed.
    record Passed() implements ProbeResult {}

    /// It failed.
    ///
    /// @param why in words: `HTTP 500`
    record Failed(String why) implements ProbeResult {}

    /// It says nothing: it could not be asked, or this process stood still meanwhile.
    record Unknown() implements ProbeResult {}
}
