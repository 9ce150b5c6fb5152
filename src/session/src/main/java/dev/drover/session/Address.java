package dev.drover.session;

/// Whom a message is for, or from whom it is.
public sealed interface Address {
    /// The longest name of a worker, a pool or a program, in characters.
    int MAX_NAME = 253;

    /// The parent of the workers: the program that embeds the supervisor, and those that subscribed through the
    /// control API.
    record Parent() implements Address {
        private static final Parent ONLY = new Parent();

        @Override
        public String toString() {
            return "parent";
        }
    }

    /// A worker: the incarnation of it that is ready, or else its newest one with a session.
    ///
    /// @param name `web-0`
    record Worker(String name) implements Address {
        public Worker {
            check(name, "worker");
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /// Every worker of a pool. Only for messages.
    ///
    /// @param name `web`
    record Pool(String name) implements Address {
        public Pool {
            check(name, "pool");
        }

        @Override
        public String toString() {
            return "pool/" + name;
        }
    }

    /// A program that subscribed through the control API.
    ///
    /// @param name the one it gave itself
    record Program(String name) implements Address {
        public Program {
            check(name, "program");
        }

        @Override
        public String toString() {
            return "program/" + name;
        }
    }

    /// The parent.
    static Address parent() {
        return Parent.ONLY;
    }

    /// A worker, `web-0`.
    static Address worker(String name) {
        return new Worker(name);
    }

    /// A pool, `web`.
    static Address pool(String name) {
        return new Pool(name);
    }

    /// A program.
    static Address program(String name) {
        return new Program(name);
    }

    /// Reads what [Object#toString] of an address writes: `parent`, `pool/web`, `program/deployer`, or the name of
    /// a worker.
    ///
    /// @throws IllegalArgumentException when it is none
    static Address parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            return text.equals("parent") ? parent() : worker(text);
        }
        var name = text.substring(slash + 1);
        return switch (text.substring(0, slash)) {
            case "pool" -> pool(name);
            case "worker" -> worker(name);
            case "program" -> program(name);
            default ->
                throw new IllegalArgumentException("cannot address '" + shown(text)
                        + "': expected a worker (web-0), pool/NAME, program/NAME or parent");
        };
    }

    /// A name may be as long as a message; what tells of it is not.
    private static String shown(String text) {
        int mostShown = 64;
        return text.length() > mostShown ? text.substring(0, mostShown) + "..." : text;
    }

    private static void check(String name, String what) {
        if (name.isEmpty() || name.length() > MAX_NAME) {
            throw new IllegalArgumentException("cannot address " + what + " '" + shown(name) + "': a name of 1 to "
                    + MAX_NAME + " characters is wanted");
        }
    }
}
