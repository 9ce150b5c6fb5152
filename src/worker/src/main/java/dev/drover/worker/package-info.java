/// The SDK of a JVM worker.
@org.jspecify.annotations.NullMarked
package dev.drover.worker;
