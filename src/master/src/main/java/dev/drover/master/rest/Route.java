package dev.drover.master.rest;

import dev.drover.protocol.control.v1.ApplyPoolsRequest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A verb at a path, and the method it means.
///
/// @param verb `GET`
/// @param path `/api/v1/pools/{name}`; what is in braces is a field of the request
record Route(String verb, String path, GrpcMethod method, Shape shape, Optional<Watch> watch) {

    static Route get(String path, String method, Shape shape) {
        return new Route("GET", path, GrpcMethod.of(method), shape, Optional.empty());
    }

    static Route get(String path, String method, Shape shape, Watch watch) {
        return new Route("GET", path, GrpcMethod.of(method), shape, Optional.of(watch));
    }

    static Route change(String verb, String path, String method) {
        return new Route(verb, path, GrpcMethod.of(method), new Shape.Whole(), Optional.empty());
    }

    /// Whether it only reads.
    boolean isGet() {
        return verb.equals("GET");
    }

    /// Whether a body means something.
    boolean takesBody() {
        return verb.equals("POST") || verb.equals("PUT");
    }

    /// Whether its body may also be a pool file.
    boolean takesPoolFile() {
        return method.schema().getInputType().equals(ApplyPoolsRequest.getDescriptor());
    }

    /// The names of its variables, in their order.
    List<String> variables() {
        var names = new ArrayList<String>();
        for (var segment : path.split("/", -1)) {
            if (isVariable(segment)) {
                names.add(segment.substring(1, segment.length() - 1));
            }
        }
        return names;
    }

    /// The values of its variables, where a path is one of its.
    ///
    /// @param segments of the path, decoded
    Optional<Map<String, String>> match(List<String> segments) {
        var own = path.split("/", -1);
        if (own.length != segments.size()) {
            return Optional.empty();
        }
        Map<String, String> values = new LinkedHashMap<>();
        for (int i = 0; i < own.length; i++) {
            var segment = segments.get(i);
            if (isVariable(own[i]) && !segment.isEmpty()) {
                values.put(own[i].substring(1, own[i].length() - 1), segment);
            } else if (!own[i].equals(segment)) {
                return Optional.empty();
            }
        }
        return Optional.of(values);
    }

    private static boolean isVariable(String segment) {
        return segment.startsWith("{");
    }
}
