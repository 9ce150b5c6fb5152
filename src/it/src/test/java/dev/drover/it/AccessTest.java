package dev.drover.it;

import static dev.drover.it.fixtures.ClientCommand.drover;
import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.it.fixtures.Certificates;
import dev.drover.it.fixtures.Certificates.Pair;
import dev.drover.it.fixtures.ClientCommand.Ran;
import dev.drover.it.fixtures.DroverProcess;
import dev.drover.it.fixtures.Drovers;
import dev.drover.it.fixtures.Pools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// Who may steer a master from where.
@Tag("slow")
class AccessTest {
    private static final String VIEWER = "viewer-0123456789abcdef";
    private static final String ADMIN = "admin-0123456789abcdef";

    @RegisterExtension
    final Drovers drovers = new Drovers();

    @TempDir
    Path directory;

    private Certificates authority;
    private Pair server;
    private Path tokens;

    @BeforeEach
    void makeFiles() throws Exception {
        authority = Certificates.authority(directory.resolve("ca"));
        server = authority.server();
        tokens = Files.writeString(directory.resolve("tokens"), "view " + VIEWER + "\nadmin " + ADMIN + "\n");
    }

    /// On every address of the machine, with tokens and client certificates.
    private DroverProcess run() throws Exception {
        return drovers.run(
                "-f",
                Pools.hello(1).write(directory).toString(),
                "--control-address",
                "0.0.0.0:0",
                "--tls-certificate",
                server.certificate().toString(),
                "--tls-key",
                server.key().toString(),
                "--tls-client-ca",
                authority.certificate().toString(),
                "--token-file",
                tokens.toString());
    }

    private static String address(DroverProcess master) throws IOException {
        var address = Files.readString(master.runDirectory().resolve("control/address"))
                .strip();
        return "https://127.0.0.1" + address.substring(address.lastIndexOf(':'));
    }

    private Ran call(DroverProcess master, List<String> proof, String... verb) throws Exception {
        var arguments = new ArrayList<>(List.of(verb));
        arguments.addAll(List.of("--address", address(master)));
        arguments.addAll(List.of("--tls-ca", authority.certificate().toString()));
        arguments.addAll(proof);
        return drover(master, arguments.toArray(String[]::new));
    }

    private List<String> token(String token) throws IOException {
        var file = Files.writeString(directory.resolve("token"), token + "\n");
        return List.of("--token-file", file.toString());
    }

    private static List<String> certificate(Pair pair) {
        return List.of(
                "--tls-certificate",
                pair.certificate().toString(),
                "--tls-key",
                pair.key().toString());
    }

    @Test
    void aRoleComesByTokenOrByCertificateAndAllowsWhatItSays() throws Exception {
        // given
        var master = run();
        master.awaitLog("Drover ");
        var viewer = certificate(authority.client("viewer", "drover:view"));
        var admin = certificate(authority.client("admin", "drover:admin"));

        // then
        for (var proof : List.of(token(VIEWER), viewer)) {
            assertThat(call(master, proof, "get", "pools").code()).isZero();
            assertThat(call(master, proof, "scale", "web", "--replicas=2"))
                    .isEqualTo(new Ran(
                            1,
                            "drover: cannot scale pool web: drover.control.v1.ControlService/ScalePool needs the role"
                                    + " admin, which this token or certificate does not have\n"));
        }
        assertThat(call(master, token(ADMIN), "scale", "web", "--replicas=2").code())
                .isZero();
        assertThat(call(master, admin, "scale", "web", "--replicas=1").code()).isZero();
    }

    @Test
    void nobodyIsAnybodyWithoutAProof() throws Exception {
        // given
        var master = run();
        master.awaitLog("Drover ");
        var other = Certificates.authority(directory.resolve("other"));

        // then
        for (var proof : List.of(
                List.<String>of(),
                token("guessed-0123456789abcdef"),
                certificate(authority.client("guest", "")),
                certificate(authority.client("prince", "drover:root")))) {
            var ran = call(master, proof, "get", "pools");
            assertThat(ran.code()).as("%s: %s", proof, ran.out()).isEqualTo(1);
            assertThat(ran.out()).contains("cannot get pools: nobody knows who is calling");
        }
        for (var proof : List.of(
                certificate(authority.expiredClient("late", "drover:admin")),
                certificate(other.client("stranger", "drover:admin")))) {
            var ran = call(master, proof, "get", "pools");
            assertThat(ran.code()).as("%s: %s", proof, ran.out()).isEqualTo(4);
        }
        assertThat(drover(master, "get", "pools", "--address", address(master).substring("https://".length()))
                        .code())
                .as("without TLS")
                .isEqualTo(4);
        assertThat(master.isAlive()).isTrue();
    }

    @Test
    void tokensAndCertificatesAreReadAgainWhenTheyChange() throws Exception {
        // given
        var master = run();
        master.awaitLog("Drover ");
        assertThat(call(master, token(VIEWER), "get", "pools").code()).isZero();

        // when
        Files.writeString(tokens, "admin " + ADMIN + "\n");
        master.awaitLog("Token file read again: 1 tokens");

        // then
        assertThat(call(master, token(VIEWER), "get", "pools").code()).isEqualTo(1);
        assertThat(call(master, token(ADMIN), "get", "pools").code()).isZero();

        // when
        var other = Certificates.authority(directory.resolve("other"));
        var renewed = other.server();
        Files.copy(renewed.key(), server.key(), StandardCopyOption.REPLACE_EXISTING);
        Files.copy(renewed.certificate(), server.certificate(), StandardCopyOption.REPLACE_EXISTING);
        authority = other;

        // then
        master.until(
                "the other certificate",
                () -> call(master, token(ADMIN), "get", "pools").code() == 0);
    }

    @Test
    void noSecretIsTold() throws Exception {
        // given
        var master = run();
        master.awaitLog("Drover ");
        var own =
                Files.readString(master.runDirectory().resolve("control/token")).strip();

        // when
        var told = master.stdout()
                + master.stderr()
                + drover(master, "get", "pools", "-o", "yaml").out()
                + drover(master, "get", "events", "-o", "yaml").out();

        // then
        assertThat(told).doesNotContain(own, VIEWER, ADMIN, "BEGIN PRIVATE KEY");
    }

    @Test
    void anAddressThatLeavesLoopbackNeedsBothTlsAndAProof() throws Exception {
        // when
        var plain = drovers.run("--control-address", "0.0.0.0:0");
        var open = drovers.run(
                "--control-address",
                "0.0.0.0:0",
                "--tls-certificate",
                server.certificate().toString(),
                "--tls-key",
                server.key().toString());

        // then
        assertThat(plain.awaitExit()).isEqualTo(2);
        assertThat(plain.stderr()).contains("leaves loopback, which needs --tls-certificate and --tls-key");
        assertThat(open.awaitExit()).isEqualTo(2);
        assertThat(open.stderr()).contains("give --token-file or --tls-client-ca");
    }
}
