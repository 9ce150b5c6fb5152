/// The client verbs of the `drover` command.
@org.jspecify.annotations.NullMarked
package dev.drover.cli;
