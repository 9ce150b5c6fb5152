/// The health of workers: what is asked of them, what the answers mean (pure, as the pools' core is), and the asking
/// over the network.
@org.jspecify.annotations.NullMarked
package dev.drover.supervisor.health;
