package dev.drover.poolfile;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/// The files behind what the user named, and their text.
final class Sources {

    /// Bounds what a wrong path (a log, a device) costs; a pool is a few hundred bytes.
    static final int MAX_BYTES = 1 << 20;

    private static final Path STDIN = Path.of("-");

    private final InputStream stdin;
    private final Consumer<Problem> problems;

    Sources(InputStream stdin, Consumer<Problem> problems) {
        this.stdin = stdin;
        this.problems = problems;
    }

    /// The files meant, each once, directories replaced by what is in them.
    List<Path> expand(List<Path> filesOrDirectories) {
        List<Path> files = new ArrayList<>();
        Set<Path> seen = new HashSet<>();
        for (Path path : filesOrDirectories) {
            for (Path file : Files.isDirectory(path) ? list(path) : List.of(path)) {
                if (seen.add(identity(file))) {
                    files.add(file);
                }
            }
        }
        return files;
    }

    /// Whether it is a directory that can be read and holds no pool file.
    static boolean isEmptyDirectory(Path path) {
        if (!Files.isDirectory(path)) {
            return false;
        }
        try (var entries = Files.newDirectoryStream(path, Sources::isPoolFile)) {
            return !entries.iterator().hasNext();
        } catch (IOException | DirectoryIteratorException _) {
            return false;
        }
    }

    /// The text of a file; empty, and a problem, where there is none.
    Optional<String> text(Path file) {
        byte[] bytes;
        // Read as a stream: a pipe (`-f <(...)`) and a growing file have no size to ask for first.
        try (InputStream in = file.equals(STDIN) ? InputStream.nullInputStream() : Files.newInputStream(file)) {
            bytes = (file.equals(STDIN) ? stdin : in).readNBytes(MAX_BYTES + 1);
        } catch (IOException e) {
            problem(file, 1, "cannot be read: " + cause(e));
            return Optional.empty();
        }
        if (bytes.length > MAX_BYTES) {
            problem(file, 1, "is larger than 1 MiB, the most a pool file may have");
            return Optional.empty();
        }
        return decode(file, bytes);
    }

    private Optional<String> decode(Path file, byte[] bytes) {
        var decoder = StandardCharsets.UTF_8.newDecoder();
        var in = ByteBuffer.wrap(bytes);
        var out = CharBuffer.allocate(bytes.length);
        if (decoder.decode(in, out, true).isError()) {
            int line = 1;
            for (int i = 0; i < in.position(); i++) {
                line += bytes[i] == '\n' ? 1 : 0;
            }
            problem(file, line, "is not UTF-8 text");
            return Optional.empty();
        }
        String text = out.flip().toString();
        return Optional.of(text.startsWith("\uFEFF") ? text.substring(1) : text);
    }

    private List<Path> list(Path directory) {
        List<Path> files = new ArrayList<>();
        try (var entries = Files.newDirectoryStream(directory, Sources::isPoolFile)) {
            entries.forEach(files::add);
        } catch (IOException | DirectoryIteratorException e) {
            problem(directory, 1, "cannot be read: " + cause(e));
            return List.of();
        }
        if (files.isEmpty()) {
            problem(directory, 1, "holds no pool file; they are named *.yaml or *.yml");
        }
        files.sort(null);
        return files;
    }

    /// Hidden entries are skipped: a mounted ConfigMap keeps its files a second time under `..data`.
    private static boolean isPoolFile(Path path) {
        String name = path.getFileName().toString();
        return !name.startsWith(".") && (name.endsWith(".yaml") || name.endsWith(".yml")) && !Files.isDirectory(path);
    }

    private static Path identity(Path file) {
        try {
            return file.toRealPath();
        } catch (IOException _) {
            return file; // what is wrong with it is told when it is read
        }
    }

    private static String cause(Exception e) {
        return switch (e) {
            case NoSuchFileException _ -> "no such file or directory";
            case AccessDeniedException _ -> "permission denied";
            default -> Wording.oneLine(String.valueOf(e.getMessage()));
        };
    }

    private void problem(Path file, int line, String message) {
        problems.accept(new Problem(file, line, "", message));
    }
}
