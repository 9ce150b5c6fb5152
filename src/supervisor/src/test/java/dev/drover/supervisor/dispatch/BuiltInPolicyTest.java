package dev.drover.supervisor.dispatch;

import static dev.drover.supervisor.dispatch.fixtures.DispatchPlay.worker;
import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.supervisor.Incarnation;
import dev.drover.supervisor.dispatch.fixtures.Client;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BuiltInPolicyTest {
    /// @param incarnations in their order
    /// @param open connections of each
    /// @param next whose turn it is
    private record Choice(List<Incarnation> incarnations, List<Integer> open, int next) implements Candidates {
        static Choice open(int next, Integer... open) {
            var incarnations = IntStream.range(0, open.length)
                    .mapToObj(ordinal -> worker(ordinal))
                    .toList();
            return new Choice(incarnations, List.of(open), next);
        }

        static Choice of(Incarnation... incarnations) {
            return new Choice(
                    List.of(incarnations),
                    Arrays.stream(incarnations).map(_ -> 0).toList(),
                    0);
        }

        @Override
        public int size() {
            return incarnations.size();
        }

        @Override
        public Incarnation incarnation(int index) {
            return incarnations.get(index);
        }

        @Override
        public int openConnections(int index) {
            return open.get(index);
        }
    }

    @Test
    void roundRobinTakesTheNext() {
        assertThat(DispatchPolicy.roundRobin().choose(Client.of(1), Choice.open(1, 5, 9)))
                .isOne();
    }

    @Test
    void leastConnectionsTakesTheOneWithFewest() {
        var policy = DispatchPolicy.leastConnections();

        assertThat(policy.choose(Client.of(1), Choice.open(0, 3, 1, 2))).isOne();
        assertThat(policy.choose(Client.of(1), Choice.open(2, 0, 1, 2))).isZero();
        assertThat(policy.choose(Client.of(1), Choice.open(0, 4))).isZero();
    }

    @Test
    void leastConnectionsTakesEqualsInTurn() {
        var policy = DispatchPolicy.leastConnections();

        assertThat(policy.choose(Client.of(1), Choice.open(1, 1, 1, 1))).isOne();
        assertThat(policy.choose(Client.of(1), Choice.open(2, 1, 1, 5))).isZero();
        assertThat(policy.choose(Client.of(1), Choice.open(1, 1, 5, 1))).isEqualTo(2);
    }

    private static List<Client> manyClients() {
        return IntStream.range(0, 4_000)
                .mapToObj(i -> Client.from(i, "10." + i % 7 + "." + i / 250 + "." + i % 250))
                .toList();
    }

    private static Map<Client, Incarnation> spread(Choice choice) {
        var chosen = new HashMap<Client, Incarnation>();
        for (var client : manyClients()) {
            chosen.put(client, choice.incarnation(DispatchPolicy.clientAddress().choose(client, choice)));
        }
        return chosen;
    }

    @Test
    void clientAddressSpreadsClientsEvenly() {
        // when
        var counts = new HashMap<Incarnation, Integer>();
        spread(Choice.of(worker(0), worker(1), worker(2), worker(3)))
                .values()
                .forEach(worker -> counts.merge(worker, 1, Integer::sum));

        // then
        assertThat(counts).hasSize(4);
        assertThat(counts.values()).allMatch(count -> count > 850 && count < 1_150, "near 1000");
    }

    @Test
    void clientAddressKeepsAClientWhateverItsPort() {
        // given
        var choice = Choice.of(worker(0), worker(1), worker(2), worker(3));

        // when
        var chosen = IntStream.range(0, 100)
                .map(i -> DispatchPolicy.clientAddress().choose(Client.from(i, "10.1.2.3"), choice))
                .distinct();

        // then
        assertThat(chosen).hasSize(1);
    }

    @Test
    void aWorkerThatLeavesMovesOnlyItsOwnClients() {
        // given
        var before = spread(Choice.of(worker(0), worker(1), worker(2), worker(3)));

        // when
        var after = spread(Choice.of(worker(0), worker(1), worker(3)));

        // then
        var moved = new ArrayList<Client>();
        before.forEach((client, worker) -> {
            if (!worker.equals(after.get(client))) {
                moved.add(client);
            }
        });
        assertThat(moved).allMatch(client -> worker(2).equals(before.get(client)));
        assertThat(moved.stream().map(after::get).distinct()).hasSize(3);
    }

    @Test
    void aReplacedWorkerKeepsTheClientsOfItsPlace() {
        // given
        var before = spread(Choice.of(worker(0), worker(1, 1)));

        // when
        var both = spread(Choice.of(worker(0), worker(1, 1), worker(1, 2)));
        var after = spread(Choice.of(worker(0), worker(1, 2)));

        // then
        assertThat(both).as("the older has them while it is there").isEqualTo(before);
        before.forEach((client, worker) ->
                assertThat(after.get(client)).extracting(Incarnation::worker).isEqualTo(worker.worker()));
    }

    @Test
    void aMappedAddressIsTheIpv4Client() throws UnknownHostException {
        // given
        var bytes = new byte[16];
        bytes[10] = -1;
        bytes[11] = -1;
        System.arraycopy(InetAddress.ofLiteral("10.9.8.7").getAddress(), 0, bytes, 12, 4);
        var mapped = new Client(1, new InetSocketAddress(Inet6Address.getByAddress("", bytes, -1), 80));
        var choice = Choice.of(IntStream.range(0, 50).mapToObj(i -> worker(i)).toArray(Incarnation[]::new));

        // when
        int chosen = DispatchPolicy.clientAddress().choose(mapped, choice);

        // then
        assertThat(mapped.from().toString()).contains(":");
        assertThat(chosen).isEqualTo(DispatchPolicy.clientAddress().choose(Client.from(2, "10.9.8.7"), choice));
    }

    @Test
    void ipv6ClientsAreToldApart() {
        // given
        var choice = Choice.of(IntStream.range(0, 50).mapToObj(i -> worker(i)).toArray(Incarnation[]::new));

        // when
        var chosen = IntStream.range(1, 100)
                .map(i -> DispatchPolicy.clientAddress().choose(Client.from(i, "2001:db8::" + i), choice))
                .distinct();

        // then
        assertThat(chosen).hasSizeGreaterThan(30);
    }

    @Test
    void aUnixClientHasNoAddressAndGoesInTurn() {
        assertThat(DispatchPolicy.clientAddress().choose(Client.unix(1), Choice.open(2, 0, 0, 0)))
                .isEqualTo(2);
    }
}
