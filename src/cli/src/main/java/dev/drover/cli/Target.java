package dev.drover.cli;

import dev.drover.protocol.worker.v1.Address;

/// Whom a message is for, as users write it and as the master takes it.
///
/// @param text `web-0`, `pool/web`, `program/deployer`
/// @param address the same
record Target(String text, Address address) {

    static Target parse(String text) {
        int slash = text.indexOf('/');
        String kind = slash < 0 ? "worker" : text.substring(0, slash);
        String name = text.substring(slash + 1);
        if (name.isEmpty() || (slash < 0 && name.equals("parent"))) {
            throw unknown(text);
        }
        var address = Address.newBuilder();
        return switch (kind) {
            case "worker" -> new Target(name, address.setWorker(name).build());
            case "pool" -> new Target(text, address.setPool(name).build());
            case "program" -> new Target(text, address.setProgram(name).build());
            default -> throw unknown(text);
        };
    }

    private static CliException unknown(String text) {
        return new CliException(
                ExitCode.USAGE,
                "cannot send to '" + text + "': write a worker (web-0), pool/NAME or program/NAME; 'drover get workers'"
                        + " shows the workers");
    }

    boolean isPool() {
        return address.hasPool();
    }

    /// A sender as users write it: `web-0`, `program/deployer`.
    static String textOf(Address address) {
        return switch (address.getKindCase()) {
            case WORKER -> address.getWorker();
            case POOL -> "pool/" + address.getPool();
            case PROGRAM -> "program/" + address.getProgram();
            case KIND_NOT_SET -> "parent";
        };
    }
}
