package dev.drover.supervisor.health;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/// One request by HTTP/1.1. Of the answer only the status counts; its body is read to the end, or to
/// [Dialogue#MAX_ANSWER_BYTES], so that the worker is not cut off in it.
final class HttpDialogue implements Dialogue {
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] ([1-5][0-9][0-9])( .*)?");
    private static final Pattern LENGTH = Pattern.compile("(?i)content-length: *([0-9]{1,18})");
    private static final Pattern CHUNKED = Pattern.compile("(?i)transfer-encoding:.*chunked.*");
    private static final String HEAD_END = "\r\n\r\n";
    private static final String LAST_CHUNK = "0\r\n\r\n";
    private static final int OK = 200;
    private static final int BAD = 400;

    private final byte[] question;
    private final ByteArrayOutputStream answer = new ByteArrayOutputStream();

    /// @param port what the request says it was sent to
    HttpDialogue(ProbeAction.HttpGet action, int port) {
        var headers = new LinkedHashMap<String, String>();
        headers.put("host", "localhost:" + port);
        headers.put("user-agent", "drover-probe");
        headers.put("accept", "*/*");
        headers.put("connection", "close");
        var more = new ArrayList<ProbeAction.Header>();
        for (var header : action.headers()) {
            var name = header.name().toLowerCase(Locale.ROOT);
            if (headers.containsKey(name)) {
                headers.put(name, header.value());
            } else {
                more.add(header);
            }
        }
        this.question = text(action.path(), headers, more).getBytes(StandardCharsets.US_ASCII);
    }

    private static String text(String path, Map<String, String> headers, List<ProbeAction.Header> more) {
        var text = new StringBuilder("GET " + path + " HTTP/1.1\r\n");
        headers.forEach(
                (name, value) -> text.append(name).append(": ").append(value).append("\r\n"));
        more.forEach(
                it -> text.append(it.name()).append(": ").append(it.value()).append("\r\n"));
        return text.append("\r\n").toString();
    }

    @Override
    public byte[] question() {
        return question.clone();
    }

    @Override
    public Optional<ProbeResult> received(ByteBuffer more) {
        var bytes = new byte[Math.min(more.remaining(), MAX_ANSWER_BYTES - answer.size())];
        more.get(bytes);
        answer.writeBytes(bytes);
        var text = answer.toString(StandardCharsets.ISO_8859_1);
        int head = text.indexOf(HEAD_END);
        if (head < 0) {
            return isFull()
                    ? Optional.of(new ProbeResult.Failed("the head of the answer is longer than " + MAX_ANSWER_BYTES))
                    : Optional.empty();
        }
        return isFull() || isComplete(text, head) ? Optional.of(judged(text)) : Optional.empty();
    }

    private boolean isFull() {
        return answer.size() >= MAX_ANSWER_BYTES;
    }

    /// Of an answer without a length the end of the connection is the end.
    private static boolean isComplete(String text, int head) {
        var lines = text.substring(0, head).split("\r\n", -1);
        var length = OptionalLong.empty();
        boolean chunked = false;
        for (var line : lines) {
            var matcher = LENGTH.matcher(line.strip());
            length = matcher.matches() ? OptionalLong.of(Long.parseLong(matcher.group(1))) : length;
            chunked |= CHUNKED.matcher(line).matches();
        }
        int body = text.length() - head - HEAD_END.length();
        return (length.isPresent() && body >= length.getAsLong())
                || (chunked && body > 0 && text.endsWith(LAST_CHUNK))
                || lines[0].contains(" 204")
                || lines[0].contains(" 304");
    }

    @Override
    public ProbeResult ended() {
        var text = answer.toString(StandardCharsets.ISO_8859_1);
        return text.contains(HEAD_END)
                ? judged(text)
                : new ProbeResult.Failed(
                        text.isEmpty() ? "the connection was closed without an answer" : "the answer was cut off");
    }

    private static ProbeResult judged(String text) {
        var status = STATUS.matcher(text.substring(0, text.indexOf("\r\n")));
        if (!status.matches()) {
            return new ProbeResult.Failed("the answer is no HTTP/1.1");
        }
        int code = Integer.parseInt(status.group(1));
        return code >= OK && code < BAD ? PASSED : new ProbeResult.Failed("HTTP " + code);
    }
}
