package dev.drover.handoff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.handoff.fixtures.Master;
import dev.drover.handoff.fixtures.OpenFiles;
import dev.drover.handoff.fixtures.RawPeer;
import dev.drover.posix.Fd;
import dev.drover.posix.Pipe;
import dev.drover.posix.UnixSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Frames that were broken on purpose, with any number of descriptors: nothing is thrown, nothing stays open, nobody
/// else notices. Each frame has a seed of its own, which a failure names; `-Ddrover.seed=N` starts with it.
class FrameFuzzTest {
    private static final long FIRST_SEED = Long.getLong("drover.seed", 20_260_101);

    @TempDir
    Path directory;

    private final long openBefore = OpenFiles.count();
    private final Pipe pipe = Pipe.open();
    private final Handle local =
            new Handle(HandleKind.CONNECTION, "local", UnixDomainSocketAddress.of("/run/app.sock"), 0, pipe.readEnd());
    private final List<byte[]> corpus = corpus();

    @AfterEach
    void everythingIsClosed() {
        pipe.close();
        assertThat(OpenFiles.count()).isEqualTo(openBefore);
    }

    private List<byte[]> corpus() {
        var tcp = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 8080);
        var tcp6 = new InetSocketAddress(InetAddress.ofLiteral("::"), 443);
        var http = new Handle(HandleKind.LISTENER, "http", tcp, 511, pipe.readEnd());
        var https = new Handle(HandleKind.LISTENER, "https", tcp6, 0, pipe.readEnd());
        return List.of(
                WorkerFrames.join("web-0", 1, "0123456789abcdef"),
                WorkerFrames.acknowledged(List.of(1L)),
                WorkerFrames.refused(Long.MAX_VALUE, "no room"),
                WorkerFrames.ready(),
                WorkerFrames.draining(),
                WorkerFrames.connectionsEnded(1),
                WorkerFrames.connectionsEnded(Integer.MAX_VALUE),
                MasterFrames.joined("web", "ticket", 1, List.of(), List.of()),
                MasterFrames.joined("web", "ticket", 1, List.of(http, https), List.of("api", "chat")),
                MasterFrames.joinRefused(JoinRefusal.WRONG_PEER, "because"),
                MasterFrames.transfer(2, List.of(local)),
                MasterFrames.withdrawal(4, local.socketName(), local.address()),
                MasterFrames.withdrawal(5, http.socketName(), http.address()),
                MasterFrames.transfer(300, List.of(http, https, local)));
    }

    private byte[] mutated(Random random) {
        var frame = corpus.get(random.nextInt(corpus.size())).clone();
        for (int left = random.nextInt(4); left > 0; left--) {
            frame = mutatedOnce(frame, random);
        }
        return frame;
    }

    private byte[] mutatedOnce(byte[] frame, Random random) {
        if (frame.length == 0) {
            return new byte[] {(byte) random.nextInt()};
        }
        int at = random.nextInt(frame.length);
        return switch (random.nextInt(7)) {
            case 0 -> {
                frame[at] ^= (byte) (1 << random.nextInt(8));
                yield frame;
            }
            case 1 -> {
                frame[at] = (byte) random.nextInt();
                yield frame;
            }
            case 2 -> Arrays.copyOf(frame, at);
            case 3 -> Arrays.copyOf(frame, frame.length + random.nextInt(300));
            case 4 -> spliced(frame, at, corpus.get(random.nextInt(corpus.size())));
            case 5 -> spliced(frame, at, Arrays.copyOfRange(frame, at, frame.length));
            case 6 -> {
                var noise = new byte[random.nextInt(64)];
                random.nextBytes(noise);
                yield spliced(frame, at, noise);
            }
            default -> throw new AssertionError();
        };
    }

    /// The frame with something in its middle.
    private static byte[] spliced(byte[] frame, int at, byte[] middle) {
        var result = new byte[frame.length + middle.length];
        System.arraycopy(frame, 0, result, 0, at);
        System.arraycopy(middle, 0, result, at, middle.length);
        System.arraycopy(frame, at, result, at + middle.length, frame.length - at);
        return result;
    }

    private List<Fd> descriptors(Random random) {
        return IntStream.range(0, random.nextInt(5))
                .mapToObj(_ -> pipe.readEnd().duplicate())
                .toList();
    }

    private interface Round {
        void play(Random random);
    }

    private static void play(int rounds, Round round) {
        for (long seed = FIRST_SEED; seed < FIRST_SEED + rounds; seed++) {
            try {
                round.play(new Random(seed));
            } catch (RuntimeException | AssertionError failure) {
                throw new AssertionError("failed with -Ddrover.seed=" + seed, failure);
            }
        }
    }

    private void readBroken(Random random) {
        var frame = mutated(random);
        var descriptors = descriptors(random);
        if (random.nextBoolean()) {
            checkWorkers(WorkerFrames.read(frame, descriptors), descriptors);
        } else {
            var read = readerThatKnowsConnections().read(frame, descriptors);
            checkMasters(read, descriptors);
            if (read instanceof FromMaster.Transferred) {
                checkSame(read, MasterFrames.read(frame, descriptors));
            }
        }
        descriptors.forEach(Fd::close);
    }

    private MasterReader readerThatKnowsConnections() {
        var reader = new MasterReader();
        try (var descriptor = pipe.readEnd().duplicate()) {
            reader.read(MasterFrames.transfer(1, List.of(local)), List.of(descriptor));
        }
        return reader;
    }

    /// What is let through is within the contract: written again it says the same.
    private static void checkWorkers(FromWorker read, List<Fd> descriptors) {
        checkDescriptors(List.of(), descriptors);
        var again = switch (read) {
            case FromWorker.Join(var worker, var incarnation, var token) ->
                WorkerFrames.join(worker, incarnation, token);
            case FromWorker.Acknowledged(var transferIds) -> WorkerFrames.acknowledged(transferIds);
            case FromWorker.Refused(var transferId, var message) -> WorkerFrames.refused(transferId, message);
            case FromWorker.Ready _ -> WorkerFrames.ready();
            case FromWorker.Draining _ -> WorkerFrames.draining();
            case FromWorker.ConnectionsEnded(var count) -> WorkerFrames.connectionsEnded(count);
            case FromWorker.Malformed _ -> new byte[0];
        };
        checkSame(read, again.length == 0 ? read : WorkerFrames.read(again, List.of()));
    }

    private static void checkMasters(FromMaster read, List<Fd> descriptors) {
        switch (read) {
            case FromMaster.Joined(var pool, var ticket, var transferId, var listeners, var dispatched) -> {
                checkDescriptors(listeners, descriptors);
                var again = MasterFrames.joined(pool, ticket, transferId, listeners, dispatched);
                checkSame(read, MasterFrames.read(again, descriptors));
            }
            case FromMaster.Transferred(var transferId, var handles) -> {
                checkDescriptors(handles, descriptors);
                checkSame(read, MasterFrames.read(MasterFrames.transfer(transferId, handles), descriptors));
            }
            case FromMaster.Withdrawn(var transferId, var name, var address) -> {
                checkDescriptors(List.of(), descriptors);
                var again = MasterFrames.withdrawal(transferId, name, address);
                checkSame(read, MasterFrames.read(again, List.of()));
            }
            case FromMaster.JoinRefused _, FromMaster.Malformed _ -> checkDescriptors(List.of(), descriptors);
        }
    }

    /// Either all descriptors are in the handles, in order, or all are closed.
    private static void checkDescriptors(List<Handle> handles, List<Fd> descriptors) {
        if (handles.isEmpty() ? descriptors.stream().anyMatch(Fd::isOpen) : !taken(handles, descriptors)) {
            throw new AssertionError("descriptors " + descriptors + " after " + handles);
        }
    }

    private static boolean taken(List<Handle> handles, List<Fd> descriptors) {
        return handles.stream().map(Handle::descriptor).toList().equals(descriptors)
                && descriptors.stream().allMatch(Fd::isOpen);
    }

    private static void checkSame(Object read, Object again) {
        if (!read.equals(again)) {
            throw new AssertionError("read " + read + " and, written again, " + again);
        }
    }

    @Test
    void fiftyThousandBrokenFramesAreRead() {
        play(50_000, this::readBroken);
    }

    @Test
    @Tag("slow")
    void oneMillionBrokenFramesAreRead() {
        play(1_000_000, this::readBroken);
    }

    @Test
    void oneThousandBrokenFramesTravel() {
        sendBroken(1_000);
    }

    @Test
    @Tag("slow")
    void twentyThousandBrokenFramesTravel() {
        sendBroken(20_000);
    }

    /// Half to a master, half to a worker.
    private void sendBroken(int frames) {
        try (var master = new Master(directory.resolve("handles.sock"));
                var witness = HandleClient.connect(master.socket(), Duration.ofSeconds(20))) {
            var joined = witness.join("witness-0", 1, "token", Duration.ofSeconds(20));

            play(frames / 2, random -> toMaster(master, random));
            play(frames / 2, this::toWorker);

            witness.acknowledge(joined.transferId());
            master.journal().await("witness-0 acknowledged 1");
            assertThat(master.journal().lines()).noneMatch(line -> line.contains("Exception"));
        }
    }

    /// A worker that joins, or does not, and then sends broken frames until it is cut off or has none left.
    private void toMaster(Master master, Random random) {
        try (var peer = RawPeer.connect(master.socket())) {
            if (random.nextBoolean()) {
                peer.send(WorkerFrames.join("web-0", 1, "token"));
            }
            sendSome(peer, random);
        }
    }

    private void toWorker(Random random) {
        var pair = UnixSocket.pair(UnixSocket.Type.SEQPACKET);
        try (var worker = new HandleClient(pair.first());
                var master = RawPeer.of(pair.second())) {
            master.send(MasterFrames.joined("web", "ticket", 1, List.of(), List.of()));
            var joined = worker.join("web-0", 1, "token", Duration.ofSeconds(20));
            sendSome(master, random);
            pair.second().shutdown();
            while (receives(worker, joined.transferId())) {}
        }
    }

    /// @return false at the end
    private static boolean receives(HandleClient worker, long first) {
        return switch (worker.receive()) {
            case Received.Transferred(var transferId, var handles) -> {
                if (transferId == first || handles.isEmpty()) {
                    throw new AssertionError("transfer " + transferId + " with " + handles);
                }
                handles.forEach(handle -> handle.descriptor().close());
                yield true;
            }
            case Received.Withdrawn(var transferId, var _, var _) -> {
                if (transferId == first) {
                    throw new AssertionError("withdrawal " + transferId);
                }
                yield true;
            }
            case Received.MasterGone _ -> false;
        };
    }

    private void sendSome(RawPeer peer, Random random) {
        for (int left = 1 + random.nextInt(3); left > 0; left--) {
            var frame = mutated(random);
            var descriptors = descriptors(random);
            if (frame.length > 0) {
                peer.trySend(frame, descriptors);
            }
            descriptors.forEach(Fd::close);
        }
    }
}
