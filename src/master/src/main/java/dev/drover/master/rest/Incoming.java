package dev.drover.master.rest;

import com.google.protobuf.ByteString;
import java.util.Map;
import java.util.Optional;

/// What a request brings with it.
///
/// @param variables of the path
/// @param query parameters, but for `watch`
/// @param body empty: there is none
/// @param version the resource version that `If-Match` or `Last-Event-ID` names
record Incoming(
        Map<String, String> variables, Map<String, String> query, Optional<Body> body, Optional<Version> version) {

    /// A body.
    ///
    /// @param yaml whether it is YAML rather than JSON
    record Body(ByteString bytes, boolean yaml) {}

    /// A resource version.
    ///
    /// @param header that names it
    record Version(String header, String value) {}
}
