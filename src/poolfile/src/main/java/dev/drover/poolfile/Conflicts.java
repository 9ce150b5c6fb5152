package dev.drover.poolfile;

import dev.drover.protocol.pool.v1.Socket;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What the pools of all files contend for: names, addresses, paths.
final class Conflicts {

    /// An address somebody has: told to whoever comes second.
    private record Taken(InetAddress address, String by) {}

    private final Map<String, String> names = new HashMap<>();
    private final Map<Integer, List<Taken>> ports = new HashMap<>();
    private final Map<Path, String> paths = new HashMap<>();
    private final List<Problem> problems = new ArrayList<>();

    private Conflicts() {}

    static List<Problem> among(List<Document> documents) {
        var conflicts = new Conflicts();
        documents.forEach(conflicts::add);
        return conflicts.problems;
    }

    private void add(Document document) {
        String name = document.pool().getMetadata().getName();
        if (!name.isEmpty()) {
            String where = document.where("metadata.name");
            String first = names.putIfAbsent(name, where);
            if (first != null) {
                problems.add(document.problem(
                        "metadata.name",
                        "is " + Wording.quote(name) + ", the pool at " + first + " already; names must be unique"));
            }
        }
        List<Socket> sockets = document.pool().getSpec().getSocketsList();
        for (int i = 0; i < sockets.size(); i++) {
            String path = "spec.sockets[" + i + "]";
            String by = path + " of the pool " + Wording.quote(name) + " at " + document.where(path);
            if (Defaults.protocol(sockets.get(i)).equals("Unix")) {
                unix(document, sockets.get(i), path + ".path", by);
            } else {
                tcp(document, sockets.get(i), path + ".port", by);
            }
        }
    }

    private void tcp(Document document, Socket socket, String path, String by) {
        Optional<InetAddress> address = Addresses.parse(Defaults.host(socket));
        if (address.isEmpty() || !document.isReadable(path) || socket.getPort() <= 0) {
            return; // told already, or the kernel chooses
        }
        List<Taken> taken = ports.computeIfAbsent(socket.getPort(), _ -> new ArrayList<>());
        taken.stream()
                .filter(other -> Addresses.overlap(other.address(), address.get()))
                .findFirst()
                .ifPresent(other -> problems.add(document.problem(
                        path,
                        "is " + socket.getPort() + " on " + Defaults.host(socket) + ", taken by " + other.by()
                                + "; give one of them another port or address")));
        taken.add(new Taken(address.get(), by));
    }

    private void unix(Document document, Socket socket, String path, String by) {
        if (!socket.hasPath() || !document.isReadable(path)) {
            return;
        }
        String first = paths.putIfAbsent(Path.of(socket.getPath()).normalize(), by);
        if (first != null) {
            problems.add(document.problem(
                    path,
                    "is " + Wording.quote(socket.getPath()) + ", taken by " + first + "; give one of them another"));
        }
    }
}
