package dev.drover.master.rest;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.rpc.BadRequest;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import com.google.rpc.Status;
import dev.drover.poolfile.Trees;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Why a request is not answered as it wished, as `application/problem+json` (RFC 9457).
///
/// @param status of HTTP
/// @param reason one word for programs: `POOL_NOT_FOUND`
/// @param detail a sentence for people
/// @param metadata what the reason is about
/// @param violations the fields that are wrong
public record Problem(
        int status, String reason, String detail, Map<String, String> metadata, List<Violation> violations) {
    /// What it is written as.
    public static final String TYPE = "application/problem+json";

    /// A field that is wrong.
    public record Violation(String field, String description) {}

    public Problem {
        metadata = Map.copyOf(metadata);
        violations = List.copyOf(violations);
    }

    static Problem of(int status, String reason, String detail) {
        return new Problem(status, reason, detail, Map.of(), List.of());
    }

    static Problem invalid(String field, String description) {
        return new Problem(
                400,
                "FIELD_INVALID",
                field + ": " + description,
                Map.of("field", field),
                List.of(new Violation(field, description)));
    }

    /// What a call was refused with.
    public static Problem of(Status status) {
        var info = detail(status, ErrorInfo.class);
        return new Problem(
                statusOf(Code.forNumber(status.getCode())),
                info.map(ErrorInfo::getReason).orElseGet(() -> codeName(status.getCode())),
                status.getMessage(),
                info.map(ErrorInfo::getMetadataMap).orElse(Map.of()),
                detail(status, BadRequest.class).stream()
                        .flatMap(bad -> bad.getFieldViolationsList().stream())
                        .map(violation -> new Violation(violation.getField(), violation.getDescription()))
                        .toList());
    }

    /// The one table of codes. As Kubernetes, and not as google.rpc.Code proposes, where a state stands in the way
    /// (409) and where what was asked for is not kept any more (410).
    private static int statusOf(Code code) {
        return switch (code) {
            case OK -> 200;
            case INVALID_ARGUMENT -> 400;
            case UNAUTHENTICATED -> 401;
            case PERMISSION_DENIED -> 403;
            case NOT_FOUND -> 404;
            case ALREADY_EXISTS, ABORTED, FAILED_PRECONDITION -> 409;
            case OUT_OF_RANGE -> 410;
            case RESOURCE_EXHAUSTED -> 429;
            case CANCELLED -> 499;
            case UNIMPLEMENTED -> 501;
            case UNAVAILABLE -> 503;
            case DEADLINE_EXCEEDED -> 504;
            case UNKNOWN, INTERNAL, DATA_LOSS, UNRECOGNIZED -> 500;
        };
    }

    private static String codeName(int code) {
        return Optional.ofNullable(Code.forNumber(code)).orElse(Code.UNKNOWN).name();
    }

    private static <D extends Message> Optional<D> detail(Status status, Class<D> type) {
        return status.getDetailsList().stream()
                .filter(any -> any.is(type))
                .findFirst()
                .map(any -> unpacked(any, type));
    }

    private static <D extends Message> D unpacked(Any any, Class<D> type) {
        try {
            return any.unpack(type);
        } catch (InvalidProtocolBufferException broken) {
            throw new IllegalStateException("cannot read what the control service has just written", broken);
        }
    }

    Problem withStatus(int other) {
        return new Problem(other, reason, detail, metadata, violations);
    }

    /// As JSON.
    public String json() {
        return Trees.toJson(tree());
    }

    /// As a tree, for [Trees].
    Map<String, Object> tree() {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("type", "about:blank");
        tree.put("title", HttpResponseStatus.valueOf(status).reasonPhrase());
        tree.put("status", status);
        tree.put("detail", detail);
        tree.put("reason", reason);
        if (!metadata.isEmpty()) {
            tree.put("metadata", new TreeMap<>(metadata));
        }
        if (!violations.isEmpty()) {
            tree.put("violations", violations.stream().map(Problem::tree).toList());
        }
        return tree;
    }

    private static Map<String, Object> tree(Violation violation) {
        return Map.of("field", violation.field(), "description", violation.description());
    }
}
