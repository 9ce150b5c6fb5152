package dev.drover.master.page;

import io.vertx.core.http.HttpServerRequest;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The page at `/`: what the master tells by REST, live. Its files are read once; it is as they are, and holds no
/// secret.
public final class Page {
    private static final String HTML = "text/html; charset=utf-8";
    private static final String BELOW = "/page/";

    /// Everything it loads is its own and lies beside it; nobody may frame it or put anything into it.
    static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
            + " img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static final Map<String, String> TYPES = Map.of(
            "js", "text/javascript; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "svg", "image/svg+xml");

    private final Map<String, WebFile> files = Stream.of(
                    "app.js",
                    "api.js",
                    "charts.js",
                    "dialogs.js",
                    "dom.js",
                    "format.js",
                    "pools.js",
                    "store.js",
                    "style.css",
                    "icon.svg")
            .collect(Collectors.toMap(name -> BELOW + name, Page::read, (one, _) -> one, HashMap::new));

    /// Reads its files.
    public Page() {
        files.put("/", WebFile.read(Page.class, "index.html", HTML));
    }

    private static WebFile read(String name) {
        return WebFile.read(Page.class, name, TYPES.getOrDefault(name.substring(name.lastIndexOf('.') + 1), ""));
    }

    /// Whether a path is the page's: nothing at it does anything.
    ///
    /// @param path as it was sent, without the query
    public static boolean isAt(String path) {
        return path.equals("/") || path.startsWith(BELOW);
    }

    /// Answers a request, unless it is not for the page. On the event loop.
    ///
    /// @return whether it is
    public boolean handle(HttpServerRequest request) {
        var path = request.path() == null ? "" : request.path();
        if (!isAt(path)) {
            return false;
        }
        var file = files.get(path);
        if (file == null) {
            request.response().setStatusCode(404).end();
        } else if (isReading(request)) {
            protect(request);
            file.serve(request);
        } else {
            request.response()
                    .setStatusCode(405)
                    .putHeader("allow", "GET, HEAD")
                    .end();
        }
        return true;
    }

    private static boolean isReading(HttpServerRequest request) {
        return switch (request.method().name()) {
            case "GET", "HEAD" -> true;
            default -> false;
        };
    }

    private static void protect(HttpServerRequest request) {
        request.response()
                .putHeader("content-security-policy", POLICY)
                .putHeader("referrer-policy", "no-referrer")
                .putHeader("cross-origin-opener-policy", "same-origin")
                .putHeader("cross-origin-resource-policy", "same-origin")
                .putHeader("x-frame-options", "DENY");
    }
}
