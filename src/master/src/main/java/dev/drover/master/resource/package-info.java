/// The resource `WorkerPool` and the supervisor's records, one made from the other. Pure.
@org.jspecify.annotations.NullMarked
package dev.drover.master.resource;
