package dev.drover.master.access;

import java.security.cert.X509Certificate;
import java.util.Comparator;
import java.util.Optional;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;

/// What a client's certificate allows: its subject has the organization `drover:admin` or `drover:view`, as Kubernetes
/// takes an organization for a group. The handshake has found it valid before.
public final class CertificateRole {
    private static final String PREFIX = "drover:";

    private CertificateRole() {}

    /// The highest of them; empty: nothing.
    public static Optional<Role> of(X509Certificate certificate) {
        try {
            return new LdapName(certificate.getSubjectX500Principal().getName())
                    .getRdns().stream()
                            .filter(part -> part.getType().equalsIgnoreCase("O"))
                            .map(Rdn::getValue)
                            .map(Object::toString)
                            .filter(organization -> organization.startsWith(PREFIX))
                            .flatMap(organization -> Role.of(organization.substring(PREFIX.length())).stream())
                            .max(Comparator.naturalOrder());
        } catch (InvalidNameException _) {
            return Optional.empty();
        }
    }
}
