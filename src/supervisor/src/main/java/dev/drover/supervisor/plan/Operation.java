package dev.drover.supervisor.plan;

import dev.drover.supervisor.PoolSpec;
import dev.drover.supervisor.SocketSpec;
import java.util.List;

/// One thing to do for one pool.
public sealed interface Operation {
    /// Name of the pool.
    String pool();

    /// What it does, in a few words.
    String words();

    /// Stop the pool's workers and close its sockets.
    record PoolRemoved(String pool) implements Operation {
        @Override
        public String words() {
            return "removed";
        }
    }

    /// Close a socket.
    record SocketRemoved(String pool, String socket) implements Operation {
        @Override
        public String words() {
            return "socket " + socket + " removed";
        }
    }

    /// Open a socket in another way.
    ///
    /// @param changes what is different, in words; at least one
    record SocketChanged(String pool, SocketSpec before, SocketSpec after, List<String> changes) implements Operation {
        /// The change of a socket that stands elsewhere in the order of the sockets.
        public static final String POSITION = "position";

        public SocketChanged {
            changes = List.copyOf(changes);
        }

        /// Whether an open socket can be changed so: its backlog is another, or its place among the sockets, which
        /// matters only to programs that inherit them. Otherwise another is opened, and that one closed.
        public boolean inPlace() {
            return before.becomesInPlace(after);
        }

        @Override
        public String words() {
            return "socket " + after.name() + ": " + String.join(", ", changes);
        }
    }

    /// Open a socket.
    record SocketAdded(String pool, SocketSpec socket) implements Operation {
        @Override
        public String words() {
            return "socket " + socket.name() + " added";
        }
    }

    /// Take over settings that replace nobody.
    ///
    /// @param changes what is different, in words; at least one
    record SettingsChanged(String pool, List<String> changes) implements Operation {
        public SettingsChanged {
            changes = List.copyOf(changes);
        }

        @Override
        public String words() {
            return String.join(", ", changes);
        }
    }

    /// Want more or fewer workers. No revision is made.
    record Scale(String pool, int from, int to) implements Operation {
        @Override
        public String words() {
            return "replicas " + from + " -> " + to;
        }
    }

    /// Roll out another template, or the same to workers that inherit other sockets.
    ///
    /// @param changes what is different, in words; at least one; names of variables, never values
    record NewRevision(String pool, List<String> changes) implements Operation {
        public NewRevision {
            changes = List.copyOf(changes);
        }

        @Override
        public String words() {
            return "new revision (" + String.join(", ", changes) + ")";
        }
    }

    /// Open the sockets of a pool and start its workers.
    record PoolAdded(PoolSpec spec) implements Operation {
        @Override
        public String pool() {
            return spec.name();
        }

        @Override
        public String words() {
            return "added";
        }
    }
}
