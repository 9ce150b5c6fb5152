package dev.drover.cli;

/// Names of pools as users write them: `web` or `pool/web`.
final class PoolName {

    private PoolName() {}

    /// @param purpose what is to be done, `scale`
    static String parse(String purpose, String text) {
        int slash = text.indexOf('/');
        String kind = slash < 0 ? "pool" : text.substring(0, slash);
        String name = text.substring(slash + 1);
        if (name.isEmpty() || !isKind(kind)) {
            throw new CliException(
                    ExitCode.USAGE,
                    "cannot " + purpose + " '" + text
                            + "': write a pool, as in web or pool/web; 'drover get pools' shows the pools");
        }
        return name;
    }

    /// Whether the word says that a pool is meant.
    static boolean isKind(String word) {
        return word.equals("pool") || word.equals("pools");
    }
}
