package dev.drover.master.resource;

import dev.drover.protocol.control.v1.Socket;
import dev.drover.protocol.pool.v1.SocketStatus;
import dev.drover.supervisor.Snapshot;
import dev.drover.supervisor.SocketSpec;
import java.util.stream.Stream;

/// Sockets as the API tells them.
public final class SocketMessages {
    private SocketMessages() {}

    /// Those of a pool, in the order of its spec.
    public static Stream<Socket> of(Snapshot.Pool pool) {
        return pool.sockets().stream().map(socket -> of(pool, socket));
    }

    private static Socket of(Snapshot.Pool pool, Snapshot.Socket socket) {
        var message = Socket.newBuilder()
                .setName(socket.name())
                .setPool(pool.spec().name())
                .setMode(modeName(socket.distribution()))
                .setAddress(Addresses.text(socket.address()))
                .setShards(socket.shards())
                .setQueued(socket.queued());
        // One that the spec has no more is open until it is empty.
        pool.spec().sockets().stream()
                .filter(spec -> spec.name().equals(socket.name()))
                .mapToInt(SocketSpec::backlog)
                .forEach(message::setBacklog);
        return message.build();
    }

    /// As in a pool's status.
    static SocketStatus status(Snapshot.Socket socket) {
        return SocketStatus.newBuilder()
                .setName(socket.name())
                .setMode(modeName(socket.distribution()))
                .setAddress(Addresses.text(socket.address()))
                .setShards(socket.shards())
                .setQueued(socket.queued())
                .build();
    }

    private static String modeName(SocketSpec.Distribution distribution) {
        return switch (distribution) {
            case SHARDED -> "Sharded";
            case SHARED -> "Shared";
            case DISPATCHED -> "Dispatched";
        };
    }
}
