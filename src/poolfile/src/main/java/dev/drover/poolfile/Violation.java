package dev.drover.poolfile;

/// A rule that a pool breaks.
///
/// @param path the field, `spec.sockets[0].port`
/// @param message what is wrong and what is allowed
public record Violation(String path, String message) {}
