/// What is to be done to get from the pools there are to those that are wanted, as data. Pure.
@org.jspecify.annotations.NullMarked
package dev.drover.supervisor.plan;
