package dev.drover.supervisor.journal;

import java.time.Instant;
import java.util.Optional;

/// Something that happened, in the words of Kubernetes' Event. One that happens again is counted: it is the same event
/// where subject, reason and message are.
///
/// @param id its name: that of the first time it happened
/// @param sequence grows with everything that is recorded; that of the last time it happened
/// @param type whether people should look
/// @param subject what it happened to
/// @param reason what it was, for programs
/// @param message what it was, for people; at most [Journal#MAX_MESSAGE] characters
/// @param count how often it has happened, from 1
/// @param firstSeen when it happened first
/// @param lastSeen when it happened last
public record Event(
        long id,
        long sequence,
        Type type,
        Subject subject,
        Reason reason,
        String message,
        int count,
        Instant firstSeen,
        Instant lastSeen) {

    /// Whether people should look.
    public enum Type {
        /// All is as it should be.
        NORMAL,
        /// Something did not go as it should.
        WARNING
    }

    /// What something happened to.
    ///
    /// @param kind what it is
    /// @param name its name; of the master, `master`
    public record Subject(Kind kind, String name) {
        /// The master itself.
        public static final Subject MASTER = new Subject(Kind.MASTER, "master");

        /// A pool.
        public static Subject pool(String name) {
            return new Subject(Kind.POOL, name);
        }

        /// The pool that it is, or that it is of; empty: none.
        public Optional<String> pool() {
            return switch (kind) {
                case MASTER -> Optional.empty();
                case POOL -> Optional.of(name);
                case WORKER -> Optional.of(name.substring(0, name.lastIndexOf('-')));
            };
        }
    }

    /// What events are about.
    public enum Kind {
        /// The master, or a program that embeds a supervisor.
        MASTER,
        /// A pool and its sockets.
        POOL,
        /// A worker, whichever its incarnation.
        WORKER
    }

    Event again(long nextSequence, Instant now) {
        return new Event(id, nextSequence, type, subject, reason, message, count + 1, firstSeen, now);
    }
}
