package dev.drover.handoff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.posix.PeerCredentials;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AdmissionTest {
    private static final int USER = 1000;
    private static final long GROUP = 4711;
    private static final String TOKEN = "a-token";

    private final Admission admission = new Admission(USER, GROUP, TOKEN);

    private static JoinRequest request(String token, int uid) {
        return new JoinRequest("web-0", 1, token, new PeerCredentials(4712, uid, 1000));
    }

    private static Optional<JoinRefusal> reason(Optional<Verdict.Refused> refused) {
        return refused.map(Verdict.Refused::reason);
    }

    @Test
    void expectedPeerMayJoin() {
        assertThat(admission.check(request(TOKEN, USER), GROUP)).isEmpty();
    }

    @Test
    void tokenIsGoodForOneJoin() {
        // given
        assertThat(admission.check(request(TOKEN, USER), GROUP)).isEmpty();

        // when
        var second = admission.check(request(TOKEN, USER), GROUP);

        // then
        assertThat(reason(second)).contains(JoinRefusal.NOT_EXPECTED);
    }

    @Test
    void wrongTokensAreNotExpected() {
        for (var wrong : new String[] {"a-toke", "a-tokens", "A-token", "", "b-token"}) {
            assertThat(reason(admission.check(request(wrong, USER), GROUP)))
                    .as(wrong)
                    .contains(JoinRefusal.NOT_EXPECTED);
        }
    }

    @Test
    void otherUserIsTheWrongPeer() {
        assertThat(reason(admission.check(request(TOKEN, USER + 1), GROUP))).contains(JoinRefusal.WRONG_PEER);
    }

    @Test
    void otherProcessGroupIsTheWrongPeer() {
        assertThat(reason(admission.check(request(TOKEN, USER), GROUP + 1))).contains(JoinRefusal.WRONG_PEER);
        assertThat(reason(admission.check(request(TOKEN, USER), 0))).contains(JoinRefusal.WRONG_PEER);
    }

    @Test
    void whoDoesNotKnowTheTokenIsNotToldOfThePeerExpected() {
        assertThat(reason(admission.check(request("wrong", USER + 1), GROUP + 1)))
                .contains(JoinRefusal.NOT_EXPECTED);
    }

    @Test
    void refusalLeavesTheTokenToTheRightPeer() {
        // given
        assertThat(admission.check(request("wrong", USER), GROUP)).isPresent();
        assertThat(admission.check(request(TOKEN, USER + 1), GROUP)).isPresent();
        assertThat(admission.check(request(TOKEN, USER), GROUP + 1)).isPresent();

        // when
        var right = admission.check(request(TOKEN, USER), GROUP);

        // then
        assertThat(right).isEmpty();
    }

    @Test
    void secretsAreNotPrinted() {
        var admitted = new Verdict.Admitted(
                "web", "a-ticket", 1, java.util.List.of(), java.util.List.of(), new SilentEvents());

        assertThat(request(TOKEN, USER).toString()).doesNotContain(TOKEN);
        assertThat(admitted.toString()).doesNotContain("a-ticket");
        assertThat(new Joined("web", "a-ticket", 1, java.util.List.of(), java.util.List.of()).toString())
                .doesNotContain("a-ticket");
    }

    @Test
    void emptyTokenIsABug() {
        assertThatThrownBy(() -> new Admission(USER, GROUP, "")).isInstanceOf(IllegalArgumentException.class);
    }

    private record SilentEvents() implements PeerEvents {
        @Override
        public void joined(HandlePeer peer) {}

        @Override
        public void acknowledged(long transferId) {}

        @Override
        public void refused(long transferId, String message) {}

        @Override
        public void ready() {}

        @Override
        public void draining() {}

        @Override
        public void connectionsEnded(int count) {}

        @Override
        public void closed(String why) {}
    }
}
