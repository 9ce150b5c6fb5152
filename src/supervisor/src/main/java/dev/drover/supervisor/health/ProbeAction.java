package dev.drover.supervisor.health;

import java.util.List;

/// What a probe asks.
public sealed interface ProbeAction {
    /// Passes when the answer's status is 200 to 399.
    ///
    /// @param socket name of a sharded TCP socket of the pool
    /// @param path path and query, begins with `/`
    /// @param headers further ones
    record HttpGet(String socket, String path, List<Header> headers) implements ProbeAction {
        public HttpGet {
            headers = List.copyOf(headers);
        }
    }

    /// Passes when a connection can be made.
    ///
    /// @param socket name of a sharded TCP socket of the pool
    record TcpSocket(String socket) implements ProbeAction {}

    /// Passes when the health service of gRPC answers `SERVING`.
    ///
    /// @param socket name of a sharded TCP socket of the pool
    /// @param service the service asked for, at most 256 bytes; empty: all of the worker
    record Grpc(String socket, String service) implements ProbeAction {}

    /// Passes when the command exits with code 0.
    ///
    /// @param command program and arguments
    record Exec(List<String> command) implements ProbeAction {
        public Exec {
            command = List.copyOf(command);
            if (command.isEmpty()) {
                throw new IllegalArgumentException("a probe needs a command");
            }
        }
    }

    /// Passes when the last sign of life is young enough.
    record Session() implements ProbeAction {}

    /// A header of a request.
    record Header(String name, String value) {}
}
