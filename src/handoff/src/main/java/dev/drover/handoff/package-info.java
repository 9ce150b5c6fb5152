/// Handles: one datagram is one protobuf header plus its descriptors, both or neither.
@org.jspecify.annotations.NullMarked
package dev.drover.handoff;
