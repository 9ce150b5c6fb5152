package dev.drover.handoff;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import dev.drover.posix.Fd;
import dev.drover.protocol.worker.v1.ConnectionsEnded;
import dev.drover.protocol.worker.v1.Draining;
import dev.drover.protocol.worker.v1.Join;
import dev.drover.protocol.worker.v1.Ready;
import dev.drover.protocol.worker.v1.TransferAcknowledged;
import dev.drover.protocol.worker.v1.TransferRefused;
import dev.drover.protocol.worker.v1.WorkerFrame;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// The frames a worker sends, as bytes and back. Pure; fields it does not know are passed over.
final class WorkerFrames {
    private WorkerFrames() {}

    static byte[] join(String worker, int incarnation, String token) {
        var join =
                Join.newBuilder().setWorker(worker).setIncarnation(incarnation).setToken(token);
        return frame().setJoin(join).build().toByteArray();
    }

    /// Written field by field: there is one for every few connections, and builders cost more than the rest of it.
    ///
    /// @param transferIds 1 to [HandoffLimits#MAX_ACKNOWLEDGED]
    static byte[] acknowledged(List<Long> transferIds) {
        long first = transferIds.getFirst();
        var further = transferIds.subList(1, transferIds.size());
        int furtherLength = 0;
        for (long id : further) {
            furtherLength += CodedOutputStream.computeUInt64SizeNoTag(id);
        }
        int length = CodedOutputStream.computeUInt64Size(TransferAcknowledged.TRANSFER_ID_FIELD_NUMBER, first)
                + delimited(TransferAcknowledged.FURTHER_TRANSFER_IDS_FIELD_NUMBER, furtherLength);
        var frame = new byte
                [CodedOutputStream.computeUInt32Size(WorkerFrame.PROTOCOL_VERSION_FIELD_NUMBER, Wire.PROTOCOL_VERSION)
                        + delimited(WorkerFrame.TRANSFER_ACKNOWLEDGED_FIELD_NUMBER, length)];
        var out = CodedOutputStream.newInstance(frame);
        try {
            out.writeUInt32(WorkerFrame.PROTOCOL_VERSION_FIELD_NUMBER, Wire.PROTOCOL_VERSION);
            writeDelimited(out, WorkerFrame.TRANSFER_ACKNOWLEDGED_FIELD_NUMBER, length);
            out.writeUInt64(TransferAcknowledged.TRANSFER_ID_FIELD_NUMBER, first);
            writeDelimited(out, TransferAcknowledged.FURTHER_TRANSFER_IDS_FIELD_NUMBER, furtherLength);
            for (long id : further) {
                out.writeUInt64NoTag(id);
            }
        } catch (IOException impossible) {
            throw new AssertionError("an array of the right size has room", impossible);
        }
        out.checkNoSpaceLeft();
        return frame;
    }

    /// The size of a field of so many bytes, which is not there when it is empty.
    private static int delimited(int field, int length) {
        return length == 0
                ? 0
                : CodedOutputStream.computeTagSize(field) + CodedOutputStream.computeUInt32SizeNoTag(length) + length;
    }

    private static void writeDelimited(CodedOutputStream out, int field, int length) throws IOException {
        if (length > 0) {
            out.writeTag(field, WireFormat.WIRETYPE_LENGTH_DELIMITED);
            out.writeUInt32NoTag(length);
        }
    }

    static byte[] refused(long transferId, String message) {
        var refused = TransferRefused.newBuilder().setTransferId(transferId).setMessage(Wire.cut(message));
        return frame().setTransferRefused(refused).build().toByteArray();
    }

    static byte[] ready() {
        return frame().setReady(Ready.getDefaultInstance()).build().toByteArray();
    }

    static byte[] draining() {
        return frame().setDraining(Draining.getDefaultInstance()).build().toByteArray();
    }

    static byte[] connectionsEnded(int count) {
        var ended = ConnectionsEnded.newBuilder().setCount(count);
        return frame().setConnectionsEnded(ended).build().toByteArray();
    }

    private static WorkerFrame.Builder frame() {
        return WorkerFrame.newBuilder().setProtocolVersion(Wire.PROTOCOL_VERSION);
    }

    /// Reads a frame and takes over its descriptors, of which there must be none.
    static FromWorker read(byte[] frame, List<Fd> descriptors) {
        if (!descriptors.isEmpty()) {
            descriptors.forEach(Fd::close);
            return new FromWorker.Malformed(
                    JoinRefusal.MALFORMED, descriptors.size() + " descriptors: a worker sends none");
        }
        try {
            Wire.checkSize(frame);
            return decode(WorkerFrame.parseFrom(frame));
        } catch (InvalidProtocolBufferException invalid) {
            return new FromWorker.Malformed(JoinRefusal.MALFORMED, "no protobuf: " + invalid.getMessage());
        } catch (MalformedFrameException malformed) {
            return new FromWorker.Malformed(malformed.reason(), malformed.why());
        }
    }

    private static FromWorker decode(WorkerFrame frame) throws MalformedFrameException {
        Wire.checkVersion(frame.getProtocolVersion());
        return switch (frame.getFrameCase()) {
            case JOIN -> decode(frame.getJoin());
            case TRANSFER_ACKNOWLEDGED -> decode(frame.getTransferAcknowledged());
            case TRANSFER_REFUSED ->
                new FromWorker.Refused(
                        Wire.transferId(frame.getTransferRefused().getTransferId()),
                        Wire.text(frame.getTransferRefused().getMessage(), "message"));
            case READY -> new FromWorker.Ready();
            case DRAINING -> new FromWorker.Draining();
            case CONNECTIONS_ENDED -> ended(frame.getConnectionsEnded().getCount());
            case FRAME_NOT_SET -> throw new MalformedFrameException("a frame that says nothing this version knows");
        };
    }

    private static FromWorker decode(TransferAcknowledged acknowledged) throws MalformedFrameException {
        int count = 1 + acknowledged.getFurtherTransferIdsCount();
        if (count > HandoffLimits.MAX_ACKNOWLEDGED) {
            throw new MalformedFrameException("acknowledgement of " + count + " transfers: at most "
                    + HandoffLimits.MAX_ACKNOWLEDGED + " are allowed");
        }
        var ids = new ArrayList<Long>(count);
        ids.add(Wire.transferId(acknowledged.getTransferId()));
        for (int i = 0; i < count - 1; i++) {
            ids.add(Wire.transferId(acknowledged.getFurtherTransferIds(i)));
        }
        return new FromWorker.Acknowledged(ids);
    }

    private static FromWorker ended(int count) throws MalformedFrameException {
        if (count <= 0) {
            throw new MalformedFrameException(
                    "count of ended connections " + Integer.toUnsignedString(count) + ": 1 to 2^31 - 1 are allowed");
        }
        return new FromWorker.ConnectionsEnded(count);
    }

    private static FromWorker decode(Join join) throws MalformedFrameException {
        if (join.getIncarnation() <= 0) {
            throw new MalformedFrameException(
                    "incarnation " + Integer.toUnsignedString(join.getIncarnation()) + ": 1 to 2^31 - 1 are allowed");
        }
        return new FromWorker.Join(
                Wire.name(join.getWorker(), "worker"), join.getIncarnation(), Wire.secret(join.getToken(), "token"));
    }
}
