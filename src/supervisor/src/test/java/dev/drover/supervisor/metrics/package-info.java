@org.jspecify.annotations.NullMarked
package dev.drover.supervisor.metrics;
