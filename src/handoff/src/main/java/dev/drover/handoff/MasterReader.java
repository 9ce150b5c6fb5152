package dev.drover.handoff;

import dev.drover.posix.Fd;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Reads the frames of one master. Those of a socket's connections differ in the transfer's id only: one that is like
/// the last is not parsed again. For one thread at a time.
final class MasterReader {
    private Optional<Known> last = Optional.empty();

    /// What a frame said that is written the same way again; without the descriptor, which belongs to who received it.
    private record Known(ConnectionFrame frame, String socketName, SocketAddress address) {
        FromMaster again(long transferId, List<Fd> connections) {
            var handles = new ArrayList<Handle>(connections.size());
            for (var connection : connections) {
                handles.add(new Handle(HandleKind.CONNECTION, socketName, address, 0, connection));
            }
            return new FromMaster.Transferred(transferId, handles);
        }
    }

    /// As [MasterFrames#read].
    FromMaster read(byte[] frame, List<Fd> descriptors) {
        if (last.isPresent() && !descriptors.isEmpty()) {
            long transferId = last.get().frame().transferIdIn(frame, descriptors.size());
            if (transferId > 0) {
                return last.get().again(transferId, descriptors);
            }
        }
        var read = MasterFrames.read(frame, descriptors);
        if (read instanceof FromMaster.Transferred(var _, var handles)) {
            remember(handles.getFirst());
        }
        return read;
    }

    private void remember(Handle handle) {
        if (handle.kind() == HandleKind.CONNECTION && handle.backlog() == 0) {
            var frame = new ConnectionFrame(handle.socketName(), handle.address());
            last = Optional.of(new Known(frame, handle.socketName(), handle.address()));
        }
    }
}
