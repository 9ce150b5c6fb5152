package dev.drover.handoff;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.drover.posix.Fd;
import dev.drover.protocol.worker.v1.JoinRefused;
import dev.drover.protocol.worker.v1.Joined;
import dev.drover.protocol.worker.v1.MasterFrame;
import dev.drover.protocol.worker.v1.Withdrawal;
import java.net.SocketAddress;
import java.util.List;
import java.util.OptionalLong;

/// The frames the master sends, as bytes and back. Pure; fields it does not know are passed over.
final class MasterFrames {
    private MasterFrames() {}

    static byte[] joined(
            String pool, String ticket, long transferId, List<Handle> listeners, List<String> dispatchedSockets) {
        var joined = Joined.newBuilder()
                .setPool(pool)
                .setTicket(ticket)
                .setListeners(WireHandles.encode(transferId, listeners))
                .addAllDispatchedSockets(dispatchedSockets);
        return frame().setJoined(joined).build().toByteArray();
    }

    static byte[] joinRefused(JoinRefusal reason, String message) {
        var refused = JoinRefused.newBuilder()
                .setReason(
                        switch (reason) {
                            case NOT_EXPECTED -> dev.drover.protocol.worker.v1.JoinRefusal.JOIN_REFUSAL_NOT_EXPECTED;
                            case WRONG_PEER -> dev.drover.protocol.worker.v1.JoinRefusal.JOIN_REFUSAL_WRONG_PEER;
                            case PROTOCOL_VERSION ->
                                dev.drover.protocol.worker.v1.JoinRefusal.JOIN_REFUSAL_PROTOCOL_VERSION;
                            case MALFORMED -> dev.drover.protocol.worker.v1.JoinRefusal.JOIN_REFUSAL_MALFORMED;
                        })
                .setMessage(Wire.cut(message));
        return frame().setJoinRefused(refused).build().toByteArray();
    }

    static byte[] transfer(long transferId, List<Handle> handles) {
        return frame().setTransfer(WireHandles.encode(transferId, handles))
                .build()
                .toByteArray();
    }

    static byte[] withdrawal(long transferId, String socketName, SocketAddress address) {
        var withdrawal = Withdrawal.newBuilder()
                .setTransferId(transferId)
                .setListener(WireHandles.encodeListener(socketName, address));
        return frame().setWithdrawal(withdrawal).build().toByteArray();
    }

    private static MasterFrame.Builder frame() {
        return MasterFrame.newBuilder().setProtocolVersion(Wire.PROTOCOL_VERSION);
    }

    /// Reads a frame and takes over its descriptors: they are in the handles of the answer, or closed.
    static FromMaster read(byte[] frame, List<Fd> descriptors) {
        try {
            Wire.checkSize(frame);
            return decode(MasterFrame.parseFrom(frame), descriptors);
        } catch (InvalidProtocolBufferException invalid) {
            return malformed("no protobuf: " + invalid.getMessage(), descriptors);
        } catch (MalformedFrameException malformed) {
            return malformed(malformed.why(), descriptors);
        } catch (RuntimeException bug) {
            descriptors.forEach(Fd::close);
            throw bug;
        }
    }

    /// The id of a transfer that came without its descriptors; empty for any other frame.
    static OptionalLong transferId(byte[] frame) {
        try {
            Wire.checkSize(frame);
            var parsed = MasterFrame.parseFrom(frame);
            Wire.checkVersion(parsed.getProtocolVersion());
            return parsed.hasTransfer()
                    ? OptionalLong.of(Wire.transferId(parsed.getTransfer().getTransferId()))
                    : OptionalLong.empty();
        } catch (InvalidProtocolBufferException | MalformedFrameException malformed) {
            return OptionalLong.empty();
        }
    }

    private static FromMaster malformed(String why, List<Fd> descriptors) {
        descriptors.forEach(Fd::close);
        return new FromMaster.Malformed(why);
    }

    private static FromMaster decode(MasterFrame frame, List<Fd> descriptors) throws MalformedFrameException {
        Wire.checkVersion(frame.getProtocolVersion());
        return switch (frame.getFrameCase()) {
            case JOINED -> decode(frame.getJoined(), descriptors);
            case JOIN_REFUSED -> decode(frame.getJoinRefused(), descriptors);
            case TRANSFER -> decode(frame.getTransfer(), descriptors);
            case WITHDRAWAL -> decode(frame.getWithdrawal(), descriptors);
            case FRAME_NOT_SET -> throw new MalformedFrameException("a frame that says nothing this version knows");
        };
    }

    private static FromMaster decode(Joined joined, List<Fd> descriptors) throws MalformedFrameException {
        return new FromMaster.Joined(
                Wire.name(joined.getPool(), "pool"),
                Wire.secret(joined.getTicket(), "ticket"),
                Wire.transferId(joined.getListeners().getTransferId()),
                WireHandles.decode(joined.getListeners(), descriptors),
                dispatchedSockets(joined));
    }

    private static List<String> dispatchedSockets(Joined joined) throws MalformedFrameException {
        int count = joined.getDispatchedSocketsCount();
        if (count > HandoffLimits.MAX_DISPATCHED_SOCKETS) {
            throw new MalformedFrameException(
                    count + " dispatched sockets: at most " + HandoffLimits.MAX_DISPATCHED_SOCKETS + " are allowed");
        }
        for (var name : joined.getDispatchedSocketsList()) {
            Wire.name(name, "dispatched socket");
        }
        return List.copyOf(joined.getDispatchedSocketsList());
    }

    private static FromMaster decode(JoinRefused refused, List<Fd> descriptors) throws MalformedFrameException {
        Wire.checkDescriptors(descriptors, 0);
        var reason = switch (refused.getReason()) {
            case JOIN_REFUSAL_NOT_EXPECTED -> JoinRefusal.NOT_EXPECTED;
            case JOIN_REFUSAL_WRONG_PEER -> JoinRefusal.WRONG_PEER;
            case JOIN_REFUSAL_PROTOCOL_VERSION -> JoinRefusal.PROTOCOL_VERSION;
            case JOIN_REFUSAL_MALFORMED -> JoinRefusal.MALFORMED;
            case JOIN_REFUSAL_UNSPECIFIED, UNRECOGNIZED ->
                throw new MalformedFrameException("unknown reason of a refusal");
        };
        return new FromMaster.JoinRefused(reason, Wire.text(refused.getMessage(), "message"));
    }

    private static FromMaster decode(dev.drover.protocol.worker.v1.Transfer transfer, List<Fd> descriptors)
            throws MalformedFrameException {
        if (transfer.getHandlesCount() == 0) {
            throw new MalformedFrameException("a transfer without handles");
        }
        return new FromMaster.Transferred(
                Wire.transferId(transfer.getTransferId()), WireHandles.decode(transfer, descriptors));
    }

    private static FromMaster decode(Withdrawal withdrawal, List<Fd> descriptors) throws MalformedFrameException {
        Wire.checkDescriptors(descriptors, 0);
        long transferId = Wire.transferId(withdrawal.getTransferId());
        return WireHandles.decodeListener(
                withdrawal.getListener(), (name, address) -> new FromMaster.Withdrawn(transferId, name, address));
    }
}
