/// The sockets of a pool: opened and kept by the master, divided into shards, steered, and closed without loss.
@org.jspecify.annotations.NullMarked
package dev.drover.supervisor.socket;
