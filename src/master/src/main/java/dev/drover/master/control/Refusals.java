package dev.drover.master.control;

import com.google.protobuf.Any;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import com.google.rpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.Map;

/// The one place where refusals become status codes: a sentence for people, `google.rpc.ErrorInfo` for programs.
final class Refusals {
    private static final String DOMAIN = "drover.dev";

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
            case Refusal.FieldMissing(var field) ->
                status(Code.INVALID_ARGUMENT, field + " is required", "FIELD_REQUIRED", Map.of("field", field));
            case Refusal.TokenRequired(var method) ->
                status(
                        Code.PERMISSION_DENIED,
                        method + " is not allowed here: use control.sock of the run directory, or its control/token as"
                                + " bearer token",
                        "TOKEN_REQUIRED",
                        Map.of("method", method));
            case Refusal.Failed(var method) ->
                status(
                        Code.INTERNAL,
                        method + " failed; the master's log tells more",
                        "INTERNAL",
                        Map.of("method", method));
        };
    }

    private static Status status(Code code, String message, String reason, Map<String, String> metadata) {
        var info = ErrorInfo.newBuilder()
                .setDomain(DOMAIN)
                .setReason(reason)
                .putAllMetadata(metadata)
                .build();
        return Status.newBuilder()
                .setCode(code.getNumber())
                .setMessage(message)
                .addDetails(Any.pack(info))
                .build();
    }
}
