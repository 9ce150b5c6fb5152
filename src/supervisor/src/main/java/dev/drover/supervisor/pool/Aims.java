package dev.drover.supervisor.pool;

/// Which revision goes where.
///
/// A place comes to `target`. Until a worker of that revision was available in it, or it was given to it, a crash in
/// it is repaired from the revision that is known to work: what a rollout brings is never what capacity depends on.
///
/// @param revisions of the pool
/// @param rollout of the wanted one
/// @param wanted number of the wanted revision
/// @param target number of the revision every place is to come to: the wanted one, or the good one when that has failed
record Aims(Revisions revisions, Rollout rollout, int wanted, int target) {

    static Aims of(PoolState state) {
        var revisions = state.revisions();
        int wanted = revisions.current().number();
        boolean failed = state.rollout().held() instanceof Rollout.Failed;
        int target = failed && revisions.good() > 0 ? revisions.good() : wanted;
        return new Aims(revisions, state.rollout(), wanted, target);
    }

    /// The revision a place is filled from when it is empty.
    int repair(Place place) {
        return switch (rollout.held()) {
            case Rollout.Complete _ -> wanted;
            case Rollout.Failed _ -> knownToWork(place);
            case Rollout.Progressing progressing when progressing.fresh() -> wanted;
            case Rollout.Progressing _ when rollout.paused() && revisions.knows(place.revision()) -> place.revision();
            case Rollout.Progressing _ -> place.revision() == wanted ? wanted : knownToWork(place);
            case Rollout.Paused _ -> throw new AssertionError("a rollout is paused twice");
        };
    }

    /// Where no revision ever was complete, what has served in the place is the best there is.
    private int knownToWork(Place place) {
        if (revisions.good() > 0) {
            return revisions.good();
        }
        return revisions.knows(place.revision()) ? place.revision() : wanted;
    }

    /// The revision a worker of the place is replaced from: while the rollout is paused, its own.
    int successor(Place place) {
        if (!rollout.paused()) {
            return target;
        }
        return place.current()
                .filter(member -> member.ready() && revisions.knows(member.revision()))
                .map(Member::revision)
                .orElseGet(() -> repair(place));
    }

    /// Whether nobody is to take the member's place. While the rollout is paused any revision will do.
    boolean isWhatIsWanted(Place place, Member member) {
        boolean right = rollout.paused() || member.revision() == target;
        return member.wanted() && right && member.epoch() == place.epoch();
    }
}
