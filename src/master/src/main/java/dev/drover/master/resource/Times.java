package dev.drover.master.resource;

import com.google.protobuf.Timestamp;
import java.time.Instant;

/// Moments as protobuf has them.
public final class Times {
    private Times() {}

    /// The same moment.
    public static Timestamp timestamp(Instant time) {
        return Timestamp.newBuilder()
                .setSeconds(time.getEpochSecond())
                .setNanos(time.getNano())
                .build();
    }
}
