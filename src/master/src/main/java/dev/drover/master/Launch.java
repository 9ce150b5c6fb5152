package dev.drover.master;

/// What `main` made before Quarkus starts.
///
/// @param master not opened yet
/// @param options the flags
/// @param files of the control API
record Launch(Master master, RunOptions options, ControlFiles files) {}
