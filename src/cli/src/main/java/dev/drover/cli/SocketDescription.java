package dev.drover.cli;

import dev.drover.protocol.control.v1.Event;
import dev.drover.protocol.control.v1.Socket;
import dev.drover.protocol.control.v1.Worker;
import java.util.List;
import java.util.Optional;

/// All there is to tell of a socket that is open.
final class SocketDescription {

    private final Descriptions words;

    SocketDescription(Descriptions words) {
        this.words = words;
    }

    /// @param wanted how its pool wants it; empty while it is closed
    /// @param workers those of its pool
    /// @param events those about it
    Description of(
            Socket socket,
            Optional<dev.drover.protocol.pool.v1.Socket> wanted,
            List<Worker> workers,
            List<Event> events) {
        var description = new Description()
                .add("Name", socket.getName())
                .add("Pool", socket.getPool())
                .add(
                        "Protocol",
                        wanted.map(dev.drover.protocol.pool.v1.Socket::getProtocol)
                                .orElse(""))
                .add("Address", socket.getAddress())
                .add("Mode", socket.getMode())
                .add(
                        "Policy",
                        wanted.map(each -> each.getDistribution().getPolicy()).orElse(""))
                .add("Backlog", socket.getBacklog())
                .add("Shards", socket.getShards())
                .add("Queued", socket.getQueued())
                .grid(
                        "Leases",
                        List.of("Worker", "Incarnation", "Status", "Shard", "Queued"),
                        workers.stream()
                                .flatMap(worker -> worker.getLeasesList().stream()
                                        .filter(lease -> lease.getSocket().equals(socket.getName()))
                                        .map(lease -> Descriptions.lease(worker, lease)))
                                .toList());
        words.events(description, events);
        return description;
    }
}
