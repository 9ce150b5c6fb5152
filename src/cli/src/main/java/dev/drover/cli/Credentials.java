package dev.drover.cli;

import com.google.common.base.Throwables;
import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/// The options that say whom to trust and how to prove who one is, on an address that leaves this machine.
final class Credentials {

    @Option(
            names = "--tls-ca",
            paramLabel = "FILE",
            scope = ScopeType.INHERIT,
            description = {
                "Authorities that the master's certificate may come from, PEM, for https://HOST:PORT.",
                "Default: DROVER_TLS_CA, else those that Java knows."
            })
    private Optional<Path> ca = Optional.empty();

    @Option(
            names = "--tls-certificate",
            paramLabel = "FILE",
            scope = ScopeType.INHERIT,
            description = "Certificate to present to the master, PEM. Default: DROVER_TLS_CERTIFICATE.")
    private Optional<Path> certificate = Optional.empty();

    @Option(
            names = "--tls-key",
            paramLabel = "FILE",
            scope = ScopeType.INHERIT,
            description = "Its private key, PKCS #8, PEM. Default: DROVER_TLS_KEY.")
    private Optional<Path> key = Optional.empty();

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            scope = ScopeType.INHERIT,
            description = {
                "File that holds the token to present, and nothing else.",
                "Default: DROVER_TOKEN_FILE, else on this machine control/token in the run directory."
            })
    private Optional<Path> tokenFile = Optional.empty();

    /// The token the user names; empty: none is named.
    Optional<String> token(Map<String, String> environment) {
        return or(tokenFile, environment, "DROVER_TOKEN_FILE").map(file -> {
            try {
                return Files.readString(file).strip();
            } catch (IOException failure) {
                throw new CliException(ExitCode.USAGE, "cannot read the token file " + file + ": " + failure);
            }
        });
    }

    /// How to speak TLS.
    SslContext tls(Map<String, String> environment) {
        var ownCertificate = or(certificate, environment, "DROVER_TLS_CERTIFICATE");
        var ownKey = or(key, environment, "DROVER_TLS_KEY");
        if (ownCertificate.isPresent() != ownKey.isPresent()) {
            throw new CliException(
                    ExitCode.USAGE, "--tls-certificate and --tls-key belong together: one of them is missing");
        }
        try {
            var context = GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.JDK);
            or(ca, environment, "DROVER_TLS_CA").ifPresent(file -> context.trustManager(file.toFile()));
            ownCertificate.ifPresent(file ->
                    context.keyManager(file.toFile(), ownKey.orElseThrow().toFile()));
            return context.build();
        } catch (IOException | IllegalArgumentException broken) {
            throw new CliException(ExitCode.USAGE, "cannot use the files of TLS: " + words(broken));
        }
    }

    /// The file is named by the outer message, what is wrong by the innermost.
    private static String words(Exception broken) {
        return broken.getCause() == null
                ? String.valueOf(broken.getMessage())
                : broken.getMessage() + ": " + Throwables.getRootCause(broken).getMessage();
    }

    private static Optional<Path> or(Optional<Path> given, Map<String, String> environment, String variable) {
        return given.or(() -> Optional.ofNullable(environment.get(variable))
                .filter(text -> !text.isEmpty())
                .map(Path::of));
    }
}
