/// Handles: one datagram is one protobuf header plus its descriptors, both or neither.
///
/// The contract is `drover/worker/v1/handles.proto`; a [dev.drover.handoff.HandleServer] is the master's end of it, a
/// [dev.drover.handoff.HandleClient] a worker's.
@org.jspecify.annotations.NullMarked
package dev.drover.handoff;
