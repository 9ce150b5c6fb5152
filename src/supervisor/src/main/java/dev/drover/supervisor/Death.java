package dev.drover.supervisor;

import dev.drover.posix.ExitStatus;

/// How a process ended, as far as the kernel tells.
///
/// @param how in words
/// @param outOfMemory whether it was killed for lack of memory
record Death(ExitStatus status, String how, boolean outOfMemory) {}
