package dev.drover.session;

import dev.drover.protocol.worker.v1.OpenSessionRequest;
import dev.drover.protocol.worker.v1.OpenSessionResponse;
import dev.drover.protocol.worker.v1.SessionServiceGrpc;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import java.io.InputStream;

/// Reads what a worker sends. Bytes that are no protobuf are a message too, [#isUnreadable]: gRPC takes an
/// exception for
/// a bug of this side and logs it with its stack, as often as a peer likes.
final class Requests implements MethodDescriptor.Marshaller<OpenSessionRequest> {
    private static final OpenSessionRequest UNREADABLE =
            OpenSessionRequest.newBuilder().build();

    private final MethodDescriptor.Marshaller<OpenSessionRequest> protobuf =
            SessionServiceGrpc.getOpenSessionMethod().getRequestMarshaller();

    /// OpenSession as the server reads it.
    static MethodDescriptor<OpenSessionRequest, OpenSessionResponse> method() {
        var method = SessionServiceGrpc.getOpenSessionMethod();
        return method.toBuilder(new Requests(), method.getResponseMarshaller()).build();
    }

    /// Whether it stands for bytes that cannot be read.
    @SuppressWarnings("ReferenceEquality") // One that is empty equals it and is none.
    static boolean isUnreadable(OpenSessionRequest request) {
        return request == UNREADABLE;
    }

    @Override
    public InputStream stream(OpenSessionRequest request) {
        return protobuf.stream(request);
    }

    @Override
    public OpenSessionRequest parse(InputStream bytes) {
        try {
            return protobuf.parse(bytes);
        } catch (StatusRuntimeException _) {
            return UNREADABLE;
        }
    }
}
