/// Which worker gets which connection of a Dispatched socket: the policies, and the decisions without clock or I/O.
@org.jspecify.annotations.NullMarked
package dev.drover.supervisor.dispatch;
