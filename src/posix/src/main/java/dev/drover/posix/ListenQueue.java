package dev.drover.posix;

/// The accept queue of a TCP listener, as the kernel counts it.
///
/// @param listening false before `listen()` and after another holder has shut it down
/// @param queued connections that are established and wait to be accepted; handshakes under way are not counted
/// @param limit the backlog in force
public record ListenQueue(boolean listening, int queued, int limit) {}
