/// Metrics of the management address.
@org.jspecify.annotations.NullMarked
package dev.drover.master.metrics;
