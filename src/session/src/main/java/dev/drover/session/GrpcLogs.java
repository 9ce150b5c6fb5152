package dev.drover.session;

import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;

/// What gRPC logs in the middle of its work, by java.util.logging, whose default writes it to the standard error
/// that belongs to the application.
final class GrpcLogs {
    /// Held, because java.util.logging forgets the level of a logger that nobody holds.
    private static final List<Logger> CHATTY = Stream.of(
                    // Says whether epoll is there, whenever the class is loaded.
                    "io.grpc.netty.TcpMetrics",
                    // Tells of each connection that spoke no HTTP/2, with a stack: as many as whoever connects likes.
                    "io.grpc.netty.NettyServerTransport.connections",
                    // The same of each call whose frames are broken.
                    "io.grpc.netty.NettyServerStream")
            .map(Logger::getLogger)
            .toList();

    private GrpcLogs() {}

    /// From now on they say what breaks gRPC itself, and nothing else; one that has been given a level keeps it.
    static void quiet() {
        CHATTY.stream().filter(logger -> logger.getLevel() == null).forEach(logger -> logger.setLevel(Level.SEVERE));
    }
}
