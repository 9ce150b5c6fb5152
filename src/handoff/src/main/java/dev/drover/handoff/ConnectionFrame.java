package dev.drover.handoff;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import dev.drover.protocol.worker.v1.MasterFrame;
import dev.drover.protocol.worker.v1.Transfer;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;

/// The frame that transfers connections of one socket: everything but the transfer's id is the same for all of them
/// and is encoded once. The bytes are those of [MasterFrames#transfer]. Immutable.
public final class ConnectionFrame {
    /// Fields 1 to 15 have tags of one byte.
    private static final byte VERSION_TAG = tag(MasterFrame.PROTOCOL_VERSION_FIELD_NUMBER, WireFormat.WIRETYPE_VARINT);

    private static final byte TRANSFER_TAG =
            tag(MasterFrame.TRANSFER_FIELD_NUMBER, WireFormat.WIRETYPE_LENGTH_DELIMITED);
    private static final byte ID_TAG = tag(Transfer.TRANSFER_ID_FIELD_NUMBER, WireFormat.WIRETYPE_VARINT);

    /// Version, transfer, its length and its id, each with its tag, the numbers of one byte.
    private static final int SHORTEST_HEAD = 6;

    private final byte[] handle;

    /// @param socketName the pool's name of the socket
    /// @param address where it listens
    public ConnectionFrame(String socketName, SocketAddress address) {
        this.handle = WireHandles.encodeConnection(socketName, address).toByteArray();
    }

    private static byte tag(int field, int wireType) {
        return (byte) ((field << 3) | wireType);
    }

    /// The buffer has room for [HandoffLimits#MAX_FRAME_BYTES].
    ///
    /// @param connections from 1
    void write(long transferId, int connections, ByteBuffer into) {
        into.put(VERSION_TAG).put((byte) Wire.PROTOCOL_VERSION).put(TRANSFER_TAG);
        putVarint(into, 1 + CodedOutputStream.computeUInt64SizeNoTag(transferId) + connections * handle.length);
        into.put(ID_TAG);
        putVarint(into, transferId);
        for (int i = 0; i < connections; i++) {
            into.put(handle);
        }
    }

    /// The id of a transfer of so many connections that is written as this frame is, but for the id.
    ///
    /// @return 0 when it is another frame, or the same in other words
    long transferIdIn(byte[] frame, int connections) {
        int end = frame.length - connections * handle.length;
        if (end < SHORTEST_HEAD) {
            return 0;
        }
        for (int at = end; at < frame.length; at += handle.length) {
            if (!Arrays.equals(frame, at, at + handle.length, handle, 0, handle.length)) {
                return 0;
            }
        }
        var head = ByteBuffer.wrap(frame, 0, end);
        boolean begins = head.get() == VERSION_TAG && head.get() == Wire.PROTOCOL_VERSION && head.get() == TRANSFER_TAG;
        if (!begins || varint(head) != frame.length - head.position() || !head.hasRemaining() || head.get() != ID_TAG) {
            return 0;
        }
        long id = varint(head);
        return head.hasRemaining() ? 0 : Math.max(0, id);
    }

    /// 0 when it is none, or has no end.
    private static long varint(ByteBuffer from) {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE && from.hasRemaining(); shift += 7) {
            long bits = from.get();
            value |= (bits & 0x7F) << shift;
            if (bits >= 0) {
                return value;
            }
        }
        return 0;
    }

    private static void putVarint(ByteBuffer into, long value) {
        long left = value;
        while ((left & ~0x7FL) != 0) {
            into.put((byte) ((left & 0x7F) | 0x80));
            left >>>= 7;
        }
        into.put((byte) left);
    }
}
