package dev.drover.supervisor.socket;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.posix.Errno;
import dev.drover.posix.PosixException;
import dev.drover.supervisor.SocketSpec;
import dev.drover.supervisor.SocketSpec.Distribution;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class OpenFailureTest {
    @Test
    void aPrivilegedPortNamesTheCapabilityAndTheSetting() {
        var spec = spec(new InetSocketAddress("0.0.0.0", 80));

        var message = OpenFailure.message(
                spec,
                OpenFailure.reason(new PosixException("bind", Errno.EACCES, "cannot bind 0.0.0.0:80")),
                OpenFailure.hint(Errno.EACCES, 80, 1024));

        assertThat(message)
                .isEqualTo("cannot open socket http on 0.0.0.0:80: EACCES (Permission denied): ports below 1024 need"
                        + " CAP_NET_BIND_SERVICE or net.ipv4.ip_unprivileged_port_start=80");
    }

    @Test
    void thePrivilegedPortsAreThoseOfThisMachine() {
        assertThat(OpenFailure.hint(Errno.EACCES, 80, 81)).startsWith("ports below 81 need");
        assertThat(OpenFailure.hint(Errno.EACCES, 80, 80)).isEqualTo("a security policy of this machine forbids it");
    }

    @Test
    void addressesAreWrittenAsPeopleWriteThem() {
        assertThat(OpenFailure.describe(spec(new InetSocketAddress("::", 80)))).isEqualTo("http on [::]:80");
        assertThat(OpenFailure.describe(spec(new InetSocketAddress(InetAddress.ofLiteral("::1"), 80))))
                .isEqualTo("http on [::1]:80");
        assertThat(OpenFailure.describe(spec(UnixDomainSocketAddress.of("/run/a.sock"))))
                .isEqualTo("http on /run/a.sock");
    }

    @Test
    void aPathThatCannotBeUsedNamesTheDirectory() {
        var directory = Path.of("/run/app");
        assertThat(OpenFailure.hint(Errno.ENOENT, directory)).isEqualTo("directory /run/app does not exist");
        assertThat(OpenFailure.hint(Errno.EACCES, directory))
                .isEqualTo("directory /run/app is not writable for this user");
        assertThat(OpenFailure.hint(Errno.EROFS, directory))
                .isEqualTo("directory /run/app is on a read-only file system");
        assertThat(OpenFailure.hint(Errno.ENOTDIR, directory)).isEqualTo("/run/app is no directory");
    }

    @Test
    void tooManyFilesPointsToTheLimit() {
        assertThat(OpenFailure.hint(Errno.EMFILE, 80, 1024)).isEqualTo("too many open files (see: ulimit -n)");
    }

    private static SocketSpec spec(SocketAddress address) {
        return new SocketSpec("http", address, 128, Distribution.SHARED);
    }
}
