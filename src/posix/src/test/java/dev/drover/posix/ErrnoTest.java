package dev.drover.posix;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ErrnoTest {
    @Test
    void knownNumbersHaveTheirNamesAndOthersAreToldAsNumbers() {
        // when, then
        assertThat(Errno.name(Errno.EADDRINUSE)).isEqualTo("EADDRINUSE");
        assertThat(Errno.name(4_000)).isEqualTo("errno 4000");
    }

    @Test
    void textIsThatOfTheCLibrary() {
        // when
        var failure = new PosixException("bind", Errno.EACCES, "cannot bind 0.0.0.0:80");

        // then
        assertThat(failure).hasMessage("cannot bind 0.0.0.0:80: bind: EACCES (Permission denied)");
        assertThat(failure.call()).isEqualTo("bind");
        assertThat(failure.errno()).isEqualTo(13);
    }
}
