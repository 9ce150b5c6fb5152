package dev.drover.master.control;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class RefusalsTest {
    static Arguments[] refusals() {
        return new Arguments[] {
            Arguments.of(new Refusal.NoSuchPool("a"), Status.Code.NOT_FOUND, "POOL_NOT_FOUND", Map.of("pool", "a")),
            Arguments.of(
                    new Refusal.NoSuchWorker("a-0"),
                    Status.Code.NOT_FOUND,
                    "WORKER_NOT_FOUND",
                    Map.of("worker", "a-0")),
            Arguments.of(
                    new Refusal.FieldMissing("name"),
                    Status.Code.INVALID_ARGUMENT,
                    "FIELD_REQUIRED",
                    Map.of("field", "name")),
            Arguments.of(
                    new Refusal.TokenRequired("s/Stop"),
                    Status.Code.PERMISSION_DENIED,
                    "TOKEN_REQUIRED",
                    Map.of("method", "s/Stop")),
            Arguments.of(new Refusal.Failed("Stop"), Status.Code.INTERNAL, "INTERNAL", Map.of("method", "Stop"))
        };
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void refusalHasACodeForPeopleAndAReasonForPrograms(
            Refusal refusal, Status.Code code, String reason, Map<String, String> metadata)
            throws InvalidProtocolBufferException {
        // when
        var exception = Refusals.exceptionOf(refusal);

        // then
        assertThat(exception.getStatus().getCode()).isEqualTo(code);
        assertThat(exception.getStatus().getDescription()).isNotBlank();
        var status = Objects.requireNonNull(StatusProto.fromThrowable(exception));
        assertThat(status.getDetails(0).unpack(ErrorInfo.class))
                .isEqualTo(ErrorInfo.newBuilder()
                        .setDomain("drover.dev")
                        .setReason(reason)
                        .putAllMetadata(metadata)
                        .build());
    }
}
