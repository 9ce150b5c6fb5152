/// The pure core: the life of an incarnation and of a pool, as data. No clock, no I/O, no logger.
@org.jspecify.annotations.NullMarked
package dev.drover.supervisor.pool;
