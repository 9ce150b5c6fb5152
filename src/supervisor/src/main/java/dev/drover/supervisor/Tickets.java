package dev.drover.supervisor;

import dev.drover.session.SessionVerdict;
import java.util.HashMap;
import java.util.Map;

/// The tickets given to workers with their listeners, each good for one session of one incarnation. Belongs to the
/// loop.
///
/// Bounded by the incarnations alive: a ticket ends with its worker.
final class Tickets {
    private record Holder(int incarnation, SessionVerdict.Admitted admitted) {}

    private final Map<String, Holder> holders = new HashMap<>();

    /// @param ticket unguessable, and never given before
    void issue(String ticket, SessionVerdict.Admitted admitted) {
        holders.put(ticket, new Holder(admitted.incarnation(), admitted));
    }

    /// Uses a ticket up, unless somebody else than its incarnation shows it.
    SessionVerdict use(String ticket, int incarnation) {
        var holder = holders.get(ticket);
        if (holder == null || holder.incarnation() != incarnation) {
            return new SessionVerdict.Refused();
        }
        holders.remove(ticket);
        return holder.admitted();
    }

    void withdraw(String ticket) {
        holders.remove(ticket);
    }
}
