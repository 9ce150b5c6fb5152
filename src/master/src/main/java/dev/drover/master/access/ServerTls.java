package dev.drover.master.access;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Optional;

/// With what the control address proves who it is, and who may prove so to it. PEM files, read again when they change.
///
/// @param certificate its own, then those between it and its authority
/// @param key of the first of them, PKCS #8, not encrypted
/// @param clientCa authorities whose certificates clients may present; empty: none may
public record ServerTls(Path certificate, Path key, Optional<Path> clientCa) {
    /// Largest file that is looked at.
    private static final int MAX_BYTES = 1 << 20;

    /// @throws IllegalArgumentException where a file cannot be used, with the flag that names it
    public void check() {
        checkCertificates("--tls-certificate", certificate);
        checkKey();
        clientCa.ifPresent(file -> checkCertificates("--tls-client-ca", file));
    }

    private static void checkCertificates(String flag, Path file) {
        var text = text(flag, file);
        try (InputStream in = new java.io.ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8))) {
            if (CertificateFactory.getInstance("X.509").generateCertificates(in).isEmpty()) {
                throw new IllegalArgumentException(flag + ": " + file + " holds no certificate in PEM form");
            }
        } catch (CertificateException | IOException broken) {
            throw new IllegalArgumentException(
                    flag + ": " + file + " holds no certificate in PEM form: " + broken.getMessage(), broken);
        }
    }

    private void checkKey() {
        var text = text("--tls-key", key);
        if (text.contains("ENCRYPTED")) {
            throw new IllegalArgumentException(
                    "--tls-key: " + key + " is encrypted; decrypt it with 'openssl pkcs8 -in KEY -out KEY.pem'");
        }
        if (!text.contains("-----BEGIN PRIVATE KEY-----")) {
            throw new IllegalArgumentException("--tls-key: " + key
                    + " holds no private key in PKCS #8 form; make it so with 'openssl pkcs8 -topk8 -nocrypt -in KEY"
                    + " -out KEY.pem'");
        }
    }

    private static String text(String flag, Path file) {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new IllegalArgumentException(flag + ": " + file + " is larger than " + MAX_BYTES + " bytes");
            }
            return Files.readString(file);
        } catch (IOException failure) {
            throw new IllegalArgumentException(flag + ": cannot read " + file + ": " + failure, failure);
        }
    }
}
