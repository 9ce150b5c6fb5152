package dev.drover.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.protobuf.ByteString;
import dev.drover.protocol.worker.v1.IdRange;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What applications say, as JSON, protobuf and text.
class PayloadTest {
    record Order(String dish, int count) {
        Order {
            if (count < 0) {
                throw new IllegalArgumentException("a count of " + count);
            }
        }
    }

    @Test
    void jsonComesBackAsItWas() {
        // given
        var order = new Order("soup \u20ac \uD83C\uDF5C", 2);

        // when
        var payload = Payload.json(order);

        // then
        assertThat(payload.contentType()).isEqualTo("application/json");
        assertThat(payload.json(Order.class)).isEqualTo(order);
        assertThat((Object) payload.json(Map.class)).isEqualTo(Map.of("dish", order.dish(), "count", 2.0));
    }

    @Test
    void jsonOfValuesAndLists() {
        // given
        var list = Payload.json(List.of(1, 2));

        // when
        var text = Payload.json("t");

        // then
        assertThat(list.text()).isEqualTo("[1,2]");
        assertThat(text.text()).isEqualTo("\"t\"");
        assertThat(text.json(String.class)).isEqualTo("t");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "{",
                "{dish:'soup'}",
                "{\"dish\":\"soup\"} more",
                "[]",
                "7",
                "{\"count\":\"many\"}",
                "{\"count\":-1}",
                "hello",
                "{\"count\":99999999999}"
            })
    void whatIsNoOrderIsRefused(String text) {
        // given
        var payload = Payload.text(text);

        // when
        var reading = assertThatIllegalArgumentException().isThrownBy(() -> payload.json(Order.class));

        // then
        reading.withMessageContaining("cannot read " + payload.size() + " bytes of text/plain");
    }

    @Test
    void deepJsonIsRefused() {
        // given
        var payload = Payload.text("[".repeat(500_000));

        // when
        var reading = assertThatIllegalArgumentException().isThrownBy(() -> payload.json(Object.class));

        // then
        reading.withMessageContaining("cannot read");
    }

    @Test
    void whatIsNoJsonCannotBeWritten() {
        // given
        var values = List.of(Double.NaN, Object.class, new Thread());

        // when
        var each = assertThat(values);

        // then
        each.allSatisfy(value -> assertThatIllegalArgumentException()
                .isThrownBy(() -> Payload.json(value))
                .withMessageContaining("cannot write a " + value.getClass().getName() + " as JSON"));
    }

    @Test
    void protobufComesBackAsItWas() {
        // given
        var range = IdRange.newBuilder().setFirst(1).setLast(9).build();

        // when
        var payload = Payload.protobuf(range);

        // then
        assertThat(payload.contentType()).isEqualTo("application/x-protobuf");
        assertThat(payload.protobuf(IdRange.parser())).isEqualTo(range);
    }

    @Test
    void whatIsNoProtobufIsRefused() {
        // given
        var payload = Payload.of(new byte[] {-1, -1});

        // when
        var reading = assertThatIllegalArgumentException().isThrownBy(() -> payload.protobuf(IdRange.parser()));

        // then
        reading.withMessageContaining("cannot read 2 bytes of application/octet-stream as protobuf");
    }

    @Test
    void bytesAreCopied() {
        // given
        var bytes = new byte[] {1};

        // when
        var payload = Payload.of(bytes);
        bytes[0] = 2;

        // then
        assertThat(payload.bytes()).isEqualTo(ByteString.copyFrom(new byte[] {1}));
        assertThat(payload.size()).isEqualTo(1);
    }

    @Test
    void bytesAreNotWrittenDown() {
        // when
        var payload = Payload.text("secret");

        // then
        assertThat(payload).hasToString("6 bytes of text/plain; charset=utf-8");
    }

    @Test
    void contentTypeIsBoundedAsItIsWritten() {
        // given
        var longest = new Payload("t".repeat(255), ByteString.EMPTY);

        // when
        var wide = assertThatIllegalArgumentException()
                .isThrownBy(() -> new Payload("\u20ac".repeat(86), ByteString.EMPTY));

        // then
        assertThat(longest.size()).isZero();
        wide.withMessageContaining("at most 255 bytes");
        assertThatIllegalArgumentException().isThrownBy(() -> new Payload("t".repeat(256), ByteString.EMPTY));
        assertThat(new Payload("\u20ac".repeat(85), ByteString.EMPTY).contentType())
                .hasSize(85);
    }
}
