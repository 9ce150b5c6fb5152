package dev.drover.session;

/// What a program does with what comes for it. Called on the session thread in the order of each sender; must not
/// block.
public interface Subscriber {
    /// A message; the receipt is to be signed when the program has it.
    void message(IncomingMessage message, Receipt receipt);

    /// A request; `receipt` as above, and the request is to be answered.
    void request(IncomingRequest request, Receipt receipt);

    /// Whether it wants what that sender says to the parent.
    boolean listensTo(Address sender);

    /// Whether it answers requests to the parent.
    boolean answers();
}
