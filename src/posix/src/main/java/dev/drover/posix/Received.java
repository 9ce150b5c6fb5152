package dev.drover.posix;

import java.util.List;

/// What [UnixSocket#receive] brought. The descriptors of a [Message] belong to the receiver; in every other case
/// none is left open.
public sealed interface Received {
    /// A message, or a piece of a stream.
    ///
    /// @param length bytes put into the buffer; 0 only for an empty datagram
    /// @param descriptors what came with it, in the order it was sent, now the receiver's to close
    record Message(int length, List<Fd> descriptors) implements Received {
        public Message {
            descriptors = List.copyOf(descriptors);
        }
    }

    /// Nothing there: the socket is non-blocking, or its receive timeout has passed.
    record WouldBlock() implements Received {}

    /// The peer has closed and everything it sent has been received.
    record EndOfStream() implements Received {}

    /// A message that broke the limits it was received with; it is consumed, and its descriptors are closed.
    ///
    /// @param why for the log
    /// @param intact where nothing but descriptors was lost, because this process has none left: the bytes of the
    ///     payload, which lie in the buffer from its position on; otherwise 0
    record Malformed(String why, int intact) implements Received {
        Malformed(String why) {
            this(why, 0);
        }
    }
}
