package dev.drover.master.access;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// What a caller may do.
public enum Role {
    /// Call what only reads.
    VIEW,
    /// Call everything.
    ADMIN;

    /// `view`, `admin`.
    public static Optional<Role> of(String word) {
        return Arrays.stream(values()).filter(role -> role.word().equals(word)).findFirst();
    }

    /// As files and certificates have it.
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
