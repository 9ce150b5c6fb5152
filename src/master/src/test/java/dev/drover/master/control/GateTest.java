package dev.drover.master.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.master.access.Role;
import dev.drover.master.access.TokenFile;
import dev.drover.master.access.Tokens;
import dev.drover.master.control.Gate.Call;
import dev.drover.master.control.Gate.Verdict;
import dev.drover.master.control.Gate.Way;
import dev.drover.protocol.control.v1.ControlServiceGrpc;
import dev.drover.protocol.control.v1.MessageServiceGrpc;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GateTest {
    private static final String STOP = "/drover.control.v1.ControlService/Stop";
    private static final String LIST = "/drover.control.v1.ControlService/ListPools";

    private static final String VIEW_TOKEN = "Bearer view-0123456789abcdef";
    private static final String ADMIN_TOKEN = "Bearer admin-0123456789abcdef";

    private Gate gate;

    @BeforeEach
    void withTokens(@TempDir Path directory) throws IOException, TokenFile.Broken {
        var file = Files.writeString(
                directory.resolve("tokens"), "view view-0123456789abcdef\nadmin admin-0123456789abcdef\n");
        gate = new Gate(new Tokens("secret", Optional.of(file)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                LIST,
                "/drover.control.v1.ControlService/GetPool",
                "/drover.control.v1.ControlService/ListWorkers",
                "/drover.control.v1.ControlService/GetVersion",
                "/grpc.health.v1.Health/Check",
                "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo"
            })
    void readingNeedsNoToken(String path) {
        assertThat(judge(path, "127.0.0.1:9090", "", "")).isEqualTo(new Verdict.Admitted());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                STOP,
                "/drover.control.v1.ControlService/RestartWorker",
                "/drover.control.v1.ControlService/ApplyPools",
                "/drover.control.v1.ControlService/RolloutPool",
                "/drover.control.v1.MessageService/Send",
                "/drover.control.v1.MessageService/Request",
                "/drover.control.v1.MessageService/Subscribe",
                "/drover.control.v1.ControlService/listpools",
                "//drover.control.v1.ControlService/ListPools",
                "/grpc.health.v1.HealthX/Check",
                "/",
                ""
            })
    void whateverIsNotKnownToReadNeedsTheToken(String path) {
        assertThat(judge(path, "127.0.0.1:9090", "", "")).isInstanceOf(Verdict.Denied.class);
        assertThat(judge(path, "127.0.0.1:9090", "", "Bearer secret")).isEqualTo(new Verdict.Admitted());
    }

    @Test
    void everyMethodOfTheServiceIsReadingOrNeedsTheToken() {
        var reading = ControlServiceGrpc.getServiceDescriptor().getMethods().stream()
                .map(method -> "/" + method.getFullMethodName())
                .filter(path -> judge(path, "localhost", "", "") instanceof Verdict.Admitted)
                .map(path -> path.substring(path.lastIndexOf('/') + 1));
        assertThat(reading)
                .containsExactlyInAnyOrder(
                        "GetPool",
                        "ListPools",
                        "ListWorkers",
                        "ListSockets",
                        "ListUsage",
                        "WatchPools",
                        "WatchWorkers",
                        "WatchSockets",
                        "GetMaster",
                        "GetRollout",
                        "WatchRollout",
                        "ListRevisions",
                        "ListEvents",
                        "WatchEvents",
                        "ReadLogs",
                        "GetVersion");
    }

    @Test
    void noCallOfTheMessageServiceIsReading() {
        var reading = MessageServiceGrpc.getServiceDescriptor().getMethods().stream()
                .map(method -> "/" + method.getFullMethodName())
                .filter(path -> judge(path, "localhost", "", "") instanceof Verdict.Admitted);
        assertThat(reading).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"secret", "Bearer", "Bearer ", "Bearer secre", "Bearer secrets", "bearer secret", "Basic secret"
            })
    void wrongTokenIsNoToken(String authorization) {
        assertThat(judge(STOP, "127.0.0.1:9090", "", authorization)).isInstanceOf(Verdict.Denied.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "evil.example:9090",
                "evil.example",
                "",
                "127.0.0.1.evil.example",
                "localhost.evil.example:9090",
                "[::2]:9090",
                "10.0.0.1",
                "127.0.0.1:80:evil.example"
            })
    void nameThatOnlyResolvesToLoopbackIsForeignEvenWithTheToken(String host) {
        assertThat(judge(LIST, host, "", "Bearer secret")).isInstanceOf(Verdict.Foreign.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost:9090", "localhost", "127.0.0.1", "127.1.2.3:1", "[::1]:9090", "[::1]"})
    void loopbackByAnyOfItsNamesIsThisMachine(String host) {
        assertThat(judge(LIST, host, "", "")).isEqualTo(new Verdict.Admitted());
    }

    @Test
    void withTlsNobodyIsAnybodyWithoutATokenOrACertificate() {
        for (var path : List.of(LIST, STOP, "/grpc.health.v1.Health/Check")) {
            assertThat(judgeTls(path, "", "", Optional.empty()))
                    .isEqualTo(new Verdict.Denied(new Refusal.Unauthenticated()));
            assertThat(judgeTls(path, "", "Bearer wrong", Optional.empty()))
                    .isEqualTo(new Verdict.Denied(new Refusal.Unauthenticated()));
        }
    }

    @Test
    void aRoleAllowsWhatItSaysWhereverItComesFrom() {
        // given
        var stopRefused =
                new Verdict.Denied(new Refusal.RoleRequired("drover.control.v1.ControlService/Stop", Role.ADMIN));

        // then
        assertThat(judgeTls(LIST, "", VIEW_TOKEN, Optional.empty())).isEqualTo(new Verdict.Admitted());
        assertThat(judgeTls(STOP, "", VIEW_TOKEN, Optional.empty())).isEqualTo(stopRefused);
        assertThat(judgeTls(STOP, "", ADMIN_TOKEN, Optional.empty())).isEqualTo(new Verdict.Admitted());
        assertThat(judgeTls(STOP, "", "Bearer secret", Optional.empty())).isEqualTo(new Verdict.Admitted());
        assertThat(judgeTls(LIST, "", "", Optional.of(Role.VIEW))).isEqualTo(new Verdict.Admitted());
        assertThat(judgeTls(STOP, "", "", Optional.of(Role.VIEW))).isEqualTo(stopRefused);
        assertThat(judgeTls(STOP, "", "", Optional.of(Role.ADMIN))).isEqualTo(new Verdict.Admitted());
        assertThat(judgeTls(STOP, "", VIEW_TOKEN, Optional.of(Role.ADMIN))).isEqualTo(new Verdict.Admitted());
        assertThat(judge(STOP, "localhost:9090", "", ADMIN_TOKEN)).isEqualTo(new Verdict.Admitted());
        assertThat(judge(STOP, "localhost:9090", "", VIEW_TOKEN)).isInstanceOf(Verdict.Denied.class);
    }

    @Test
    void withTlsAPageOfAnotherOriginIsForeignWhateverItHas() {
        assertThat(judgeTls(LIST, "https://drover.example:9443", ADMIN_TOKEN, Optional.empty()))
                .isEqualTo(new Verdict.Admitted());
        assertThat(judgeTls(LIST, "http://drover.example:9443", ADMIN_TOKEN, Optional.empty()))
                .isInstanceOf(Verdict.Foreign.class);
        assertThat(judgeTls(LIST, "https://evil.example", "", Optional.of(Role.ADMIN)))
                .isInstanceOf(Verdict.Foreign.class);
    }

    @Test
    void pageOfAnotherOriginIsForeign() {
        assertThat(judge(LIST, "localhost:9090", "http://evil.example", "")).isInstanceOf(Verdict.Foreign.class);
        assertThat(judge(LIST, "localhost:9090", "http://localhost:8080", "")).isInstanceOf(Verdict.Foreign.class);
        assertThat(judge(LIST, "localhost:9090", "null", "")).isInstanceOf(Verdict.Foreign.class);
        assertThat(judge(LIST, "localhost:9090", "http://localhost:9090", "")).isEqualTo(new Verdict.Admitted());
    }

    @Test
    void whatDoesNothingNeedsNoTokenAndMustNotBeForeign() {
        assertThat(gate.judge(nothing("localhost"))).isEqualTo(new Verdict.Admitted());
        assertThat(gate.judge(nothing("evil.example"))).isInstanceOf(Verdict.Foreign.class);
    }

    private static Call nothing(String authority) {
        return new Call(Optional.empty(), Optional.of(authority), Optional.empty(), Optional.empty(), new Way.Plain());
    }

    private Verdict judge(String path, String authority, String origin, String authorization) {
        return gate.judge(
                new Call(method(path), present(authority), present(origin), present(authorization), new Way.Plain()));
    }

    private Verdict judgeTls(String path, String origin, String authorization, Optional<Role> certificate) {
        return gate.judge(new Call(
                method(path),
                Optional.of("drover.example:9443"),
                present(origin),
                present(authorization),
                new Way.Tls(certificate)));
    }

    private static Optional<String> method(String path) {
        return Optional.of(path.substring(Math.min(1, path.length())));
    }

    private static Optional<String> present(String text) {
        return Optional.of(text).filter(value -> !value.isEmpty());
    }
}
