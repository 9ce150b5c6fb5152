package dev.drover.posix;

import static dev.drover.posix.SysLayouts.CMSGHDR;
import static dev.drover.posix.SysLayouts.IOVEC;
import static dev.drover.posix.SysLayouts.MSGHDR;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;

/// The native memory of one direction of a Unix socket: a `msghdr`, its control data and a copy of the payload.
///
/// Allocated once per socket and direction and used again for every message. Not thread-safe: [UnixSocket] guards
/// it. The memory is the garbage collector's to free, so closing the socket can never pull it away under a call.
final class Transfer {
    /// The kernel's `SCM_MAX_FD`.
    static final int MAX_DESCRIPTORS = 253;

    private static final int FIRST_STAGING_SIZE = 4096;

    private static final long HEADER_IOV = SysLayouts.offset(MSGHDR, "msg_iov");
    private static final long HEADER_IOVLEN = SysLayouts.offset(MSGHDR, "msg_iovlen");
    private static final long HEADER_CONTROL = SysLayouts.offset(MSGHDR, "msg_control");
    private static final long HEADER_CONTROLLEN = SysLayouts.offset(MSGHDR, "msg_controllen");
    private static final long HEADER_FLAGS = SysLayouts.offset(MSGHDR, "msg_flags");
    private static final long IOV_BASE = SysLayouts.offset(IOVEC, "iov_base");
    private static final long IOV_LENGTH = SysLayouts.offset(IOVEC, "iov_len");
    private static final long CMSG_LENGTH = SysLayouts.offset(CMSGHDR, "cmsg_len");
    private static final long CMSG_LEVEL = SysLayouts.offset(CMSGHDR, "cmsg_level");
    private static final long CMSG_TYPE = SysLayouts.offset(CMSGHDR, "cmsg_type");
    private static final long CMSG_DATA = CMSGHDR.byteSize();
    private static final long CONTROL_SIZE = controlLength(MAX_DESCRIPTORS) + Long.BYTES;

    private final MemorySegment state;
    private final MemorySegment header;
    private final MemorySegment iov;
    private final MemorySegment control;
    private MemorySegment staging = MemorySegment.NULL;

    /// Beside those that are always set.
    private int receiveFlags;

    /// Made once: what a lambda captures costs more to allocate than the rest of it.
    private final IntUnaryOperator sendmsg;

    private final IntUnaryOperator recvmsg;

    Transfer() {
        var arena = Arena.ofAuto();
        state = SysCall.newState(arena);
        header = arena.allocate(MSGHDR);
        iov = arena.allocate(IOVEC);
        control = arena.allocate(CONTROL_SIZE, Long.BYTES);
        header.set(JAVA_LONG, HEADER_IOV, iov.address());
        header.set(JAVA_LONG, HEADER_IOVLEN, 1);
        sendmsg = n -> SysSocket.sendmsg(state, n, header, SysSocket.MSG_NOSIGNAL);
        recvmsg = n -> SysSocket.recvmsg(state, n, header, SysSocket.MSG_CMSG_CLOEXEC | receiveFlags);
    }

    /// `CMSG_LEN` of n descriptors. `CMSG_SPACE` would round up and let one more arrive than was asked for.
    private static long controlLength(int descriptors) {
        return CMSG_DATA + (long) Integer.BYTES * descriptors;
    }

    /// Sends what remains in the payload with the descriptors and answers the bytes sent, or `-errno`.
    int send(Fd socket, ByteBuffer payload, List<Fd> descriptors) {
        int length = payload.remaining();
        var source = MemorySegment.ofBuffer(payload);
        setPayload(payload.isDirect() ? source : staging(length).copyFrom(source), length);
        putDescriptors(descriptors);
        try {
            int sent = socket.use(sendmsg);
            if (sent > 0) {
                payload.position(payload.position() + sent);
            }
            return sent;
        } finally {
            Reference.reachabilityFence(payload);
            Reference.reachabilityFence(this);
        }
    }

    private void putDescriptors(List<Fd> descriptors) {
        int count = descriptors.size();
        if (count == 0) {
            setControl(0);
            return;
        }
        setControl(controlLength(count));
        control.set(JAVA_LONG, CMSG_LENGTH, controlLength(count));
        control.set(JAVA_INT, CMSG_LEVEL, SysSocket.SOL_SOCKET);
        control.set(JAVA_INT, CMSG_TYPE, SysSocket.SCM_RIGHTS);
        for (int i = 0; i < count; i++) {
            control.set(JAVA_INT, controlLength(i), descriptors.get(i).number());
        }
    }

    /// Receives into the buffer's remaining space and answers the bytes received, or `-errno`; [#flagged] and
    /// [#takeDescriptors] tell the rest.
    ///
    /// @param flags of recvmsg(2), beside those that are always set
    int receive(Fd socket, ByteBuffer into, int maxDescriptors, int flags) {
        int space = into.remaining();
        var target = into.isDirect() ? MemorySegment.ofBuffer(into) : staging(space);
        setPayload(target, space);
        setControl(maxDescriptors == 0 ? 0 : controlLength(maxDescriptors));
        receiveFlags = flags;
        try {
            int length = socket.use(recvmsg);
            if (length > 0 && into.isDirect()) {
                into.position(into.position() + length);
            } else if (length > 0) {
                into.put(target.asSlice(0, length).asByteBuffer());
            }
            return length;
        } finally {
            Reference.reachabilityFence(into);
            Reference.reachabilityFence(this);
        }
    }

    /// Whether the kernel cut the payload or the descriptors of the last message. (It also hands back the
    /// MSG_CMSG_CLOEXEC it was asked with, so the flags are not simply compared with zero.)
    boolean flagged(int flag) {
        return (header.get(JAVA_INT, HEADER_FLAGS) & flag) != 0;
    }

    /// All descriptors of the last message; `MSG_CMSG_CLOEXEC` has set `CLOEXEC` on each as it arrived.
    List<Fd> takeDescriptors() {
        long end = header.get(JAVA_LONG, HEADER_CONTROLLEN);
        if (end < CMSG_DATA) {
            return List.of();
        }
        var taken = new ArrayList<Fd>();
        for (long at = 0; at + CMSG_DATA <= end; ) {
            long length = Math.min(control.get(JAVA_LONG, at + CMSG_LENGTH), end - at);
            if (isRights(at)) {
                for (long data = CMSG_DATA; data + Integer.BYTES <= length; data += Integer.BYTES) {
                    taken.add(new Fd(control.get(JAVA_INT, at + data)));
                }
            }
            at += Math.max(alignUp(length), CMSG_DATA);
        }
        return taken;
    }

    private boolean isRights(long at) {
        return control.get(JAVA_INT, at + CMSG_LEVEL) == SysSocket.SOL_SOCKET
                && control.get(JAVA_INT, at + CMSG_TYPE) == SysSocket.SCM_RIGHTS;
    }

    private static long alignUp(long length) {
        return length + Long.BYTES - 1 & -Long.BYTES;
    }

    private void setPayload(MemorySegment payload, int length) {
        iov.set(JAVA_LONG, IOV_BASE, payload.address());
        iov.set(JAVA_LONG, IOV_LENGTH, length);
    }

    private void setControl(long length) {
        header.set(JAVA_LONG, HEADER_CONTROL, length == 0 ? 0 : control.address());
        header.set(JAVA_LONG, HEADER_CONTROLLEN, length);
        header.set(JAVA_INT, HEADER_FLAGS, 0);
    }

    private MemorySegment staging(int length) {
        if (staging.byteSize() < length) {
            // Arena.ofAuto zeroes and registers what it allocates; powers of two keep that rare.
            long size = Math.max(FIRST_STAGING_SIZE, Long.highestOneBit(length - 1L) << 1);
            staging = Arena.ofAuto().allocate(size);
        }
        return staging.asSlice(0, length);
    }
}
