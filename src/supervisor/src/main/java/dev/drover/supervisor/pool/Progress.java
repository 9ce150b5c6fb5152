package dev.drover.supervisor.pool;

import java.util.ArrayList;
import java.util.List;

/// How far the workers of a pool have come with the wanted revision, seen at one moment.
///
/// @param state the pool
/// @param nowNanos the moment
record Progress(PoolState state, long nowNanos) {

    /// Workers named in a failure's message: it must stay readable with a thousand.
    private static final int MAX_NAMED = 3;

    /// Whether every wanted worker is of the wanted revision and available, and nobody else is to serve. Where places
    /// are filled once: whether each has been, and nobody is on the way.
    boolean isComplete() {
        return Aims.of(state).target() == state.revision()
                && state.wantedPlaces().stream().allMatch(this::isComplete);
    }

    private boolean isComplete(Place place) {
        return state.replaces() ? isUpdated(place) : isFilled(place);
    }

    /// What has ended is as it must be where nobody is replaced.
    private boolean isFilled(Place place) {
        return place.lastNumber() > 0 && !place.has(member -> member.wanted() && !isAvailable(member));
    }

    private boolean isUpdated(Place place) {
        return place.has(this::isUpdated) && !place.has(member -> member.wanted() && !isOfWanted(member));
    }

    /// Whether a worker of the wanted revision is on its way somewhere, or was and is to be tried again. One that
    /// leaves before the first was available in its place is such a one; one that has served and leaves is not.
    boolean isTrying() {
        return state.wantedPlaces().stream().anyMatch(this::isTrying);
    }

    private boolean isTrying(Place place) {
        int wanted = state.revision();
        return !place.has(this::isUpdated)
                && (place.backingOff(wanted)
                        || place.has(member -> isOfWanted(member) && (member.wanted() || place.arrived() != wanted)));
    }

    /// What became of the workers of the wanted revision, in a few sentences.
    String whatWasSeen() {
        var waiting = new ArrayList<String>();
        int updated = 0;
        for (var place : state.wantedPlaces()) {
            updated += place.has(this::isUpdated) ? 1 : 0;
            place.members().stream()
                    .filter(member -> isOfWanted(member) && member.wanted() && !isAvailable(member))
                    .forEach(member -> waiting.add(name(place.ordinal(), member)));
        }
        var spec = state.spec();
        var text = "No worker of revision " + state.revision() + " became available for "
                + spec.progressDeadline().toSeconds() + " s; " + updated + " of " + spec.replicas() + " are.";
        return text + failures() + notReady(waiting);
    }

    private String failures() {
        return state.rollout() instanceof Rollout.Progressing progressing
                        && progressing.seen().failures() > 0
                ? " Failed: " + progressing.seen().failures() + ", the last: "
                        + progressing.seen().last() + "."
                : "";
    }

    private static String notReady(List<String> waiting) {
        if (waiting.isEmpty()) {
            return "";
        }
        int more = waiting.size() - MAX_NAMED;
        var named = String.join(", ", waiting.subList(0, Math.min(MAX_NAMED, waiting.size())));
        return " Not ready: " + named + (more > 0 ? " and " + more + " more." : ".");
    }

    /// An incarnation as people name it: `web-0.3`.
    String name(int ordinal, Member member) {
        return state.spec().name() + "-" + ordinal + "." + member.number();
    }

    boolean isAvailable(Member member) {
        return member.availableAt(nowNanos, state.spec().minReady().toNanos());
    }

    private boolean isUpdated(Member member) {
        return isOfWanted(member) && isAvailable(member);
    }

    private boolean isOfWanted(Member member) {
        return member.revision() == state.revision();
    }
}
