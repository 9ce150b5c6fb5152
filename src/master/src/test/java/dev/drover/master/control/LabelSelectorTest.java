package dev.drover.master.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LabelSelectorTest {
    private static final Map<String, String> LABELS =
            Map.of("tier", "front", "app.kubernetes.io/name", "shop", "empty", "");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                                        | true",
                "tier                                      | true",
                "!tier                                     | false",
                "canary                                    | false",
                "!canary                                   | true",
                "! canary                                  | true",
                "tier=front                                | true",
                "tier==front                               | true",
                "tier = front                              | true",
                "tier=back                                 | false",
                "tier!=back                                | true",
                "canary!=yes                               | true",
                "canary=                                   | false",
                "empty=                                    | true",
                "tier in (front,back)                      | true",
                "tier in ( back , front )                  | true",
                "tier in (back)                            | false",
                "tier notin (back)                         | true",
                "tier notin (front,back)                   | false",
                "canary notin (yes)                        | true",
                "tier in (front,back),!canary              | true",
                "tier=front, app.kubernetes.io/name=shop   | true",
                "tier=front,app.kubernetes.io/name=other   | false"
            })
    void labelsFitAsKubernetesHasIt(String selector, boolean fits) throws CallRefused {
        assertThat(LabelSelector.parse(selector).fits(LABELS)).isEqualTo(fits);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ",",
                "tier=front,",
                "=front",
                "tier=a=b",
                "tier in",
                "tier in front",
                "tier in (a",
                "tier in (a;b)",
                "tier like a",
                "!tier=front",
                "-tier",
                "tier=-front",
                "tier in (a) (b)"
            })
    void whatCannotBeReadIsRefusedWithWhatIsAllowed(String selector) {
        assertThatThrownBy(() -> LabelSelector.parse(selector))
                .isInstanceOfSatisfying(
                        CallRefused.class,
                        refused -> assertThat(
                                        Refusals.statusOf(refused.refusal()).getMessage())
                                .startsWith("labelSelector is not allowed: cannot read '")
                                .contains("write KEY=VALUE"));
    }

    @Test
    void aSelectorBeyondTheBoundIsRefused() {
        assertThatThrownBy(() -> LabelSelector.parse("a".repeat(LabelSelector.MAX_LENGTH + 1)))
                .isInstanceOf(CallRefused.class);
    }

    @Test
    void hostileTextCostsNoTime() throws CallRefused {
        // when
        var selector = LabelSelector.parse("a" + "-".repeat(LabelSelector.MAX_LENGTH - 2) + "a");

        // then
        assertThat(selector.fits(LABELS)).isFalse();
    }
}
