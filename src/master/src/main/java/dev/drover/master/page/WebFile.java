package dev.drover.master.page;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Objects;

/// A file of the class path that is served. Read once, at the start.
public final class WebFile {
    /// Those of this build are far smaller; one that is not is a mistake.
    private static final int MAX_BYTES = 512 << 10;

    private static final int TAG_BYTES = 8;

    private final String type;
    private final Buffer content;
    private final String tag;

    private WebFile(String type, byte[] bytes) {
        this.type = type;
        this.content = Buffer.buffer(bytes);
        this.tag = tag(bytes);
    }

    /// @param beside whose package it lies in
    /// @param type what it is, as `Content-Type` says it
    public static WebFile read(Class<?> beside, String name, String type) {
        try (var in = Objects.requireNonNull(
                beside.getResourceAsStream(name), () -> "no " + name + " beside " + beside.getName())) {
            var bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new IllegalStateException(name + " is larger than " + MAX_BYTES + " bytes");
            }
            return new WebFile(type, bytes);
        } catch (IOException broken) {
            throw new UncheckedIOException("cannot read " + name + " from the class path", broken);
        }
    }

    private static String tag(byte[] bytes) {
        try {
            var digest = MessageDigest.getInstance("SHA-256").digest(bytes);
            return '"' + HexFormat.of().formatHex(digest, 0, TAG_BYTES) + '"';
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }

    /// What is in it.
    public String text() {
        return content.toString(StandardCharsets.UTF_8);
    }

    /// Answers a `GET` or `HEAD`, with nothing where the asker has it already. On the event loop. Headers that were set
    /// before stay.
    public void serve(HttpServerRequest request) {
        var response = request.response()
                .putHeader("etag", tag)
                .putHeader("cache-control", "no-cache")
                .putHeader("x-content-type-options", "nosniff");
        if (tag.equals(request.getHeader("if-none-match"))) {
            response.setStatusCode(304).end();
        } else {
            response.putHeader("content-type", type).end(content.copy());
        }
    }
}
