package dev.drover.master.access;

import dev.drover.poolfile.PoolFiles;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Which token allows what: that of the run directory everything, those of a file what stands there. The file is read
/// again when it is another; while it is broken, what it said before holds. Any thread.
public final class Tokens {
    private static final Logger LOG = LoggerFactory.getLogger(Tokens.class);

    private final String own;
    private final Optional<Path> file;

    /// Written by the thread that looks, read by the calls.
    private volatile Map<String, Role> roles = Map.of();

    /// What the file was at the last two looks; that thread's.
    private String seen = "";

    private String read = "";

    /// @param own token of the run directory
    /// @throws TokenFile.Broken where the file cannot be used
    public Tokens(String own, Optional<Path> file) throws TokenFile.Broken {
        this.own = own;
        this.file = file;
        if (file.isPresent()) {
            read = stamp(file.get());
            seen = read;
            roles = TokenFile.read(file.get()).roles();
        }
    }

    /// What that token allows; empty: it is none. In a time that does not depend on where it differs.
    public Optional<Role> roleOf(String token) {
        return Stream.concat(Stream.of(Map.entry(own, Role.ADMIN)), roles.entrySet().stream())
                .filter(known -> MessageDigest.isEqual(bytes(known.getKey()), bytes(token)))
                .map(Map.Entry::getValue)
                .reduce((first, _) -> first);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /// Reads the file again where it has been another one for two looks. To be called once a second.
    public void lookAround() {
        file.ifPresent(this::look);
    }

    private void look(Path path) {
        var now = stamp(path);
        boolean settled = now.equals(seen);
        seen = now;
        if (!settled || now.equals(read)) {
            return;
        }
        read = now;
        try {
            roles = TokenFile.read(path).roles();
            LOG.info("Token file read again: {} tokens", roles.size());
        } catch (TokenFile.Broken broken) {
            LOG.error("Tokens unchanged: {}", broken.getMessage());
        }
    }

    private static String stamp(Path file) {
        return PoolFiles.stamp(List.of(file));
    }
}
