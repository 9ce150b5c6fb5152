package dev.drover.master;

import dev.drover.supervisor.PoolSpec;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells when whoever stops the master (a kubelet, `podman stop`) would kill it before its pools had their grace. For
/// one thread.
final class PodGrace {
    private static final Logger LOG = LoggerFactory.getLogger(PodGrace.class);

    /// What the master takes after the grace: to kill and reap what is left, and to end itself.
    static final Duration OWN_END = Duration.ofSeconds(2);

    private final RunOptions options;
    private Optional<Shortage> told = Optional.empty();

    PodGrace(RunOptions options) {
        this.options = options;
    }

    /// What is missing.
    ///
    /// @param given between TERM and KILL
    /// @param needed for the lame-duck time, the grace and the end
    /// @param why whose grace it is
    record Shortage(Duration given, Duration needed, String why) {}

    /// Warns once for each shortage.
    void look(Collection<PoolSpec> pools) {
        var shortage = shortage(options, pools);
        if (!shortage.equals(told)) {
            told = shortage;
            shortage.ifPresent(PodGrace::warn);
        }
    }

    static Optional<Shortage> shortage(RunOptions options, Collection<PoolSpec> pools) {
        var longest = pools.stream().max(Comparator.comparing(PoolSpec::terminationGrace));
        if (options.podGrace().isEmpty() || longest.isEmpty()) {
            return Optional.empty();
        }
        var given = options.podGrace().get();
        var grace = options.grace().orElse(longest.get().terminationGrace());
        var needed = options.lameDuck().plus(grace).plus(OWN_END);
        var why = options.grace().isPresent()
                ? "--grace"
                : "pool " + longest.get().name();
        return needed.compareTo(given) > 0 ? Optional.of(new Shortage(given, needed, why)) : Optional.empty();
    }

    private static void warn(Shortage shortage) {
        LOG.warn(
                "Grace of the Pod too short given={}s needed={}s because={}: raise the Pod's "
                        + "terminationGracePeriodSeconds and DROVER_POD_GRACE_SECONDS, or lower the pool's grace",
                shortage.given().toSeconds(),
                shortage.needed().toSeconds(),
                shortage.why());
    }
}
