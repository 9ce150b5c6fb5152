package dev.drover.master.control;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import dev.drover.poolfile.Violation;
import dev.drover.session.Address;
import dev.drover.session.Failure;
import dev.drover.session.FailureReason;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
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
                    new Refusal.NoPrevious("worker a-0"),
                    Status.Code.NOT_FOUND,
                    "NO_PREVIOUS",
                    Map.of("of", "worker a-0")),
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
            Arguments.of(
                    new Refusal.FieldInvalid("to", "too long"),
                    Status.Code.INVALID_ARGUMENT,
                    "FIELD_INVALID",
                    Map.of("field", "to")),
            Arguments.of(
                    new Refusal.FieldsInvalid(List.of(new Violation("a.b", "is wrong"), new Violation("c", "too"))),
                    Status.Code.INVALID_ARGUMENT,
                    "FIELD_INVALID",
                    Map.of("field", "a.b")),
            Arguments.of(
                    new Refusal.Stale("web", "40", Optional.of("41")),
                    Status.Code.ABORTED,
                    "RESOURCE_VERSION_STALE",
                    Map.of("pool", "web", "current", "41")),
            Arguments.of(
                    new Refusal.Stale("web", "40", Optional.empty()),
                    Status.Code.ABORTED,
                    "RESOURCE_VERSION_STALE",
                    Map.of("pool", "web", "current", "")),
            Arguments.of(
                    new Refusal.ChangeRefused(List.of("one", "two")),
                    Status.Code.FAILED_PRECONDITION,
                    "CHANGE_REFUSED",
                    Map.of()),
            Arguments.of(new Refusal.NotRunning(), Status.Code.FAILED_PRECONDITION, "NOT_RUNNING", Map.of()),
            Arguments.of(
                    new Refusal.TooManyWatches(64),
                    Status.Code.RESOURCE_EXHAUSTED,
                    "TOO_MANY_WATCHES",
                    Map.of("max", "64")),
            undelivered(FailureReason.NO_RECEIVER, Status.Code.NOT_FOUND, "false"),
            undelivered(FailureReason.NO_HANDLER, Status.Code.FAILED_PRECONDITION, "false"),
            undelivered(FailureReason.QUEUE_FULL, Status.Code.RESOURCE_EXHAUSTED, "false"),
            undelivered(FailureReason.TOO_LARGE, Status.Code.INVALID_ARGUMENT, "false"),
            undelivered(FailureReason.PEER_GONE, Status.Code.UNKNOWN, "true"),
            undelivered(FailureReason.HANDLER_FAILED, Status.Code.ABORTED, "true"),
            undelivered(FailureReason.DEADLINE_EXCEEDED, Status.Code.DEADLINE_EXCEEDED, "true"),
            undelivered(FailureReason.CANCELLED, Status.Code.CANCELLED, "true"),
            Arguments.of(new Refusal.TooMuchInHand(), Status.Code.RESOURCE_EXHAUSTED, "TOO_MUCH_IN_HAND", Map.of()),
            Arguments.of(
                    new Refusal.ProgramExists("p"),
                    Status.Code.ALREADY_EXISTS,
                    "PROGRAM_EXISTS",
                    Map.of("program", "p")),
            Arguments.of(
                    new Refusal.TooManyPrograms(256),
                    Status.Code.RESOURCE_EXHAUSTED,
                    "TOO_MANY_PROGRAMS",
                    Map.of("max", "256")),
            Arguments.of(
                    new Refusal.SubscriptionMissing(Duration.ofSeconds(5)),
                    Status.Code.DEADLINE_EXCEEDED,
                    "SUBSCRIPTION_MISSING",
                    Map.of()),
            Arguments.of(
                    new Refusal.ReceiptOverdue(Duration.ofSeconds(30)),
                    Status.Code.RESOURCE_EXHAUSTED,
                    "RECEIPT_OVERDUE",
                    Map.of()),
            Arguments.of(
                    new Refusal.ContractBroken("nonsense"), Status.Code.INVALID_ARGUMENT, "CONTRACT_BROKEN", Map.of()),
            Arguments.of(
                    new Refusal.NotReceived(Duration.ofSeconds(10)),
                    Status.Code.DEADLINE_EXCEEDED,
                    "NOT_RECEIVED",
                    Map.of()),
            Arguments.of(new Refusal.Compressed("gzip"), Status.Code.UNIMPLEMENTED, "COMPRESSED", Map.of()),
            Arguments.of(new Refusal.Failed("Stop"), Status.Code.INTERNAL, "INTERNAL", Map.of("method", "Stop"))
        };
    }

    private static Arguments undelivered(FailureReason reason, Status.Code code, String maybe) {
        return Arguments.of(
                new Refusal.Undelivered(Address.worker("a-0"), new Failure(reason, "why")),
                code,
                reason.name(),
                Map.of("to", "a-0", "maybe_delivered", maybe));
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
