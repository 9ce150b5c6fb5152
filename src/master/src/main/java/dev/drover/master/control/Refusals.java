package dev.drover.master.control;

import com.google.protobuf.Any;
import com.google.rpc.BadRequest;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import com.google.rpc.Status;
import dev.drover.poolfile.Violation;
import dev.drover.session.FailureReason;
import dev.drover.supervisor.pool.RolloutOutcome;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/// The one place where refusals become status codes: a sentence for people, `google.rpc.ErrorInfo` for programs.
final class Refusals {
    private static final String DOMAIN = "drover.dev";

    /// It is written twice, percent-encoded and in Base64, and clients read 8 KiB of headers.
    private static final int MAX_MESSAGE_BYTES = 1024;

    /// Of the violations of fields together, which are written once.
    private static final int MAX_VIOLATIONS_BYTES = 2048;

    /// Of one violation: its field, its description.
    private static final int MAX_FIRST_BYTES = 512;

    private Refusals() {}

    static StatusRuntimeException exceptionOf(Refusal refusal) {
        return StatusProto.toStatusRuntimeException(statusOf(refusal));
    }

    static Status statusOf(Refusal refusal) {
        return switch (refusal) {
            case Refusal.NoSuchPool(var name) ->
                status(Code.NOT_FOUND, "no pool " + name, "POOL_NOT_FOUND", Map.of("pool", name));
            case Refusal.NoSuchWorker(var name) ->
                status(Code.NOT_FOUND, "no worker " + name, "WORKER_NOT_FOUND", Map.of("worker", name));
            case Refusal.NoProcess(var worker) ->
                status(
                        Code.FAILED_PRECONDITION,
                        "worker " + worker + " has no process now: try again when it is started",
                        "NO_PROCESS",
                        Map.of("worker", worker));
            case Refusal.NoPrevious(var of) ->
                status(Code.NOT_FOUND, "no incarnation of " + of + " has ended", "NO_PREVIOUS", Map.of("of", of));
            case Refusal.FieldMissing(var field) ->
                status(Code.INVALID_ARGUMENT, field + " is required", "FIELD_REQUIRED", Map.of("field", field));
            case Refusal.FieldInvalid(var field, var problem) ->
                status(
                        Code.INVALID_ARGUMENT,
                        field + " is not allowed: " + problem,
                        "FIELD_INVALID",
                        Map.of("field", field));
            case Refusal.FieldsInvalid(var violations) -> fieldsInvalid(violations);
            case Refusal.Stale(var pool, var given, var current) ->
                status(
                        Code.ABORTED,
                        current.map(version -> "pool " + pool + " is at resource version " + version + ", not " + given)
                                        .orElse("there is no pool " + pool + " any more")
                                + ": read it again and decide anew",
                        "RESOURCE_VERSION_STALE",
                        Map.of("pool", pool, "current", current.orElse("")));
            case Refusal.ChangeRefused(var problems) ->
                status(Code.FAILED_PRECONDITION, String.join("; ", problems), "CHANGE_REFUSED", Map.of());
            case Refusal.RolloutRefused(var pool, var reason, var message) ->
                status(codeOf(reason), message, reason.name(), Map.of("pool", pool));
            case Refusal.NotRunning() ->
                status(
                        Code.FAILED_PRECONDITION,
                        "the master is starting or stopping: try again when it runs",
                        "NOT_RUNNING",
                        Map.of());
            case Refusal.Expired(var things, var version, var next) ->
                status(
                        Code.OUT_OF_RANGE,
                        things + " after resource version " + version
                                + " are not kept any more, or are of another master: " + next,
                        "EXPIRED",
                        Map.of("resource_version", version));
            case Refusal.TooManyWatches(var max) ->
                status(
                        Code.RESOURCE_EXHAUSTED,
                        max + " calls watch already, as many as are allowed: ask from time to time instead",
                        "TOO_MANY_WATCHES",
                        Map.of("max", Integer.toString(max)));
            case Refusal.Undelivered(var to, var failure) ->
                status(
                        codeOf(failure.reason()),
                        failure.message(),
                        failure.reason().name(),
                        Map.of(
                                "to",
                                to.toString(),
                                "maybe_delivered",
                                Boolean.toString(failure.reason().maybeDelivered())));
            case Refusal.TooMuchInHand() ->
                status(
                        Code.RESOURCE_EXHAUSTED,
                        "too many messages wait to be passed on: send again later",
                        "TOO_MUCH_IN_HAND",
                        Map.of());
            case Refusal.ProgramExists(var name) ->
                status(
                        Code.ALREADY_EXISTS,
                        "a program " + name + " has subscribed already: take another name",
                        "PROGRAM_EXISTS",
                        Map.of("program", name));
            case Refusal.TooManyPrograms(var max) ->
                status(
                        Code.RESOURCE_EXHAUSTED,
                        max + " programs have subscribed already, as many as are allowed",
                        "TOO_MANY_PROGRAMS",
                        Map.of("max", Integer.toString(max)));
            case Refusal.SubscriptionMissing(var timeout) ->
                status(
                        Code.DEADLINE_EXCEEDED,
                        "no subscription within " + timeout.toSeconds() + " s",
                        "SUBSCRIPTION_MISSING",
                        Map.of());
            case Refusal.ReceiptOverdue(var timeout) ->
                status(
                        Code.RESOURCE_EXHAUSTED,
                        "something was not signed for within " + timeout.toSeconds() + " s: sign as soon as it is read",
                        "RECEIPT_OVERDUE",
                        Map.of());
            case Refusal.ContractBroken(var how) ->
                status(Code.INVALID_ARGUMENT, "the subscriber sent " + how, "CONTRACT_BROKEN", Map.of());
            case Refusal.NotReceived(var timeout) ->
                status(
                        Code.DEADLINE_EXCEEDED,
                        "the call did not come whole within " + timeout.toSeconds() + " s",
                        "NOT_RECEIVED",
                        Map.of());
            case Refusal.Compressed(var encoding) ->
                status(
                        Code.UNIMPLEMENTED,
                        "grpc-encoding " + encoding + " is not understood: send uncompressed",
                        "COMPRESSED",
                        Map.of());
            case Refusal.TokenRequired(var method) ->
                status(
                        Code.PERMISSION_DENIED,
                        method + " is not allowed here: use control.sock of the run directory, or its control/token as"
                                + " bearer token",
                        "TOKEN_REQUIRED",
                        Map.of("method", method));
            case Refusal.Unauthenticated() ->
                status(
                        Code.UNAUTHENTICATED,
                        "nobody knows who is calling: give a token of the master's token file as bearer token, or a"
                                + " certificate of its client authority with the organization drover:view or"
                                + " drover:admin",
                        "UNAUTHENTICATED",
                        Map.of());
            case Refusal.RoleRequired(var method, var role) ->
                status(
                        Code.PERMISSION_DENIED,
                        method + " needs the role " + role.word() + ", which this token or certificate does not have",
                        "ROLE_REQUIRED",
                        Map.of("method", method, "role", role.word()));
            case Refusal.Failed(var method) ->
                status(
                        Code.INTERNAL,
                        method + " failed; the master's log tells more",
                        "INTERNAL",
                        Map.of("method", method));
        };
    }

    private static Code codeOf(RolloutOutcome.Reason reason) {
        return switch (reason) {
            case UNKNOWN_REVISION -> Code.NOT_FOUND;
            case PAUSED, NOT_PAUSED, NO_HISTORY, NEVER_REPLACED, STOPPING -> Code.FAILED_PRECONDITION;
        };
    }

    /// The first as the message, and as many as there is room for as `google.rpc.BadRequest`.
    private static Status fieldsInvalid(List<Violation> violations) {
        var first = violations.getFirst();
        int others = violations.size() - 1;
        var message = cut(first.path() + ": " + first.message(), MAX_FIRST_BYTES)
                + (others == 0 ? "" : "; and " + others + " more");
        var badRequest = BadRequest.newBuilder();
        for (var violation : violations) {
            badRequest.addFieldViolations(BadRequest.FieldViolation.newBuilder()
                    .setField(cut(violation.path(), MAX_FIRST_BYTES))
                    .setDescription(cut(violation.message(), MAX_FIRST_BYTES)));
            if (badRequest.build().getSerializedSize() > MAX_VIOLATIONS_BYTES) {
                badRequest.removeFieldViolations(badRequest.getFieldViolationsCount() - 1);
                break;
            }
        }
        return status(
                        Code.INVALID_ARGUMENT,
                        message,
                        "FIELD_INVALID",
                        Map.of("field", cut(first.path(), MAX_FIRST_BYTES)))
                .toBuilder()
                .addDetails(Any.pack(badRequest.build()))
                .build();
    }

    /// Each reason has a code of its own, and none that clients are wont to repeat by themselves.
    private static Code codeOf(FailureReason reason) {
        return switch (reason) {
            case NO_RECEIVER -> Code.NOT_FOUND;
            case NO_HANDLER -> Code.FAILED_PRECONDITION;
            case PEER_GONE -> Code.UNKNOWN;
            case HANDLER_FAILED -> Code.ABORTED;
            case DEADLINE_EXCEEDED -> Code.DEADLINE_EXCEEDED;
            case CANCELLED -> Code.CANCELLED;
            case QUEUE_FULL -> Code.RESOURCE_EXHAUSTED;
            case TOO_LARGE -> Code.INVALID_ARGUMENT;
        };
    }

    /// Whole characters of at most so many bytes: what a handler says may be long, and headers must not be.
    private static String cut(String message, int maxBytes) {
        int end = 0;
        for (int bytes = 0; end < message.length(); ) {
            int character = message.codePointAt(end);
            bytes += Character.toString(character).getBytes(StandardCharsets.UTF_8).length;
            if (bytes > maxBytes) {
                break;
            }
            end += Character.charCount(character);
        }
        return message.substring(0, end);
    }

    private static Status status(Code code, String message, String reason, Map<String, String> metadata) {
        var info = ErrorInfo.newBuilder()
                .setDomain(DOMAIN)
                .setReason(reason)
                .putAllMetadata(metadata)
                .build();
        return Status.newBuilder()
                .setCode(code.getNumber())
                .setMessage(cut(message, MAX_MESSAGE_BYTES))
                .addDetails(Any.pack(info))
                .build();
    }
}
