package dev.drover.handoff;

import dev.drover.posix.Errno;
import dev.drover.posix.PeerCredentials;
import dev.drover.posix.Poller;
import dev.drover.posix.PosixException;
import dev.drover.posix.UnixSocket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

/// The master's end of the handle socket: lets strangers in, asks the gatekeeper, and makes a [HandlePeer] of each
/// that is admitted.
///
/// Belongs to the thread that makes it, which owns the poller. Nothing here blocks, and nothing that a peer or a
/// handler does comes out of [Poller#poll]: such failures go to [Gatekeeper#refused], and if that fails too, to the
/// thread's uncaught exception handler.
///
/// Who can connect is decided by the directory of the socket, which is the caller's, as is the lock that keeps a
/// second master from the path; the socket itself is for its user and group (0660). A socket file that a killed
/// master left is replaced.
public final class HandleServer implements AutoCloseable {
    private static final Set<Poller.Interest> READABLE = Set.of(Poller.Interest.READABLE);

    private final Thread loop = Thread.currentThread();
    private final SocketFile file;
    private final Poller poller;
    private final Poller.Registration listening;
    private final LongSupplier nanoTime;
    private final Gatekeeper gatekeeper;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(HandoffLimits.MAX_FRAME_BYTES);

    /// Oldest first; at most [HandoffLimits#MAX_STRANGERS].
    private final Set<Stranger> strangers = new LinkedHashSet<>();

    private final Set<HandlePeer> peers = new LinkedHashSet<>();

    /// Whether nothing is accepted until the next [#expire], because this process has no descriptor left.
    private boolean resting;

    private boolean closed;

    /// Listens at the path, in a directory that exists.
    ///
    /// @param poller owned by this thread
    /// @param nanoTime the clock, [System#nanoTime] but for tests
    /// @throws HandoffException when the path cannot be bound
    public HandleServer(Path socket, Poller poller, LongSupplier nanoTime, Gatekeeper gatekeeper) {
        this.poller = poller;
        this.nanoTime = nanoTime;
        this.gatekeeper = gatekeeper;
        this.file = SocketFile.listen(socket, HandoffLimits.LISTEN_BACKLOG);
        try {
            this.listening = poller.add(file.socket().fd(), READABLE, _ -> acceptSome());
        } catch (Throwable failure) {
            file.close();
            throw failure;
        }
    }

    /// Drops the strangers that have been silent for [HandoffLimits#JOIN_TIMEOUT]. The loop calls it a few times a
    /// second.
    public void expire() {
        assertOnLoop();
        if (resting && !closed) {
            resting = false;
            listening.change(READABLE);
        }
        long now = nanoTime.getAsLong();
        for (var stranger : List.copyOf(strangers)) {
            if (now - stranger.connectedAt() < HandoffLimits.JOIN_TIMEOUT.toNanos()) {
                // They are in the order they came.
                return;
            }
            dismiss(stranger, "no Join within " + HandoffLimits.JOIN_TIMEOUT.toSeconds() + " s");
        }
    }

    /// Ends all connections, without a word to their [PeerEvents], and removes the socket file. Idempotent.
    @Override
    public void close() {
        assertOnLoop();
        if (closed) {
            return;
        }
        closed = true;
        try (file) {
            listening.cancel();
            List.copyOf(strangers).forEach(Stranger::close);
            List.copyOf(peers).forEach(HandlePeer::close);
        }
    }

    private void acceptSome() {
        for (int i = 0; i < HandoffLimits.MAX_ACCEPTS_PER_TURN && !closed && !resting; i++) {
            var accepted = accept();
            if (accepted.isEmpty()) {
                return;
            }
            welcome(accepted.get());
        }
    }

    private Optional<UnixSocket> accept() {
        try {
            return file.socket().accept();
        } catch (PosixException failure) {
            switch (failure.errno()) {
                case Errno.EMFILE, Errno.ENFILE, Errno.ENOBUFS, Errno.ENOMEM -> makeRoom(failure);
                default -> report("cannot accept a worker", failure, new PeerCredentials(0, -1, -1));
            }
            return Optional.empty();
        }
    }

    /// A stranger's place is given up; without one the listener rests, because it would be told of again at once.
    private void makeRoom(PosixException failure) {
        if (strangers.isEmpty()) {
            resting = true;
            listening.change(Set.of());
            report("cannot accept a worker", failure, new PeerCredentials(0, -1, -1));
        } else {
            dismiss(strangers.iterator().next(), "this process has no descriptor left");
        }
    }

    private void welcome(UnixSocket accepted) {
        try {
            if (strangers.size() >= HandoffLimits.MAX_STRANGERS) {
                dismiss(strangers.iterator().next(), HandoffLimits.MAX_STRANGERS + " others came after it");
            }
            var stranger = new Stranger(this, new HandleSocket(accepted, poller, buffer), nanoTime.getAsLong());
            strangers.add(stranger);
        } catch (PosixException failure) {
            accepted.close();
            report("cannot accept a worker", failure, new PeerCredentials(0, -1, -1));
        }
    }

    /// Looks once more whether it has spoken meanwhile: one that has is never the victim of those who have not.
    private static void dismiss(Stranger stranger, String why) {
        stranger.read();
        stranger.drop(why);
    }

    /// The gatekeeper's verdict; a refusal when it fails.
    Verdict admit(JoinRequest request) {
        try {
            return gatekeeper.admit(request);
        } catch (RuntimeException | AssertionError failure) {
            report("cannot decide on the Join of " + request.worker(), failure, request.peer());
            return new Verdict.Refused(JoinRefusal.NOT_EXPECTED, "the master failed to decide");
        }
    }

    void begin(HandleSocket socket, Verdict.Admitted admitted) {
        var peer = new HandlePeer(this, socket, admitted.events(), nanoTime);
        peers.add(peer);
        peer.begin(admitted);
    }

    void forget(Stranger stranger) {
        strangers.remove(stranger);
    }

    void forget(HandlePeer peer) {
        peers.remove(peer);
    }

    void report(String what, Throwable failure, PeerCredentials peer) {
        report(what + ": " + failure, peer);
    }

    void report(String why, PeerCredentials peer) {
        try {
            gatekeeper.refused(why, peer);
        } catch (RuntimeException | AssertionError failure) {
            // There is nobody left to tell but the program's last resort; the loop goes on.
            loop.getUncaughtExceptionHandler().uncaughtException(loop, failure);
        }
    }

    void assertOnLoop() {
        if (Thread.currentThread() != loop) {
            throw new IllegalStateException("thread " + Thread.currentThread().getName()
                    + " used the handle server of thread " + loop.getName());
        }
    }
}
