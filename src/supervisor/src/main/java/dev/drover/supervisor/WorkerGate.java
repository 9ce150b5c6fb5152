package dev.drover.supervisor;

import dev.drover.handoff.Gatekeeper;
import dev.drover.handoff.JoinRefusal;
import dev.drover.handoff.JoinRequest;
import dev.drover.handoff.Verdict;
import dev.drover.posix.PeerCredentials;
import dev.drover.session.SessionGate;
import dev.drover.session.SessionVerdict;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/// Whether those may come in who knock at the sockets of the run directory: at the one for handles with a token, at
/// the one for sessions with the ticket that was given for it.
///
/// @param loop decides; sessions are asked for on threads of their own
/// @param tickets those that are good
/// @param refusals where it is told who was turned away
/// @param pools finds a pool by its name, on the loop
record WorkerGate(Loop loop, Tickets tickets, RefusalLog refusals, Function<String, Optional<PoolRuntime>> pools)
        implements Gatekeeper, SessionGate {

    @Override
    public Verdict admit(JoinRequest request) {
        var refusal = new Verdict.Refused(JoinRefusal.NOT_EXPECTED, Services.NOT_EXPECTED);
        return WorkerId.parse(request.worker())
                .flatMap(id -> pools.apply(id.pool())
                        .map(pool -> pool.admit(request, new Incarnation(id, request.incarnation()))))
                .orElse(refusal);
    }

    @Override
    public void refused(String why, PeerCredentials peer) {
        refusals.join(peer.pid(), peer.uid(), why);
    }

    @Override
    public void hello(String ticket, int incarnation, Consumer<SessionVerdict> decision) {
        loop.post(() -> decision.accept(tickets.use(ticket, incarnation)));
    }

    @Override
    public void refused(String why) {
        refusals.session(why);
    }
}
