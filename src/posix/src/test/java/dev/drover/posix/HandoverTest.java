package dev.drover.posix;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.posix.fixtures.NoLeaks;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Hands descriptors over again and again; [NoLeaks] sees to it that none stays.
@ExtendWith(NoLeaks.class)
class HandoverTest {
    private static final int PAYLOAD = 200;

    @Test
    void twentyThousandHandoversLeaveNothingOpen() {
        // when
        int delivered = handOver(20_000);

        // then
        assertThat(delivered).isEqualTo(20_000);
    }

    @Test
    @Tag("slow")
    void oneMillionHandoversLeaveNothingOpen() {
        // when
        int delivered = handOver(1_000_000);

        // then
        assertThat(delivered).isEqualTo(1_000_000);
    }

    /// Every third message is one the receiver refuses, with more descriptors than it allows.
    private static int handOver(int count) {
        int delivered = 0;
        var out = ByteBuffer.allocateDirect(PAYLOAD);
        var in = ByteBuffer.allocateDirect(PAYLOAD);
        try (var pair = UnixSocket.pair(UnixSocket.Type.SEQPACKET);
                var pipe = Pipe.open()) {
            var one = List.of(pipe.readEnd());
            var two = List.of(pipe.readEnd(), pipe.writeEnd());
            for (int i = 0; delivered < count; i++) {
                pair.first().send(out.clear(), i % 3 == 2 ? two : one);
                if (pair.second().receive(in.clear(), 1) instanceof Received.Message(int _, var descriptors)) {
                    descriptors.forEach(Fd::close);
                    delivered++;
                }
            }
        }
        return delivered;
    }
}
