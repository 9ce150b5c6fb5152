package dev.drover.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.drover.posix.fixtures.Await;
import dev.drover.posix.fixtures.Bytes;
import dev.drover.posix.fixtures.NoLeaks;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(NoLeaks.class)
class FdTest {
    private static final int NOT_OPEN = 9_999;

    @Test
    void descriptorThatIsNotOpenCannotBeAdopted() {
        // when
        var failure = catchThrowableOfType(PosixException.class, () -> Fd.adopt(NOT_OPEN));

        // then
        assertThat(failure.errno()).isEqualTo(Errno.EBADF);
        assertThat(failure.call()).isEqualTo("fcntl");
        assertThat(failure).hasMessage("cannot adopt descriptor 9999: fcntl: EBADF (Bad file descriptor)");
    }

    @Test
    void releasedDescriptorStaysOpenForItsNewOwner() {
        // given
        try (var pipe = Pipe.open()) {
            // when
            int number = pipe.readEnd().release();

            // then
            assertThat(pipe.readEnd().isOpen()).isFalse();
            try (var adopted = Fd.adopt(number)) {
                assertThat(isCloseOnExec(adopted)).isTrue();
            }
        }
    }

    @Test
    void everyWayToADescriptorSetsCloseOnExec() {
        // given
        try (var pipe = Pipe.open()) {
            // when
            try (var duplicate = pipe.readEnd().duplicate();
                    var above = pipe.readEnd().duplicateFrom(50)) {
                // then
                assertThat(isCloseOnExec(pipe.readEnd())).isTrue();
                assertThat(isCloseOnExec(pipe.writeEnd())).isTrue();
                assertThat(isCloseOnExec(duplicate)).isTrue();
                assertThat(isCloseOnExec(above)).isTrue();
                assertThat(above.number()).isGreaterThanOrEqualTo(50);
            }
        }
    }

    @Test
    void closedDescriptorRefusesEveryUse() {
        // given
        var pipe = Pipe.open();

        // when
        pipe.close();
        pipe.close();

        // then
        assertThat(pipe.readEnd().isOpen()).isFalse();
        assertThatThrownBy(() -> pipe.readEnd().read(ByteBuffer.allocate(1)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("is closed or was given away");
        assertThatThrownBy(pipe.readEnd()::duplicate).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(pipe.readEnd()::release).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> pipe.writeEnd().setNonBlocking(true)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void closeDuringACallWaitsForItsReturn() throws Exception {
        // given
        try (var pipe = Pipe.open()) {
            var into = ByteBuffer.allocate(10);
            var entry = Path.of("/proc/self/fd/" + pipe.readEnd().number());
            var reader = Thread.ofPlatform().start(() -> pipe.readEnd().read(into));
            Await.until("blocked reader", pipe.readEnd()::isInUse);

            // when
            pipe.readEnd().close();

            // then
            assertThat(pipe.readEnd().isOpen()).isFalse();
            assertThat(Files.isSymbolicLink(entry)).isTrue();
            pipe.writeEnd().write(Bytes.of("late"));
            reader.join();
            assertThat(Bytes.text(into)).isEqualTo("late");
            assertThat(Files.isSymbolicLink(entry)).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void bytesPassThroughBothKindsOfBuffer(boolean direct) {
        // given
        try (var pipe = Pipe.open()) {
            var out = direct ? ByteBuffer.allocateDirect(16) : ByteBuffer.allocate(16);
            var in = direct ? ByteBuffer.allocateDirect(16) : ByteBuffer.allocate(16);
            out.put(Bytes.of("--abc")).flip().position(2);
            in.put(Bytes.of(">>"));

            // when
            int written = pipe.writeEnd().write(out);
            int read = pipe.readEnd().read(in);

            // then
            assertThat(written).isEqualTo(3);
            assertThat(read).isEqualTo(3);
            assertThat(out.hasRemaining()).isFalse();
            assertThat(Bytes.text(in)).isEqualTo(">>abc");
        }
    }

    @Test
    void readTellsTheEndFromNothingThere() {
        // given
        try (var pipe = Pipe.open()) {
            pipe.readEnd().setNonBlocking(true);
            var into = ByteBuffer.allocate(10);

            // when
            int nothing = pipe.readEnd().read(into);
            pipe.writeEnd().close();
            int end = pipe.readEnd().read(into);

            // then
            assertThat(nothing).isZero();
            assertThat(end).isEqualTo(-1);
        }
    }

    @Test
    void bufferForReadingOnlyTakesNothing() {
        // given
        try (var pipe = Pipe.open()) {
            pipe.writeEnd().write(Bytes.of("x"));
            var readOnly = ByteBuffer.allocateDirect(1).asReadOnlyBuffer();

            // when
            var failure = catchThrowable(() -> pipe.readEnd().read(readOnly));

            // then
            assertThat(failure).isInstanceOf(ReadOnlyBufferException.class);
            assertThat(pipe.readEnd().read(ByteBuffer.allocate(1))).isEqualTo(1);
        }
    }

    @Test
    void writeTakesWhatFitsAndThenWouldBlock() {
        // given
        try (var pipe = Pipe.open()) {
            pipe.writeEnd().setNonBlocking(true);
            var data = ByteBuffer.allocateDirect(1 << 20);

            // when
            int first = pipe.writeEnd().write(data);
            int second = pipe.writeEnd().write(data);

            // then
            assertThat(first).isBetween(1, (1 << 20) - 1);
            assertThat(data.position()).isEqualTo(first);
            assertThat(second).isZero();
        }
    }

    @Test
    void writeToAPipeWithoutReaderFails() {
        // given
        try (var pipe = Pipe.open()) {
            pipe.readEnd().close();

            // when
            var failure = catchThrowableOfType(
                    PosixException.class, () -> pipe.writeEnd().write(Bytes.of("x")));

            // then
            assertThat(failure.errno()).isEqualTo(Errno.EPIPE);
        }
    }

    @Test
    void descriptorClosedBehindItsOwnerIsReported() {
        // given
        var stray = new Fd(NOT_OPEN);

        // when
        var failure = catchThrowableOfType(IllegalStateException.class, stray::close);

        // then
        assertThat(failure).hasMessage("descriptor 9999 was closed by other code than its owner");
    }

    private static boolean isCloseOnExec(Fd fd) {
        return fd.use(n -> SysIo.fcntl(n, SysIo.F_GETFD, 0)) == SysIo.FD_CLOEXEC;
    }
}
