package dev.drover.handoff;

/// What a handle is.
public enum HandleKind {
    /// A listening stream socket, non-blocking.
    LISTENER,

    /// An accepted connection, non-blocking.
    CONNECTION
}
