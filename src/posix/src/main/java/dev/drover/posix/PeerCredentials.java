package dev.drover.posix;

/// Who was at the other end of a Unix socket when it connected.
///
/// @param pid the process that connected or, seen from it, the one that listened; 0 when it is in a process
///     namespace that cannot be seen from here
/// @param uid its effective user
/// @param gid its effective group
public record PeerCredentials(long pid, int uid, int gid) {}
