package dev.drover.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.supervisor.SocketSpec.Distribution;
import dev.drover.supervisor.pool.RolloutOrder;
import dev.drover.supervisor.socket.fixtures.Await;
import dev.drover.supervisor.socket.fixtures.Clients;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Pools and sockets come and go while the others run, with workers in processes of their own.
@Timeout(60)
class PoolChangeTest {
    private static final int BACKLOG = 128;

    @TempDir
    Path directory;

    private final Parent parent = new Parent();
    private final Supervisor supervisor = parent.supervisor();

    @AfterEach
    void nothingIsLeft() {
        parent.close();
    }

    private static SocketSpec socket(String name, Distribution distribution) {
        return socket(name, distribution, 0);
    }

    private static SocketSpec socket(String name, Distribution distribution, int port) {
        return new SocketSpec(
                name, new InetSocketAddress(InetAddress.getLoopbackAddress(), port), BACKLOG, distribution);
    }

    private static PoolSpec pool(String name, SocketSpec... sockets) {
        return pool(name, ServingProcess.Manner.WILLING, sockets);
    }

    private static PoolSpec pool(String name, ServingProcess.Manner manner, SocketSpec... sockets) {
        return PoolSpec.of(name, 1, Parent.java(ServingProcess.class, manner.name()), sockets);
    }

    /// A pool that does not serve.
    private static PoolSpec idle(String name, SocketSpec... sockets) {
        return PoolSpec.of(name, 1, List.of("sleep", "1000"), sockets);
    }

    private static PoolSpec with(PoolSpec pool, SocketSpec... sockets) {
        var all = Stream.concat(pool.sockets().stream(), Stream.of(sockets)).toList();
        return withSockets(pool, all);
    }

    private static PoolSpec withSockets(PoolSpec pool, List<SocketSpec> sockets) {
        return PoolSpec.of(pool.name(), pool.replicas(), pool.template().command(), sockets.toArray(SocketSpec[]::new))
                .withTemplate(pool.template());
    }

    /// Which incarnation answers at the socket.
    private int ask(String pool, String socket) throws IOException {
        return ask(supervisor.address(pool, socket));
    }

    private static int ask(SocketAddress address) throws IOException {
        try (var channel = Clients.connect(address)) {
            return Clients.readName(channel);
        }
    }

    private Snapshot.Pool seen(String pool) {
        return find(pool).orElseThrow();
    }

    private Optional<Snapshot.Pool> find(String pool) {
        return supervisor.snapshot().pools().stream()
                .filter(found -> found.spec().name().equals(pool))
                .findFirst();
    }

    private void awaitReady(String pool) {
        Await.until(() -> seen(pool).ready() == 1, () -> seen(pool).toString());
    }

    private void awaitGone(String pool) {
        Await.until(() -> find(pool).isEmpty(), () -> seen(pool).toString());
    }

    private static int freePort() throws IOException {
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }

    private static boolean isRefused(SocketAddress address) {
        try (var channel = Clients.connect(address)) {
            return !channel.isConnected();
        } catch (ConnectException refused) {
            return true;
        } catch (IOException failure) {
            throw new AssertionError(failure);
        }
    }

    private List<String> refusedFor(PoolSpec... wanted) {
        return refused(supervisor.change(List.of(wanted)));
    }

    private static List<String> refused(ChangeOutcome outcome) {
        return switch (outcome) {
            case ChangeOutcome.Refused(var problems) -> problems;
            case ChangeOutcome.Applied applied -> throw new AssertionError("not refused: " + applied);
        };
    }

    private static List<String> applied(ChangeOutcome outcome) {
        return switch (outcome) {
            case ChangeOutcome.Applied(var lines) -> lines;
            case ChangeOutcome.Refused refused -> throw new AssertionError("not applied: " + refused);
        };
    }

    @Test
    void aPoolThatIsAddedServesBesideTheOthers() throws IOException {
        // given
        var web = pool("web", socket("http", Distribution.SHARDED));
        supervisor.open(List.of(web));
        awaitReady("web");

        // when
        var outcome = supervisor.change(List.of(web, pool("api", socket("http", Distribution.SHARED))));

        // then
        assertThat(applied(outcome)).containsExactly("pool api: added");
        assertThat(ask("api", "http")).isOne();
        assertThat(ask("web", "http")).isOne();
        assertThat(seen("web").generation()).isOne();
    }

    @Test
    void aPoolThatIsRemovedIsGoneWithItsSocketsAndLeavesItsName() throws IOException {
        // given
        var web = pool("web", socket("http", Distribution.SHARDED));
        var api = pool("api", socket("http", Distribution.SHARDED));
        supervisor.open(List.of(api, web));
        awaitReady("api");
        awaitReady("web");
        var address = supervisor.address("api", "http");

        // when
        var outcome = supervisor.change(List.of(web));

        // then
        assertThat(applied(outcome)).containsExactly("pool api: removed");
        awaitGone("api");
        assertThat(isRefused(address)).isTrue();
        assertThat(ask("web", "http")).isOne();
        assertThat(applied(supervisor.change(List.of(api, web)))).containsExactly("pool api: added");
        assertThat(ask("api", "http")).isOne();
    }

    @Test
    void aPoolOnItsWayOutIsSteeredByNobodyAndItsNameIsTaken() {
        // given
        var deaf = directory.resolve("deaf");
        var api = PoolSpec.of(
                "api",
                1,
                List.of("/bin/sh", "-c", "trap '' TERM; : > " + deaf + "; while :; do sleep 1; done"),
                socket("http", Distribution.SHARED));
        supervisor.open(List.of(api));
        Await.until(() -> Files.exists(deaf), () -> "it does not ignore TERM yet");
        applied(supervisor.change(List.of()));

        // when
        var problems = refusedFor(api);

        // then
        assertThat(problems)
                .containsExactly("pool api: one of that name is on its way out: add it again when that is gone,"
                        + " or choose another name");
        assertThat(seen("api").leaving()).isTrue();
        assertThat(supervisor.scaleBy("api", 1)).isFalse();
        assertThat(supervisor.restart(new WorkerId("api", 0))).isFalse();
        supervisor.beginStop(Duration.ZERO, Optional.of(Duration.ofMillis(300)));
    }

    @Test
    void aPortInUseRefusesTheWholeChange() throws IOException {
        int freed = freePort();
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            // given
            var web = idle("web", socket("http", Distribution.SHARDED));
            var old = idle("old");
            supervisor.open(List.of(old, web));
            var before = seen("web");

            // when
            var problems = refusedFor(
                    with(web.withReplicas(3), socket("admin", Distribution.SHARED)),
                    idle(
                            "api",
                            socket("first", Distribution.SHARDED, freed),
                            socket("second", Distribution.SHARDED, taken.getLocalPort())));

            // then
            assertThat(problems)
                    .singleElement()
                    .asString()
                    .startsWith("pool api: cannot open socket second on 127.0.0.1:" + taken.getLocalPort())
                    .contains("EADDRINUSE");
            assertThat(find("api")).isEmpty();
            assertThat(seen("old").leaving()).isFalse();
            assertThat(seen("web").generation()).isEqualTo(before.generation());
            assertThat(seen("web").sockets()).hasSize(1);
            assertThat(isRefused(new InetSocketAddress(InetAddress.getLoopbackAddress(), freed)))
                    .isTrue();
        }
    }

    @Test
    void anAddressIsTakenUntilItsSocketIsGone() throws IOException {
        // given
        var web = pool("web", socket("http", Distribution.SHARDED));
        supervisor.open(List.of(web));
        awaitReady("web");
        int port = ((InetSocketAddress) supervisor.address("web", "http")).getPort();
        var api = pool("api", socket("http", Distribution.SHARDED, port));

        // when
        var problems = refusedFor(api);

        // then
        assertThat(problems)
                .singleElement()
                .asString()
                .startsWith("pool api: cannot open socket http: socket http of pool web has its address");
        applied(supervisor.change(List.of()));
        awaitGone("web");
        applied(supervisor.change(List.of(api)));
        assertThat(ask("api", "http")).isOne();
    }

    @Test
    void aSocketThatIsAddedIsServedByTheWorkersThatRun() throws IOException {
        // given
        var web = pool("web", socket("http", Distribution.SHARED));
        supervisor.open(List.of(web));
        awaitReady("web");

        // when
        var outcome = supervisor.change(
                List.of(with(web, socket("admin", Distribution.SHARDED), socket("more", Distribution.SHARED))));

        // then
        assertThat(applied(outcome)).containsExactly("pool web: socket admin added, socket more added");
        assertThat(ask("web", "admin")).isOne();
        assertThat(ask("web", "more")).isOne();
        assertThat(ask("web", "http")).isOne();
        assertThat(seen("web").generation()).isEqualTo(2);
        assertThat(seen("web").revision()).isOne();
    }

    @Test
    void aWorkerThatRefusesASocketIsReplacedByOneThatHasIt() throws IOException {
        // given
        var web = pool("web", ServingProcess.Manner.REFUSES, socket("http", Distribution.SHARDED));
        supervisor.open(List.of(web));
        awaitReady("web");

        // when
        applied(supervisor.change(List.of(with(web, socket("admin", Distribution.SHARDED)))));
        Await.until(
                () -> seen("web").workers().getLast().incarnation() == 2,
                () -> seen("web").toString());

        // then
        assertThat(ask("web", "admin")).isEqualTo(2);
        assertThat(ask("web", "http")).isEqualTo(2);
    }

    @Test
    void aWorkerThatDoesNotAnswerIsReplacedWithoutALoss() throws IOException {
        // given
        var web = pool("web", ServingProcess.Manner.SILENT, socket("http", Distribution.SHARDED));
        supervisor.open(List.of(web));
        awaitReady("web");

        // when
        applied(supervisor.change(List.of(with(web, socket("admin", Distribution.SHARED)))));
        Await.until(
                () -> seen("web").workers().getLast().incarnation() == 2,
                () -> seen("web").toString());

        // then
        assertThat(ask("web", "admin")).isEqualTo(2);
        Await.until(() -> seen("web").alive() == 1, () -> seen("web").toString());
        assertThat(ask("web", "http")).isEqualTo(2);
    }

    @Test
    void aSocketThatIsRemovedIsTakenBackAndCanBeAddedAgain() throws IOException {
        // given
        var web = pool("web", socket("http", Distribution.SHARED));
        var both = with(web, socket("admin", Distribution.SHARDED));
        supervisor.open(List.of(both));
        awaitReady("web");
        var address = (InetSocketAddress) supervisor.address("web", "admin");

        // when
        var outcome = supervisor.change(List.of(web));

        // then
        assertThat(applied(outcome)).containsExactly("pool web: socket admin removed");
        Await.until(() -> isGone("web", "admin"), () -> seen("web").toString());
        assertThat(isRefused(address)).isTrue();
        var again = with(web, socket("admin", Distribution.SHARDED, address.getPort()));
        Await.until(
                () -> supervisor.change(List.of(again)) instanceof ChangeOutcome.Applied,
                () -> refusedFor(again).toString());
        assertThat(ask(address)).isOne();
        assertThat(ask("web", "http")).isOne();
    }

    @Test
    void aSocketWithAnotherAddressIsOpenedBeforeTheOldOneIsClosed() throws IOException {
        // given
        var web = pool("web", socket("http", Distribution.SHARDED), socket("admin", Distribution.SHARED));
        supervisor.open(List.of(web));
        awaitReady("web");
        var old = (InetSocketAddress) supervisor.address("web", "http");
        int port = freePort();

        // when
        var moved = withSockets(
                web,
                List.of(
                        socket("http", Distribution.SHARDED, port),
                        web.sockets().getLast()));
        var outcome = supervisor.change(List.of(moved));

        // then
        assertThat(applied(outcome)).containsExactly("pool web: socket http: address 127.0.0.1:0 -> 127.0.0.1:" + port);
        assertThat(((InetSocketAddress) supervisor.address("web", "http")).getPort())
                .isEqualTo(port);
        assertThat(ask("web", "http")).isOne();
        Await.until(() -> seen("web").sockets().size() == 2, () -> seen("web").toString());
        assertThat(isRefused(old)).isTrue();
        assertThat(ask("web", "http")).isOne();
        assertThat(ask("web", "admin")).isOne();
        assertThat(applied(supervisor.change(List.of(moved)))).isEmpty();
    }

    @Test
    void theNameOfASocketIsTakenWhileItsConnectionsWait() throws IOException {
        // given
        var web = idle("web", socket("http", Distribution.SHARED));
        var both = with(web, socket("admin", Distribution.SHARED));
        supervisor.open(List.of(both));
        try (var waiting = Clients.connect(supervisor.address("web", "admin"))) {
            applied(supervisor.change(List.of(web)));

            // when
            var problems = refusedFor(both);

            // then
            assertThat(problems)
                    .containsExactly("pool web: socket admin: one of that name is on its way out: do it when that is"
                            + " closed, or choose another name");
            assertThat(waiting.isConnected()).isTrue();
        }
        supervisor.beginStop(Duration.ZERO, Optional.of(Duration.ofMillis(300)));
    }

    @Test
    void noMoreSocketsThanAWorkerCanBeGivenAtOnce() {
        // given
        var web = idle("web", socket("http", Distribution.SHARED));
        supervisor.open(List.of(web));
        var others = IntStream.range(0, 64)
                .mapToObj(number -> socket("more-" + number, Distribution.SHARED))
                .toList();

        // when
        var problems = refusedFor(withSockets(web, others));

        // then
        assertThat(problems)
                .containsExactly(
                        "pool web: more than 64 sockets, those that are removed included: remove some first, and"
                                + " add the others when those are closed");
    }

    @Test
    void aWorkerThatKeepsASocketIsReplaced() throws IOException {
        // given
        var web = pool("web", ServingProcess.Manner.REFUSES, socket("http", Distribution.SHARDED));
        supervisor.open(List.of(with(web, socket("admin", Distribution.SHARDED))));
        awaitReady("web");
        var admin = supervisor.address("web", "admin");

        // when
        applied(supervisor.change(List.of(web)));

        // then
        Await.until(
                () -> seen("web").workers().stream().allMatch(worker -> worker.incarnation() == 2),
                () -> seen("web").toString());
        assertThat(isRefused(admin)).isTrue();
        assertThat(ask("web", "http")).isEqualTo(2);
    }

    private boolean isGone(String pool, String socket) {
        return seen(pool).sockets().stream().noneMatch(found -> found.name().equals(socket));
    }

    @Test
    void aBacklogAndTheOrderAreChangedInPlace() throws IOException {
        // given
        var http = socket("http", Distribution.SHARDED);
        var admin = socket("admin", Distribution.SHARED);
        var web = pool("web", http, admin);
        supervisor.open(List.of(web));
        awaitReady("web");

        // when
        var outcome = supervisor.change(List.of(withSockets(web, List.of(admin, http.withBacklog(7)))));

        // then
        assertThat(applied(outcome))
                .containsExactly("pool web: socket admin: position, socket http: backlog 128 -> 7, position");
        assertThat(seen("web").sockets()).extracting(Snapshot.Socket::name).containsExactly("admin", "http");
        assertThat(ask("web", "http")).isOne();
        assertThat(ask("web", "admin")).isOne();
    }

    @Test
    void whatCannotBeDoneWhileEverythingRunsIsRefusedWithWhatCanBeDone() {
        // given
        var http = socket("http", Distribution.SHARED);
        var admin = socket("admin", Distribution.SHARED);
        var foreign = foreign(idle("foreign", http, admin));
        var web = idle("web", http, socket("cards", Distribution.DISPATCHED));
        supervisor.open(List.of(foreign, web));
        var problems = new ArrayList<String>();

        // when
        problems.addAll(refusedFor(
                foreign,
                withSockets(
                        web,
                        List.of(
                                socket("http", Distribution.SHARDED),
                                web.sockets().getLast()))));
        assertThat(supervisor.rollout("foreign", new RolloutOrder.Pause())).isPresent();
        problems.addAll(refusedFor(foreign(withSockets(foreign, List.of(http))), web));

        // then
        assertThat(problems)
                .containsExactly(
                        "pool web: socket http: distribution Shared -> Sharded: only the backlog of an open socket can be"
                                + " changed at its address: give it another address, or remove it and add it again when"
                                + " it is closed",
                        "pool foreign: its workers inherit their sockets and would have to be replaced, but its rollout is"
                                + " paused: resume it first");
        assertThat(applied(supervisor.change(List.of(foreign, web)))).isEmpty();
    }

    private static PoolSpec foreign(PoolSpec pool) {
        var template = pool.template();
        return pool.withTemplate(new Template(
                Template.Protocol.SYSTEMD,
                template.command(),
                template.workingDirectory(),
                template.environment(),
                Template.ReadyWhen.STARTED,
                template.stopSignal()));
    }
}
