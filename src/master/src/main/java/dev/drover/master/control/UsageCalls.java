package dev.drover.master.control;

import dev.drover.master.Controls;
import dev.drover.master.resource.UsageMessages;
import dev.drover.protocol.control.v1.ListUsageRequest;
import dev.drover.protocol.control.v1.ListUsageResponse;
import java.time.Duration;

/// The call that tells what processes use.
final class UsageCalls {
    /// As long as a reader of /proc may have to wait on a machine that is overloaded.
    private static final Duration BOUND = Duration.ofSeconds(10);

    private final Controls controls;

    UsageCalls(Controls controls) {
        this.controls = controls;
    }

    /// Any thread; waits for the loop and for the kernel.
    Reply<ListUsageResponse> list(ListUsageRequest request) {
        var measures = controls.measure(BOUND);
        if (!request.getPool().isEmpty()
                && measures.snapshot().pool(request.getPool()).isEmpty()) {
            return new Reply.Refused<>(new Refusal.NoSuchPool(request.getPool()));
        }
        var usages = measures.usages()
                .orElseThrow(() -> new IllegalStateException(
                        "the kernel has not told what processes use within " + BOUND.toSeconds() + " s"));
        return new Reply.Done<>(UsageMessages.of(measures, usages, request.getPool()));
    }
}
