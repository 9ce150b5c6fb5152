package dev.drover.poolfile;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.JsonFormat;
import dev.drover.protocol.control.v1.Session;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Messages as maps, where proto JSON has a form of its own for them.
class TreesTest {
    @ParameterizedTest
    @CsvSource({"0, 1000, 0.000001s", "3, 0, 3s", "61, 500000000, 61.5s", "-1, -250000000, -1.25s", "100, 0, 100s"})
    void timesAreWrittenAsProtoJsonReadsThem(long seconds, int nanos, String text) throws Exception {
        // given
        var session = Session.newBuilder()
                .setLastHeartbeatAt(
                        Timestamp.newBuilder().setSeconds(1_700_000_000).setNanos(5_000_000))
                .setRoundTrip(Duration.newBuilder().setSeconds(seconds).setNanos(nanos))
                .build();

        // when
        var tree = Trees.of(session);

        // then
        assertThat(tree).containsEntry("roundTrip", text);
        var read = Session.newBuilder();
        JsonFormat.parser().merge(Trees.toJson(tree), read);
        assertThat(read.build()).isEqualTo(session);
    }
}
