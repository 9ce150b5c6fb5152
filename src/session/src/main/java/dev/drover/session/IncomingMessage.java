package dev.drover.session;

/// A message that came. With the call of the handler it counts as delivered, whatever the handler makes of it.
///
/// @param from who sent it
/// @param payload what it says
public record IncomingMessage(Address from, Payload payload) {}
