package dev.drover.master;

import dev.drover.master.access.Access;
import dev.drover.session.Switchboard;

/// What `main` made before Quarkus starts.
///
/// @param master not opened yet
/// @param options the flags
/// @param files of the control API
/// @param access who may do what on the control address
/// @param switchboard of what is said to workers and by them
record Launch(Master master, RunOptions options, ControlFiles files, Access access, Switchboard switchboard) {}
