package dev.drover.master.resource;

import com.google.protobuf.Timestamp;
import java.time.Duration;
import java.time.Instant;

/// Moments and spans of time as protobuf has them.
public final class Times {
    private Times() {}

    /// The same moment.
    public static Timestamp timestamp(Instant time) {
        return Timestamp.newBuilder()
                .setSeconds(time.getEpochSecond())
                .setNanos(time.getNano())
                .build();
    }

    /// The same span of time.
    static com.google.protobuf.Duration duration(Duration time) {
        return com.google.protobuf.Duration.newBuilder()
                .setSeconds(time.toSeconds())
                .setNanos(time.toNanosPart())
                .build();
    }
}
