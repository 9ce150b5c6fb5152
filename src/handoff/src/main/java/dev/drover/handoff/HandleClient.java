package dev.drover.handoff;

import dev.drover.posix.ArrivalWatch;
import dev.drover.posix.Fd;
import dev.drover.posix.PosixException;
import dev.drover.posix.UnixSocket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// A worker's end of the handle socket.
///
/// [#join] and [#receive] block and belong on a named platform thread; [#receiveArrived] does not, and is for one
/// thread at a time. Everything else is safe from any thread, because each send is one datagram. A frame that was sent
/// is in the kernel and survives the sender's death.
/// `close()` is idempotent and wakes a blocked [#receive].
public final class HandleClient implements AutoCloseable {
    private final UnixSocket socket;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(HandoffLimits.MAX_FRAME_BYTES);
    private final MasterReader reader = new MasterReader();

    /// Transfers received and not yet answered; at most [HandoffLimits#MAX_OPEN_TRANSFERS].
    private final Set<Long> open = ConcurrentHashMap.newKeySet();

    /// Set by the receiving thread, read by senders to tell a call out of order.
    private volatile boolean joined;

    /// Set by whoever closes, read by the receiving thread to know its own end from the master's.
    private volatile boolean closed;

    HandleClient(UnixSocket socket) {
        this.socket = socket;
        socket.setSendTimeout(HandoffLimits.SEND_TIMEOUT);
    }

    /// Connects to the master; the Join is due within [HandoffLimits#JOIN_TIMEOUT].
    ///
    /// @param handlesSocket `attach/handles.sock` of the run directory
    /// @param timeout how long to wait while the master's backlog is full
    /// @throws HandoffException when nobody listens there or the time is up
    public static HandleClient connect(Path handlesSocket, Duration timeout) {
        checkTimeout(timeout);
        var connected = new CompletableFuture<UnixSocket>();
        // The kernel knows no deadline for this before there is a socket to set it on, so another thread waits.
        Thread.ofPlatform().daemon().name("drover-handles-connect").start(() -> connectInto(handlesSocket, connected));
        return new HandleClient(await(handlesSocket, connected, timeout));
    }

    private static void connectInto(Path path, CompletableFuture<UnixSocket> connected) {
        try {
            var socket = UnixSocket.connect(path, UnixSocket.Type.SEQPACKET);
            if (!connected.complete(socket)) {
                socket.close();
            }
        } catch (RuntimeException | Error failure) {
            connected.completeExceptionally(failure);
        }
    }

    private static UnixSocket await(Path path, CompletableFuture<UnixSocket> connected, Duration timeout) {
        var what = "cannot connect to the master at " + path;
        try {
            return connected.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException failure) {
            var cause = Objects.requireNonNullElse(failure.getCause(), failure);
            throw new HandoffException(what + ": " + Wire.why(cause), cause);
        } catch (TimeoutException _) {
            abandon(connected);
            throw new HandoffException(what + ": no answer within " + timeout);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            abandon(connected);
            throw new HandoffException(what + ": interrupted");
        }
    }

    /// Whoever comes second, this or the connecting thread, closes the socket.
    private static void abandon(CompletableFuture<UnixSocket> connected) {
        if (!connected.cancel(false) && !connected.isCompletedExceptionally()) {
            connected.resultNow().close();
        }
    }

    private static void checkTimeout(Duration timeout) {
        if (!timeout.isPositive()) {
            throw new IllegalArgumentException("cannot wait " + timeout + ": a positive time is wanted");
        }
    }

    /// Presents this worker, once, and waits for the answer. After a failure there is nothing left but `close()`.
    ///
    /// @param worker `DROVER_WORKER` of the environment
    /// @param incarnation `DROVER_INCARNATION` of the environment
    /// @param token `DROVER_TOKEN` of the environment
    /// @return with the listeners, whose descriptors are the caller's and whose transfer is to be acknowledged
    /// @throws JoinRefusedException when the master does not want this worker
    /// @throws HandoffException when it is gone, breaks the protocol or does not answer in time
    public Joined join(String worker, int incarnation, String token, Duration timeout) {
        checkTimeout(timeout);
        if (joined) {
            throw new IllegalStateException("cannot join as " + worker + ": joined already");
        }
        var what = "cannot join as " + worker;
        try {
            socket.setReceiveTimeout(timeout);
            send(WorkerFrames.join(worker, incarnation, token), "join as " + worker);
            var joined = answer(worker, what, timeout);
            socket.setReceiveTimeout(Duration.ZERO);
            return joined;
        } catch (PosixException failure) {
            throw new HandoffException(what + ": " + failure.getMessage(), failure);
        }
    }

    private Joined answer(String worker, String what, Duration timeout) {
        return switch (read(true)) {
            case Read.Frame(
                    FromMaster.Joined(var pool, var ticket, var transferId, var listeners, var dispatchedSockets)) -> {
                open.add(transferId);
                joined = true;
                yield new Joined(pool, ticket, transferId, listeners, dispatchedSockets);
            }
            case Read.Frame(FromMaster.JoinRefused(var reason, var message)) ->
                throw new JoinRefusedException(worker, reason, message);
            case Read.Frame(FromMaster.Transferred(var _, var handles)) -> {
                close(handles);
                throw new HandoffException(what + ": the master answered with a transfer");
            }
            case Read.Frame(FromMaster.Withdrawn _) ->
                throw new HandoffException(what + ": the master answered with a withdrawal");
            case Read.Frame(FromMaster.Malformed(var why)) ->
                throw new HandoffException(what + ": the answer is malformed: " + why);
            case Read.Lost(var _, var why) -> throw new HandoffException(what + ": " + why);
            case Read.Nothing _ -> throw new HandoffException(what + ": no answer within " + timeout);
            case Read.Ended(var why) -> throw new HandoffException(what + ": " + why);
        };
    }

    /// Tells when there is something to [#receiveArrived]. The caller's to close; this connection must outlive it, and
    /// its `close()` ends the wait.
    public ArrivalWatch watch() {
        return ArrivalWatch.of(socket.fd());
    }

    /// Waits for the next handles. After [Received.MasterGone] every answer is the same. Transfers that come while
    /// this process has no descriptor left are refused meanwhile.
    public Received receive() {
        return receive(true).orElseThrow(() -> new AssertionError("a socket without a timeout timed out"));
    }

    /// The next handles that are there already, as [#receive] without waiting; empty when there are none.
    public Optional<Received> receiveArrived() {
        return receive(false);
    }

    private Optional<Received> receive(boolean wait) {
        if (!joined) {
            throw new IllegalStateException("cannot receive handles before joining");
        }
        var read = read(wait);
        while (read instanceof Read.Lost(var transferId, var why)) {
            try {
                send(WorkerFrames.refused(transferId, why), "refuse transfer " + transferId);
            } catch (HandoffException gone) {
                return Optional.of(broken(Wire.why(gone)));
            }
            read = read(wait);
        }
        return read instanceof Read.Nothing ? Optional.empty() : Optional.of(received(read));
    }

    private Received received(Read read) {
        return switch (read) {
            case Read.Nothing _ -> throw new AssertionError("told before");
            case Read.Lost _ -> throw new AssertionError("refused before");
            case Read.Frame(FromMaster.Transferred(var transferId, var handles)) ->
                opened(transferId, handles, new Received.Transferred(transferId, handles));
            case Read.Frame(FromMaster.Withdrawn(var transferId, var name, var address)) ->
                opened(transferId, List.of(), new Received.Withdrawn(transferId, name, address));
            case Read.Frame(FromMaster.Joined(var _, var _, var _, var listeners, var _)) -> {
                close(listeners);
                yield broken("the master answered a Join that was not sent");
            }
            case Read.Frame(FromMaster.JoinRefused(var _, var message)) ->
                broken("the master refused a worker that had joined: " + message);
            case Read.Frame(FromMaster.Malformed(var why)) -> broken("the master sent a malformed frame: " + why);
            case Read.Ended(var why) -> broken(why);
        };
    }

    private Received opened(long transferId, List<Handle> handles, Received received) {
        if (open.size() >= HandoffLimits.MAX_OPEN_TRANSFERS) {
            close(handles);
            return broken("the master sent more than " + HandoffLimits.MAX_OPEN_TRANSFERS + " open transfers");
        }
        if (!open.add(transferId)) {
            close(handles);
            return broken("the master repeated transfer " + transferId);
        }
        return received;
    }

    /// Ends the connection, so that both sides agree that it has ended.
    private Received broken(String why) {
        var gone = new Received.MasterGone(closed ? "closed by this side" : why);
        shutdown();
        return gone;
    }

    private static void close(List<Handle> handles) {
        handles.forEach(handle -> handle.descriptor().close());
    }

    private sealed interface Read {
        record Frame(FromMaster says) implements Read {}

        /// A transfer that came without its descriptors.
        record Lost(long transferId, String why) implements Read {}

        /// Nothing came, in time or by now.
        record Nothing() implements Read {}

        record Ended(String why) implements Read {}
    }

    private Read read(boolean wait) {
        try {
            buffer.clear();
            int most = HandoffLimits.MAX_DESCRIPTORS;
            return switch (wait ? socket.receive(buffer, most) : socket.receiveArrived(buffer, most)) {
                case dev.drover.posix.Received.Message(var _, var descriptors) ->
                    new Read.Frame(reader.read(Wire.take(buffer), descriptors));
                case dev.drover.posix.Received.WouldBlock _ -> new Read.Nothing();
                case dev.drover.posix.Received.EndOfStream _ -> new Read.Ended("the master closed the connection");
                case dev.drover.posix.Received.Malformed(var why, var intact) -> lost(why, intact);
            };
        } catch (PosixException failure) {
            return new Read.Ended(Wire.why(failure));
        } catch (IllegalStateException failure) {
            if (closed) {
                return new Read.Ended("closed by this side");
            }
            throw failure;
        }
    }

    /// A transfer whose descriptors found no place here is no fault of the master's: it is to be refused.
    private Read lost(String why, int intact) {
        if (intact > 0) {
            buffer.position(intact);
            var transferId = MasterFrames.transferId(Wire.take(buffer));
            if (transferId.isPresent()) {
                return new Read.Lost(transferId.getAsLong(), why);
            }
        }
        return new Read.Frame(new FromMaster.Malformed(why));
    }

    /// Says that a transfer has been taken over, or that a listener that was wanted back is closed. Once, before the
    /// first read of a connection or the first accept from a listener; when it throws, the
    /// descriptors must be closed unread.
    ///
    /// @throws HandoffException when the master is gone
    /// @throws IllegalArgumentException for a transfer that was not received or was answered before
    public void acknowledge(long transferId) {
        acknowledge(List.of(transferId));
    }

    /// The same for several transfers at once, in one frame: all of them are acknowledged, or none when it throws.
    ///
    /// @param transferIds 1 to [HandoffLimits#MAX_ACKNOWLEDGED]
    public void acknowledge(List<Long> transferIds) {
        if (transferIds.isEmpty() || transferIds.size() > HandoffLimits.MAX_ACKNOWLEDGED) {
            throw new IllegalArgumentException("cannot acknowledge " + transferIds.size() + " transfers at once: 1 to "
                    + HandoffLimits.MAX_ACKNOWLEDGED + " are allowed");
        }
        transferIds.forEach(this::answered);
        send(WorkerFrames.acknowledged(transferIds), "acknowledge transfers from " + transferIds.getFirst());
    }

    /// Says that a transfer cannot be taken over; the caller has closed its descriptors before. Or that a listener is
    /// not given back.
    ///
    /// @param message for people; cut at [HandoffLimits#MAX_TEXT_BYTES]
    /// @throws HandoffException when the master is gone
    /// @throws IllegalArgumentException for a transfer that was not received or was answered before
    public void refuse(long transferId, String message) {
        answered(transferId);
        send(WorkerFrames.refused(transferId, message), "refuse transfer " + transferId);
    }

    private void answered(long transferId) {
        if (!open.remove(transferId)) {
            throw new IllegalArgumentException(
                    "cannot answer transfer " + transferId + ": it was not received or was answered before");
        }
    }

    /// Says that this worker serves. Again it changes nothing.
    ///
    /// @throws HandoffException when the master is gone
    public void ready() {
        checkJoined("say ready");
        send(WorkerFrames.ready(), "say ready");
    }

    /// Says that this worker takes no new work and will exit by itself. Final.
    ///
    /// @throws HandoffException when the master is gone
    public void draining() {
        checkJoined("say draining");
        send(WorkerFrames.draining(), "say draining");
    }

    /// Says that connections this worker had acknowledged are closed. To be sent together, at most some 50 times a
    /// second: a master cuts off who floods it, and who tells of more than it was given.
    ///
    /// @param count how many since the last time, from 1
    /// @throws HandoffException when the master is gone
    public void connectionsEnded(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("cannot say that " + count + " connections ended: from 1");
        }
        checkJoined("say that connections ended");
        send(WorkerFrames.connectionsEnded(count), "say that connections ended");
    }

    private void checkJoined(String verb) {
        if (!joined) {
            throw new IllegalStateException("cannot " + verb + " before joining");
        }
    }

    private void send(byte[] frame, String verb) {
        boolean sent;
        try {
            sent = socket.send(ByteBuffer.wrap(frame), List.<Fd>of());
        } catch (PosixException failure) {
            throw new HandoffException("cannot " + verb + ": " + failure.getMessage(), failure);
        } catch (IllegalStateException failure) {
            if (closed) {
                throw new HandoffException("cannot " + verb + ": closed by this side", failure);
            }
            throw failure;
        }
        if (!sent) {
            throw new HandoffException(
                    "cannot " + verb + ": the master has not read for " + HandoffLimits.SEND_TIMEOUT);
        }
    }

    private void shutdown() {
        try {
            socket.shutdown();
        } catch (PosixException | IllegalStateException _) {
            // Ended or closed already, which is what was wanted.
        }
    }

    @Override
    public void close() {
        closed = true;
        shutdown();
        socket.close();
    }
}
