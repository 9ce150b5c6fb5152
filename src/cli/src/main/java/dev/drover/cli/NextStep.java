package dev.drover.cli;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.Optional;

/// What users can do about what a master refuses.
final class NextStep {

    private NextStep() {}

    /// `; ` and the step; empty where the master has told it, or there is none.
    static String after(StatusRuntimeException failure) {
        return switch (reason(failure).orElse("")) {
            case "POOL_NOT_FOUND" -> "; 'drover get pools' shows the pools";
            case "WORKER_NOT_FOUND" -> "; 'drover get workers' shows the workers";
            case "UNKNOWN_REVISION" -> "; 'drover rollout history' shows the revisions";
            case "NO_PREVIOUS" -> "; without --previous 'drover logs' shows what runs";
            case "PAUSED" -> " with 'drover rollout resume'";
            case "NO_PROCESS" -> "; 'drover describe worker' tells why it is empty";
            case "CHANGE_REFUSED" -> "; nothing was changed";
            default -> "";
        };
    }

    /// Whether what the user has given is wrong: an argument, or what a file says.
    static boolean isBadField(StatusRuntimeException failure) {
        return reason(failure).filter(reason -> reason.startsWith("FIELD_")).isPresent();
    }

    /// The reason for programs, where the master has told one.
    static Optional<String> reason(StatusRuntimeException failure) {
        var status = StatusProto.fromThrowable(failure);
        if (status == null || status.getDetailsCount() == 0) {
            return Optional.empty();
        }
        try {
            return Optional.of(status.getDetails(0).unpack(ErrorInfo.class).getReason());
        } catch (InvalidProtocolBufferException _) {
            return Optional.empty();
        }
    }
}
