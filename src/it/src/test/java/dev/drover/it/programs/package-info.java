/// Programs that masters in tests run as workers.
@org.jspecify.annotations.NullMarked
package dev.drover.it.programs;
