package dev.drover.master.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.master.control.ChangeLog.Change;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ChangeLogTest {
    private static final long FIRST = 1_000;

    /// Known by what stands before the `:`; what stands after a `#` is no change.
    private final ChangeLog<String> log =
            new ChangeLog<>(item -> item.replaceAll(":.*", ""), item -> item.replaceAll("#.*", ""), FIRST);

    private static Change<String> added(long sequence, String item) {
        return new Change<>(sequence, Optional.empty(), Optional.of(item));
    }

    @Test
    void whatIsThereAtTheFirstLookIsEverything() {
        // when
        log.look(List.of("b:1", "a:1"));

        // then
        assertThat(log.everything().items()).containsExactly("b:1", "a:1");
        assertThat(log.everything().last()).isEqualTo(FIRST + 2);
        assertThat(log.after(FIRST)).contains(List.of(added(FIRST + 1, "b:1"), added(FIRST + 2, "a:1")));
        assertThat(log.after(FIRST + 2)).contains(List.of());
    }

    @Test
    void aChangeTellsWhatWasAndWhatIs() {
        // given
        log.look(List.of("a:1", "b:1"));
        long read = log.everything().last();

        // when
        log.look(List.of("b:2", "c:1"));

        // then
        assertThat(log.after(read))
                .contains(List.of(
                        new Change<>(read + 1, Optional.of("a:1"), Optional.empty()),
                        new Change<>(read + 2, Optional.of("b:1"), Optional.of("b:2")),
                        added(read + 3, "c:1")));
    }

    @Test
    void whatIsNoChangeIsToldWithTheNextOne() {
        // given
        log.look(List.of("a:1#x"));
        long read = log.everything().last();

        // when
        log.look(List.of("a:1#y"));

        // then
        assertThat(log.after(read)).contains(List.of());
        assertThat(log.everything().items()).containsExactly("a:1#y");

        // when
        log.look(List.of("a:2#z"));

        // then
        assertThat(log.after(read))
                .contains(List.of(new Change<>(read + 1, Optional.of("a:1#y"), Optional.of("a:2#z"))));
    }

    @Test
    void whoIsTooFarBehindOrOfAnotherLogIsToldSo() {
        // given
        log.look(IntStream.rangeClosed(0, ChangeLog.MAX_CHANGES)
                .mapToObj(i -> i + ":1")
                .toList());

        // then
        assertThat(log.after(FIRST)).isEmpty();
        assertThat(log.after(FIRST + 1))
                .hasValueSatisfying(all -> assertThat(all).hasSize(ChangeLog.MAX_CHANGES));
        assertThat(log.after(FIRST + ChangeLog.MAX_CHANGES + 2)).isEmpty();
        assertThat(log.after(0)).isEmpty();
    }
}
