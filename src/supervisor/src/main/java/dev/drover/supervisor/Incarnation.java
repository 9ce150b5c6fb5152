package dev.drover.supervisor;

/// One process that fills a worker's place; timers, tokens and leases belong to it.
///
/// @param worker the place
/// @param number counted for each place, from 1
public record Incarnation(WorkerId worker, int number) {

    @Override
    public String toString() {
        return worker + "." + number;
    }
}
