/// Sessions and messages: the gRPC stream between one incarnation of a worker and its master, both ends of it.
///
/// What applications see: [Messenger], [Payload], [Address], [IncomingMessage], [IncomingRequest],
/// [MessageException], [MessageLimits], [WhenFull]. What the worker SDK and the supervisor are made of:
/// [SessionClient] there, [SessionServer] and [Switchboard] here.
@org.jspecify.annotations.NullMarked
package dev.drover.session;
