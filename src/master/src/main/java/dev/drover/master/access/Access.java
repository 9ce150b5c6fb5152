package dev.drover.master.access;

import java.util.Optional;

/// Who may steer a master on its control address.
///
/// @param tokens which token allows what
/// @param tls empty: it is not encrypted, and does not leave loopback
public record Access(Tokens tokens, Optional<ServerTls> tls) {}
