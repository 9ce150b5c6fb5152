/// The Quarkus application around the supervisor.
@org.jspecify.annotations.NullMarked
package dev.drover.master;
