package dev.drover.session;

/// A message or request did not do what it should.
///
/// @param reason for programs
/// @param message for people, at most 1024 characters; what is longer is cut
public record Failure(FailureReason reason, String message) {
    private static final int MAX_MESSAGE = 1024;

    public Failure {
        message = message.length() > MAX_MESSAGE ? message.substring(0, MAX_MESSAGE) : message;
    }
}
