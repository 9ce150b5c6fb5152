package dev.drover.master.rest;

import com.google.protobuf.Descriptors;
import com.google.protobuf.Message;
import dev.drover.protocol.control.v1.ControlServiceGrpc;
import io.grpc.MethodDescriptor;
import io.grpc.protobuf.ProtoMethodDescriptorSupplier;
import java.util.Objects;

/// A method of the control service.
///
/// @param call as gRPC knows it
/// @param schema as its proto tells it
record GrpcMethod(MethodDescriptor<?, ?> call, Descriptors.MethodDescriptor schema) {

    /// @param name as in the proto: `ListPools`
    static GrpcMethod of(String name) {
        var call = ControlServiceGrpc.getServiceDescriptor().getMethods().stream()
                .filter(method -> name.equals(method.getBareMethodName()))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("the control service has no method " + name));
        var schema = (ProtoMethodDescriptorSupplier) Objects.requireNonNull(call.getSchemaDescriptor());
        return new GrpcMethod(call, schema.getMethodDescriptor());
    }

    /// `drover.control.v1.ControlService/ListPools`.
    String fullName() {
        return call.getFullMethodName();
    }

    /// A request without anything in it.
    Message.Builder request() {
        var marshaller = (MethodDescriptor.PrototypeMarshaller<?>) call.getRequestMarshaller();
        return ((Message) Objects.requireNonNull(marshaller.getMessagePrototype())).newBuilderForType();
    }
}
