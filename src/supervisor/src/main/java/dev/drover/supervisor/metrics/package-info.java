/// What applications measure: of all workers of a pool together. Pure, but for [AppMetrics].
@org.jspecify.annotations.NullMarked
package dev.drover.supervisor.metrics;
