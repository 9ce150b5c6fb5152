package dev.drover.posix;

/// The family of a socket's address.
public enum AddressFamily {
    /// IPv4 only.
    IPV4,

    /// IPv6; on the wildcard address also IPv4 (dual-stack).
    IPV6,

    /// A path in the file system.
    UNIX;

    static AddressFamily of(int domain) {
        return switch (domain) {
            case SysSocket.AF_INET -> IPV4;
            case SysSocket.AF_INET6 -> IPV6;
            case SysSocket.AF_UNIX -> UNIX;
            default -> throw new IllegalArgumentException("cannot use a socket of address family " + domain);
        };
    }
}
