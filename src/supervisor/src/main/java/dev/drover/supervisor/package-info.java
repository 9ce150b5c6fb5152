/// The core as a library: pools, lifecycles, shards, leases.
@org.jspecify.annotations.NullMarked
package dev.drover.supervisor;
