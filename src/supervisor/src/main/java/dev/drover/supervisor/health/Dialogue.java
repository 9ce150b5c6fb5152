package dev.drover.supervisor.health;

import java.nio.ByteBuffer;
import java.util.Optional;

/// What is said over one connection to ask a worker. Belongs to one thread; what it holds of an answer is bounded.
interface Dialogue {
    /// Bytes of an answer that are looked at.
    int MAX_ANSWER_BYTES = 64 << 10;

    ProbeResult PASSED = new ProbeResult.Passed();

    /// To be sent once connected. Empty: being connected is the answer.
    byte[] question();

    /// More of the answer; empty while it is not complete.
    Optional<ProbeResult> received(ByteBuffer more);

    /// There is no more of it.
    ProbeResult ended();

    /// Whether a connection can be made, and nothing else.
    record Connected() implements Dialogue {
        @Override
        public byte[] question() {
            return new byte[0];
        }

        @Override
        public Optional<ProbeResult> received(ByteBuffer more) {
            return Optional.of(PASSED);
        }

        @Override
        public ProbeResult ended() {
            return PASSED;
        }
    }
}
