package dev.drover.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.cli.fixtures.Cli;
import dev.drover.cli.fixtures.Cli.Ran;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What needs no master: arguments, help, `validate`, and how its absence is told.
class LocalVerbsTest {

    private static final String POOL = """
            apiVersion: drover.dev/v1
            kind: WorkerPool
            metadata: {name: %s}
            spec: {template: {command: [java]}}
            """;

    @TempDir
    private Path directory;

    private final Cli cli = new Cli().with("DROVER_RUN_DIR", "/nowhere");

    @Test
    void validFilesAreToldWithTheirPools() throws IOException {
        // given
        Path one = Files.writeString(directory.resolve("one.yaml"), POOL.formatted("web"));
        Path two =
                Files.writeString(directory.resolve("two.yaml"), POOL.formatted("a") + "---\n" + POOL.formatted("b"));

        // when
        Ran ran = cli.run("validate", "-f", directory.toString());

        // then
        assertThat(ran).isEqualTo(new Ran(ExitCode.OK, one + ": ok (pool web)\n" + two + ": ok (pools a, b)\n", ""));
    }

    @Test
    void problemsGoToTheErrorStream() throws IOException {
        // given
        Path good = Files.writeString(directory.resolve("good.yaml"), POOL.formatted("web"));
        Path bad = Files.writeString(directory.resolve("bad.yaml"), POOL.formatted("Bad") + "x: 1\n");

        // when
        Ran ran = cli.run("validate", "-f", good.toString(), bad.toString());

        // then
        assertThat(ran.code()).isEqualTo(ExitCode.USAGE);
        assertThat(ran.out()).isEqualTo(good + ": ok (pool web)\n");
        assertThat(ran.err().lines())
                .hasSize(2)
                .allMatch(line -> line.startsWith(bad + ":"))
                .anyMatch(line -> line.startsWith(bad + ":5: x: unknown field"));
    }

    @Test
    void standardInputIsValidated() {
        assertThat(cli.input(POOL.formatted("web")).run("validate", "-f", "-"))
                .isEqualTo(new Ran(ExitCode.OK, "-: ok (pool web)\n", ""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "get pools",
                "get workers -w",
                "get master",
                "describe pool web",
                "describe master",
                "top",
                "signal worker web-0 HUP",
                "get sockets",
                "scale web --replicas=1",
                "delete pool/web",
                "rollout status web",
                "rollout status web --watch=false",
                "rollout history web",
                "rollout restart web",
                "rollout undo web",
                "rollout pause web",
                "rollout resume web",
                "restart worker web-0",
                "send web-0 --data x",
                "send web-0 --data x -r",
                "stop",
                "subscribe",
                "version"
            })
    void absentMasterIsUnreachable(String command) {
        // when
        Ran ran = cli.run(command.split(" ", -1));

        // then
        assertThat(ran.code()).isEqualTo(ExitCode.UNREACHABLE);
        assertThat(ran.err())
                .isEqualTo("drover: cannot reach the master at unix:/nowhere/control/control.sock: there is no such"
                        + " socket; start one with 'drover run' or name another with --address or DROVER_RUN_DIR\n");
    }

    @Test
    void refusedConnectionIsUnreachable() {
        // when
        Ran ran = cli.run("--address", "127.0.0.1:1", "get", "pools");

        // then
        assertThat(ran.code()).isEqualTo(ExitCode.UNREACHABLE);
        assertThat(ran.err()).startsWith("drover: cannot reach the master at 127.0.0.1:1: Connection refused");
    }

    @Test
    void clientVersionNeedsNoMaster() {
        // when
        Ran client = cli.run("version", "--client");
        Ran both = cli.run("version", "-o", "json");

        // then
        assertThat(client.code()).isEqualTo(ExitCode.OK);
        assertThat(client.out()).startsWith("client:\n  version:      ").doesNotContain("${");
        assertThat(both.out()).startsWith("{\n  \"client\": {");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "gte | cannot run 'drover': unknown command 'gte', did you mean 'get'? See 'drover -h'",
                "get pool --wach | cannot run 'drover get pools': unknown option: '--wach', did you mean '--watch'? See"
                        + " 'drover get pools -h'",
                "frobnicate | cannot run 'drover': unknown command 'frobnicate'; see 'drover -h'",
                "get | cannot run 'drover get': missing what to get: pools, workers, sockets, events or"
                        + " master; see 'drover get -h'",
                "describe | cannot run 'drover describe': missing what to describe: pool, worker or socket NAME, or master;"
                        + " see 'drover describe -h'",
                "restart | cannot run 'drover restart': missing what to restart: worker NAME; see 'drover restart -h'",
                "signal | cannot run 'drover signal': missing whom to signal: worker NAME SIGNAL; see 'drover signal -h'",
                "signal worker web-0 | cannot run 'drover signal worker': missing required parameter: 'SIGNAL'; see 'drover"
                        + " signal worker -h'",
                "top pods | cannot run 'drover top': invalid value for positional parameter at index 0 (KIND): 'pods' is not"
                        + " known; allowed are workers, pools; see 'drover top -h'",
                "top --sort-by age | cannot run 'drover top': invalid value for option '--sort-by': 'age' is not known;"
                        + " allowed are name, cpu, memory, connections, in-flight, messages, restarts; see 'drover top"
                        + " -h'",
                "completion fish | cannot run 'drover completion': invalid value for positional parameter at index 0 (SHELL):"
                        + " 'fish' is not known; allowed are bash, zsh; see 'drover completion -h'",
                "apply | cannot run 'drover apply': missing required option: '--filename=FILE'; see 'drover apply -h'",
                "diff | cannot run 'drover diff': missing required option: '--filename=FILE'; see 'drover diff -h'",
                "scale web | cannot run 'drover scale': missing required option: '--replicas=N'; see 'drover scale -h'",
                "scale worker/web-0 --replicas=1 | cannot scale 'worker/web-0': write a pool, as in web or pool/web;"
                        + " 'drover get pools' shows the pools",
                "rollout | cannot run 'drover rollout': missing what to do: status, history, restart, undo, pause or"
                        + " resume; see 'drover rollout -h'",
                "rollout status pool/ | cannot tell the rollout of 'pool/': write a pool, as in web or pool/web;"
                        + " 'drover get pools' shows the pools",
                "delete web | cannot delete 'web': write pool NAME or pool/NAME; 'drover get pools' shows the pools",
                "delete pool | cannot delete 'pool': write pool NAME or pool/NAME; 'drover get pools' shows the pools",
                "delete pool pool/web | cannot delete 'pool pool/web': write pool NAME or pool/NAME; 'drover get pools'"
                        + " shows the pools",
                "delete worker/web-0 | cannot delete 'worker/web-0': write a pool, as in web or pool/web; 'drover get"
                        + " pools' shows the pools",
                "get pools -o xml | cannot run 'drover get pools': invalid value for option '--output': 'xml' is not"
                        + " known; allowed are table, wide, json, yaml, name; see 'drover get pools -h'",
                "stop now | cannot run 'drover stop': unexpected argument 'now'; see 'drover stop -h'",
                "stop --timeout soon | cannot run 'drover stop': invalid value for option '--timeout': 'soon' is no"
                        + " time; write it as 500ms, 10s, 2m or 1h; see 'drover stop -h'",
                "validate | cannot run 'drover validate': missing required option: '--filename=FILE'; see 'drover"
                        + " validate -h'",
                "send | cannot run 'drover send': missing required parameter: 'TARGET'; see 'drover send -h'",
                "send web-0 | cannot run 'drover send': missing what to say: one of --data TEXT, --json JSON or --file"
                        + " FILE; see 'drover send -h'",
                "send web-0 --data a --json 1 | cannot run 'drover send': missing what to say: one of --data TEXT,"
                        + " --json JSON or --file FILE; see 'drover send -h'",
                "send pool/web --data a --request | cannot run 'drover send': a pool gives no single answer: ask one of"
                        + " its workers, as in web-0; see 'drover send -h'",
                "send web-0 --data a --output f | cannot run 'drover send': only a reply can be written: --output needs"
                        + " --request; see 'drover send -h'",
                "send socket/http --data a | cannot send to 'socket/http': write a worker (web-0), pool/NAME or"
                        + " program/NAME; 'drover get workers' shows the workers",
                "send pool/ --data a | cannot send to 'pool/': write a worker (web-0), pool/NAME or program/NAME;"
                        + " 'drover get workers' shows the workers",
                "send parent --data a | cannot send to 'parent': write a worker (web-0), pool/NAME or program/NAME;"
                        + " 'drover get workers' shows the workers",
                "send web-0 --json {a | cannot send --json '{a': it is no JSON (line 1 column 3); --data takes any text",
                "send web-0 --json= | cannot send --json '': it is no JSON; --data takes any text",
                "send web-0 --file /nowhere | cannot read /nowhere: java.nio.file.NoSuchFileException: /nowhere",
                "subscribe -o yaml | cannot run 'drover subscribe': invalid value for option '--output': 'yaml' is not"
                        + " known; allowed are text, json; see 'drover subscribe -h'",
                "help me | cannot run 'drover': unknown command 'me'; see 'drover -h'",
                "--address here stop | cannot use the address 'here': write unix:PATH, HOST:PORT or https://HOST:PORT, as in"
                        + " unix:/run/drover/control/control.sock, 127.0.0.1:9090 or https://[::1]:9443",
                "run -f x --foo | cannot run a master: this is the client; use bin/drover of the distribution, which"
                        + " starts the master",
            })
    void wrongArgumentsAreToldInOneLine(String command, String message) {
        assertThat(cli.run(command.split(" ", -1))).isEqualTo(new Ran(ExitCode.USAGE, "", "drover: " + message + "\n"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "get",
                "get pools",
                "get workers",
                "get sockets",
                "get events",
                "get master",
                "describe",
                "describe pool",
                "describe worker",
                "describe socket",
                "describe master",
                "top",
                "signal",
                "signal worker",
                "apply",
                "diff",
                "scale",
                "rollout",
                "rollout status",
                "rollout history",
                "rollout restart",
                "rollout undo",
                "rollout pause",
                "rollout resume",
                "delete",
                "restart",
                "restart worker",
                "send",
                "stop",
                "subscribe",
                "validate",
                "version",
                "completion"
            })
    void everyVerbTeachesByExamples(String verb) {
        // when
        Ran option = cli.run((verb + " -h").split(" ", -1));
        Ran help = cli.run(("help " + verb).split(" ", -1));

        // then
        assertThat(option.code()).isEqualTo(ExitCode.OK);
        assertThat(option.out()).contains("Usage: drover " + verb, "\nExamples:\n  drover " + verb.split(" ", -1)[0]);
        assertThat(help).isEqualTo(option);
    }

    @Test
    void allVerbsAreToldWhateverStandsBehind() {
        assertThat(cli.run("-h", "get")).isEqualTo(cli.run("help"));
    }

    @Test
    void helpKnowsTheMastersVerb() {
        assertThat(cli.run("help").out()).containsPattern("run +Start a master in the foreground \\(drover run -h\\).");
    }

    @ParameterizedTest
    @CsvSource({"unix:/a/b, unix:/a/b", "unix:///a/b, unix:/a/b", "localhost:1, localhost:1", "[::1]:9090, [::1]:9090"})
    void addressesAreUnderstood(String text, String shown) {
        assertThat(Address.parse(text)).hasToString(shown);
    }

    @Test
    void agesAreKubectls() {
        assertThat(List.of(0, 119, 200, 3599, 4 * 3600 + 60, 3600 * 47, 86400 * 3, 86400 * 9))
                .extracting(seconds -> Durations.shown(java.time.Duration.ofSeconds(seconds)))
                .containsExactly("0s", "119s", "3m20s", "59m", "4h1m", "47h", "3d", "9d");
    }
}
