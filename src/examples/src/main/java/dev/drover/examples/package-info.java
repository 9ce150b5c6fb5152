/// The default workers.
@org.jspecify.annotations.NullMarked
package dev.drover.examples;
