package dev.drover.master;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.drover.master.RunCommand.Parsed;
import dev.drover.master.log.LogFormat;
import dev.drover.session.MessageLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunCommandTest {
    @Test
    void withoutFlagsEverythingHasItsDefault() {
        assertThat(RunCommand.parse(Map.of()))
                .isEqualTo(new Parsed.Run(new RunOptions(
                        List.of(),
                        List.of(),
                        Optional.of(ListenAddress.parse("127.0.0.1:9090")),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(ListenAddress.parse("127.0.0.1:9000")),
                        Duration.ZERO,
                        Optional.empty(),
                        Optional.empty(),
                        LogFormat.TEXT,
                        MessageLimits.DEFAULT)));
    }

    @Test
    void everyFlagIsTaken() {
        // when
        var parsed = RunCommand.parse(
                Map.of(),
                "-f",
                "a.yaml",
                "--file=dir",
                "--control-address=off",
                "--token-file=tokens",
                "--management-address",
                "0.0.0.0:0",
                "--lame-duck",
                "5",
                "--grace=0",
                "--pod-grace=45",
                "--log-format=json",
                "--max-message-bytes=64KiB",
                "--max-queued-messages",
                "16",
                "--max-queued-bytes=1MiB");

        // then
        assertThat(parsed)
                .isEqualTo(new Parsed.Run(new RunOptions(
                        List.of(Path.of("a.yaml"), Path.of("dir")),
                        List.of(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(Path.of("tokens")),
                        Optional.of(ListenAddress.parse("0.0.0.0:0")),
                        Duration.ofSeconds(5),
                        Optional.of(Duration.ZERO),
                        Optional.of(Duration.ofSeconds(45)),
                        LogFormat.JSON,
                        new MessageLimits(64 << 10, 16, 128 << 10, 16_384, 1 << 20, 4096, 1 << 20))));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--control-address=0.0.0.0:9090 | 0.0.0.0:9090 leaves loopback, which needs --tls-certificate",
                "--tls-key=key.pem              | --tls-certificate and --tls-key belong together",
                "--tls-client-ca=ca.pem         | --tls-client-ca needs --tls-certificate",
                "--control-address=9090         | --control-address: '9090' has no port",
                "--management-address=x:1       | --management-address: 'x' is no address",
                "--lame-duck=-1                 | not within 0..86400",
                "--grace=soon                   | --grace",
                "--log-format=xml               | --log-format",
                "--max-message-bytes=1KB        | 1KB' is no number of bytes; write it as 65536, 64KiB or 1MiB",
                "--max-message-bytes=1000       | --max-message-bytes: 1000 is not within 1KiB..16MiB",
                "--max-message-bytes=17MiB      | --max-message-bytes: 17MiB is not within 1KiB..16MiB",
                "--max-message-bytes=5MiB       | 5MiB is more than a quarter of --max-queued-bytes, 16MiB",
                "--max-queued-bytes=999999MiB   | --max-queued-bytes: 999999MiB is more than a third of the heap",
                "--max-queued-messages=0        | --max-queued-messages: 0 is not within 1..65536",
                "--max-queued-messages=many     | --max-queued-messages",
                "--bad                          | --bad",
                "pool.yaml                      | pool.yaml",
                "-f                             | --file"
            })
    void mistakeIsToldWithTheFlag(String argument, String told) {
        assertThat(RunCommand.parse(Map.of(), argument))
                .asInstanceOf(type(Parsed.Wrong.class))
                .extracting(Parsed.Wrong::message)
                .asString()
                .contains(told);
    }

    @Test
    void aFileOfTlsThatCannotBeUsedIsToldWithItsFlag(@TempDir Path directory) throws IOException {
        // given
        var file = Files.writeString(directory.resolve("tls.pem"), "-----BEGIN RSA PRIVATE KEY-----");

        // then
        assertThat(RunCommand.parse(Map.of(), "--tls-certificate=" + file, "--tls-key=" + file))
                .asInstanceOf(type(Parsed.Wrong.class))
                .extracting(Parsed.Wrong::message)
                .asString()
                .contains("--tls-certificate: " + file + " holds no certificate in PEM form");
        assertThat(RunCommand.parse(Map.of(), "--tls-certificate=" + directory.resolve("none"), "--tls-key=x"))
                .asInstanceOf(type(Parsed.Wrong.class))
                .extracting(Parsed.Wrong::message)
                .asString()
                .contains("--tls-certificate: cannot read");
    }

    @Test
    void theEnvironmentSpeaksForFlagsThatAreNotGiven() {
        // given
        var environment = Map.of(
                "DROVER_POOL_FILES", "/etc/drover:/more/pool.yaml",
                "DROVER_CONTROL_ADDRESS", "off",
                "DROVER_MANAGEMENT_ADDRESS", "0.0.0.0:9000",
                "DROVER_LAME_DUCK_SECONDS", "5",
                "DROVER_GRACE_SECONDS", "20",
                "DROVER_POD_GRACE_SECONDS", "45",
                "DROVER_LOG_FORMAT", "");

        // when
        var parsed = RunCommand.parse(environment, "--lame-duck=7", "-f", "a.yaml");

        // then
        assertThat(parsed)
                .isEqualTo(new Parsed.Run(new RunOptions(
                        List.of(Path.of("a.yaml")),
                        List.of(Path.of("/etc/drover"), Path.of("/more/pool.yaml")),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(ListenAddress.parse("0.0.0.0:9000")),
                        Duration.ofSeconds(7),
                        Optional.of(Duration.ofSeconds(20)),
                        Optional.of(Duration.ofSeconds(45)),
                        LogFormat.TEXT,
                        MessageLimits.DEFAULT)));
    }

    @ParameterizedTest
    @CsvSource({"soon", "-1"})
    void mistakeOfTheEnvironmentIsToldWithTheVariable(String seconds) {
        // given
        var environment = Map.of("DROVER_LAME_DUCK_SECONDS", seconds, "DROVER_GRACE_SECONDS", "1");

        // when
        var parsed = RunCommand.parse(environment);

        // then
        assertThat(parsed)
                .asInstanceOf(type(Parsed.Wrong.class))
                .extracting(Parsed.Wrong::message)
                .asString()
                .contains("--lame-duck", "(DROVER_LAME_DUCK_SECONDS=" + seconds + " in the environment)");
    }

    @Test
    void helpTeachesByExamples() {
        assertThat(text("--help")).contains("drover run -f pool.yaml", "--lame-duck", "TTIN", "Exit:");
    }

    @Test
    void versionIsTheBuilds() {
        assertThat(text("--version")).startsWith("drover ").doesNotContain("$");
    }

    private static String text(String flag) {
        return RunCommand.parse(Map.of(), flag) instanceof Parsed.Print(var text) ? text : "";
    }
}
