package dev.drover.supervisor.dispatch;

import dev.drover.supervisor.Incarnation;

/// The incarnations that could take a connection: ready, with room, and none that has just refused it. At least
/// one, in the order of their ordinals. Valid only during the call it was given to.
public interface Candidates {
    /// How many, from 1.
    int size();

    /// Which one.
    ///
    /// @param index from 0
    Incarnation incarnation(int index);

    /// Its open connections of the pool's Dispatched sockets, those on their way to it included.
    ///
    /// @param index from 0
    int openConnections(int index);

    /// The index whose turn it is: the one after the last that was chosen for this socket, in a circle.
    int next();
}
