package dev.drover.session;

/// A peer broke the contract of `session.proto`: its session ends.
final class SessionViolation extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean overLimit;

    private SessionViolation(String why, boolean overLimit) {
        super(why);
        this.overLimit = overLimit;
    }

    static SessionViolation malformed(String why) {
        return new SessionViolation(why, false);
    }

    static SessionViolation overLimit(String why) {
        return new SessionViolation(why, true);
    }

    /// For people.
    String why() {
        return String.valueOf(getMessage());
    }

    /// Whether a bound was not kept, rather than the form.
    boolean isOverLimit() {
        return overLimit;
    }
}
