package dev.drover.session;

/// Who learns what becomes of something that was said.
///
/// [#taken] comes at most once and first; for a message it is the last too. Then, or instead, comes one of the
/// others, once: of a request [#replied], of a message to a pool [#broadcast], of both [#failed].
interface Outcome {
    /// A handler of the receiver has it.
    void taken();

    /// The answer to a request.
    void replied(Payload reply);

    /// How many workers of a pool have it, and how many may not.
    void broadcast(int delivered, int failed);

    /// It failed.
    void failed(Failure failure);
}
