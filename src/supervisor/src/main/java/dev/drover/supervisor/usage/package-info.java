/// What processes use of the machine.
@org.jspecify.annotations.NullMarked
package dev.drover.supervisor.usage;
