package dev.drover.master.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.master.control.Gate.Call;
import dev.drover.master.control.Gate.Verdict;
import dev.drover.protocol.control.v1.ControlServiceGrpc;
import dev.drover.protocol.control.v1.MessageServiceGrpc;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GateTest {
    private static final String STOP = "/drover.control.v1.ControlService/Stop";
    private static final String LIST = "/drover.control.v1.ControlService/ListPools";

    private final Gate gate = new Gate("secret");

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
    void pageOfAnotherOriginIsForeign() {
        assertThat(judge(LIST, "localhost:9090", "http://evil.example", "")).isInstanceOf(Verdict.Foreign.class);
        assertThat(judge(LIST, "localhost:9090", "http://localhost:8080", "")).isInstanceOf(Verdict.Foreign.class);
        assertThat(judge(LIST, "localhost:9090", "null", "")).isInstanceOf(Verdict.Foreign.class);
        assertThat(judge(LIST, "localhost:9090", "http://localhost:9090", "")).isEqualTo(new Verdict.Admitted());
    }

    @Test
    void whatDoesNothingNeedsNoTokenAndMustNotBeForeign() {
        assertThat(gate.judge(new Call(Optional.empty(), Optional.of("localhost"), Optional.empty(), Optional.empty())))
                .isEqualTo(new Verdict.Admitted());
        assertThat(gate.judge(new Call(Optional.empty(), Optional.of("evil"), Optional.empty(), Optional.empty())))
                .isInstanceOf(Verdict.Foreign.class);
    }

    private Verdict judge(String path, String authority, String origin, String authorization) {
        var method = Optional.of(path.substring(Math.min(1, path.length())));
        return gate.judge(new Call(method, present(authority), present(origin), present(authorization)));
    }

    private static Optional<String> present(String text) {
        return Optional.of(text).filter(value -> !value.isEmpty());
    }
}
