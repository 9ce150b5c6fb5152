package dev.drover.master;

import dev.drover.master.access.ServerTls;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/// The flags of `drover run` that say who may steer the master on its control address.
final class AccessFlags {
    @Option(
            names = "--tls-certificate",
            paramLabel = "FILE",
            description = "Certificate of the control address, PEM, with those between it and its authority: it then "
                    + "takes only HTTPS, and everybody needs a token or a certificate. Read again when it changes.")
    private Optional<Path> certificate = Optional.empty();

    @Option(names = "--tls-key", paramLabel = "FILE", description = "Its private key, PKCS #8, PEM, not encrypted.")
    private Optional<Path> key = Optional.empty();

    @Option(
            names = "--tls-client-ca",
            paramLabel = "FILE",
            description = "Authorities of client certificates, PEM. The organization of a certificate's subject says "
                    + "what it allows: drover:view to read, drover:admin everything.")
    private Optional<Path> clientCa = Optional.empty();

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description = "Tokens for the control address besides that of the run directory, on each line a role "
                    + "(view or admin) and a token. Read again when it changes.")
    private Optional<Path> tokenFile = Optional.empty();

    /// @throws IllegalArgumentException with the flag and what is allowed
    void check(Optional<ListenAddress> control) {
        check(
                certificate.isPresent() == key.isPresent(),
                "--tls-certificate and --tls-key belong together: one of them is missing");
        check(
                clientCa.isEmpty() || certificate.isPresent(),
                "--tls-client-ca needs --tls-certificate and --tls-key: only they make clients present theirs");
        var beyond = control.filter(address -> !address.host().isLoopbackAddress());
        check(
                beyond.isEmpty() || certificate.isPresent(),
                "--control-address: " + beyond.map(ListenAddress::toString).orElse("")
                        + " leaves loopback, which needs --tls-certificate and --tls-key; use 127.0.0.1:PORT,"
                        + " [::1]:PORT or 'off' otherwise");
        check(
                beyond.isEmpty() || clientCa.isPresent() || tokenFile.isPresent(),
                "--control-address: " + beyond.map(ListenAddress::toString).orElse("")
                        + " leaves loopback, where nobody could prove who they are: give --token-file or"
                        + " --tls-client-ca");
        tls().ifPresent(ServerTls::check);
    }

    Optional<ServerTls> tls() {
        return certificate.flatMap(file -> key.map(its -> new ServerTls(file, its, clientCa)));
    }

    Optional<Path> tokenFile() {
        return tokenFile;
    }

    private static void check(boolean holds, String problem) {
        if (!holds) {
            throw new IllegalArgumentException(problem);
        }
    }
}
