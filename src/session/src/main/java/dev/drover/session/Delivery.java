package dev.drover.session;

/// What became of a message.
///
/// @param delivered receivers whose handler has it; 1 of a message to one
/// @param failed workers of a pool that did not get it, or of which that is unknown; 0 of a message to one
public record Delivery(int delivered, int failed) {
    static final Delivery ONE = new Delivery(1, 0);
}
