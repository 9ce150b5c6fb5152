package dev.drover.master.access;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// A file of tokens: on each line a role and a token with white space between, `admin 3f9c...`; what stands after a `#`
/// at the beginning of a line is a comment.
///
/// @param roles of each token; at least one
public record TokenFile(Map<String, Role> roles) {
    /// A shorter one could be guessed.
    static final int MIN_TOKEN_LENGTH = 16;

    private static final int MAX_BYTES = 1 << 20;
    private static final int MAX_TOKENS = 1000;
    private static final Pattern LINE = Pattern.compile("(\\S+)\\s+(\\S+)");
    private static final Pattern TOKEN = Pattern.compile("[!-~]{" + MIN_TOKEN_LENGTH + ",1024}");

    public TokenFile {
        roles = Map.copyOf(roles);
    }

    /// The file cannot be used.
    public static final class Broken extends Exception {
        private static final long serialVersionUID = 1;

        Broken(String message) {
            super(message);
        }
    }

    /// @throws Broken with every line that is wrong, and what is allowed; never with a token
    public static TokenFile read(Path file) throws Broken {
        var roles = new LinkedHashMap<String, Role>();
        List<String> problems = new ArrayList<>();
        int number = 0;
        for (var line : lines(file)) {
            number++;
            var text = line.strip();
            if (!text.isEmpty() && !text.startsWith("#")) {
                add(text, file + ":" + number + ": ", roles, problems);
            }
        }
        if (problems.isEmpty() && roles.isEmpty()) {
            problems.add(file + ": holds no token; write a role and a token on each line, as 'admin TOKEN'");
        }
        if (roles.size() > MAX_TOKENS) {
            problems.add(file + ": holds " + roles.size() + " tokens, allowed are " + MAX_TOKENS);
        }
        if (!problems.isEmpty()) {
            throw new Broken(String.join("\n", problems));
        }
        return new TokenFile(roles);
    }

    private static void add(String text, String where, Map<String, Role> roles, List<String> problems) {
        var line = LINE.matcher(text);
        if (!line.matches()) {
            problems.add(where + "must be a role and a token, as 'view TOKEN'");
            return;
        }
        var role = Role.of(line.group(1));
        var token = line.group(2);
        if (role.isEmpty()) {
            problems.add(where + "is no role that there is; allowed are 'view' and 'admin'");
        } else if (!TOKEN.matcher(token).matches()) {
            problems.add(where + "the token must have " + MIN_TOKEN_LENGTH
                    + " to 1024 printable characters; make one with 'openssl rand -hex 32'");
        } else if (roles.putIfAbsent(token, role.get()) != null) {
            problems.add(where + "the token stands in the file twice");
        }
    }

    private static List<String> lines(Path file) throws Broken {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new Broken(file + ": is larger than " + MAX_BYTES + " bytes");
            }
            return Files.readString(file, StandardCharsets.UTF_8).lines().collect(Collectors.toList());
        } catch (IOException failure) {
            throw new Broken(file + ": cannot be read: " + failure);
        }
    }
}
