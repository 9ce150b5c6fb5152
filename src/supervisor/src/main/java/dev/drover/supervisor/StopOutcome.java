package dev.drover.supervisor;

/// How a stop went.
///
/// @param killed workers that had to be killed
/// @param cut connections that were still waiting in a queue when it was closed
public record StopOutcome(int killed, int cut) {

    /// Whether every worker left by itself and nobody was cut off.
    public boolean graceful() {
        return killed == 0 && cut == 0;
    }
}
