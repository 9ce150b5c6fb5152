/// REST: the calls of the control API over plain HTTP and JSON. A transcoding and nothing else: what is allowed, what
/// is refused and what is done is decided where gRPC calls are answered.
@org.jspecify.annotations.NullMarked
package dev.drover.master.rest;
