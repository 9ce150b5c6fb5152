package dev.drover.poolfile;

import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// Reads pool files. Stateless; never throws for what a file holds: that is a [Problem].
public final class PoolFiles {

    private PoolFiles() {}

    /// Reads files and directories; `-` is the standard input.
    ///
    /// Of a directory its `*.yaml` and `*.yml` are read, by name, neither hidden ones nor subdirectories. A
    /// file may hold several documents; empty ones are skipped. A file that is reached twice is read once.
    public static PoolFileResult read(List<Path> filesOrDirectories) {
        return read(filesOrDirectories, System.in);
    }

    /// What the files and directories are now, without reading them: equal as long as nobody has written,
    /// replaced, added or removed one, through symbolic links too (a ConfigMap is swapped by one). Pipes and the
    /// standard input do not count.
    public static String stamp(List<Path> filesOrDirectories) {
        var sources = new Sources(InputStream.nullInputStream(), _ -> {});
        return sources.expand(filesOrDirectories).stream().map(FileStamp::of).collect(Collectors.joining("\n"));
    }

    /// Whether all of them are directories without a pool file. What cannot be read is none: reading tells why.
    public static boolean areEmptyDirectories(List<Path> paths) {
        return paths.stream().allMatch(Sources::isEmptyDirectory);
    }

    /// Reads as [#read(List)] does, with another standard input.
    public static PoolFileResult read(List<Path> filesOrDirectories, InputStream stdin) {
        Set<Problem> problems = new LinkedHashSet<>();
        var sources = new Sources(stdin, problems::add);
        List<Path> files = sources.expand(filesOrDirectories);
        List<Document> documents = new ArrayList<>();
        for (Path file : files) {
            sources.text(file)
                    .ifPresent(text -> documents.addAll(new DocumentReader(file, problems::add).readAll(text)));
        }
        documents.stream().map(Document::problems).forEach(problems::addAll);
        problems.addAll(Conflicts.among(documents));
        if (documents.isEmpty() && problems.isEmpty() && !files.isEmpty()) {
            problems.add(new Problem(files.getFirst(), 1, "", "holds no pool; a pool begins with `kind: WorkerPool`"));
        }
        return new PoolFileResult(
                files,
                documents.stream()
                        .filter(document -> problems.stream().noneMatch(document::holds))
                        .map(Document::found)
                        .toList(),
                problems.stream().sorted(Problem.ORDER).toList());
    }
}
