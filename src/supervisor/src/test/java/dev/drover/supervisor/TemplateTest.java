package dev.drover.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.supervisor.Template.Variable;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TemplateTest {
    private static final Template BEFORE = new Template(
            Template.Protocol.DROVER,
            List.of("serve"),
            Optional.empty(),
            List.of(literal("A", "1"), literal("B", "2"), new Variable.FromFile("S", Path.of("/run/secret"))),
            Template.ReadyWhen.NOTIFIED,
            15);

    private static Variable literal(String name, String value) {
        return new Variable.Literal(name, value);
    }

    private static Template withVariables(Variable... variables) {
        return new Template(
                BEFORE.protocol(),
                BEFORE.command(),
                BEFORE.workingDirectory(),
                List.of(variables),
                BEFORE.readyWhen(),
                BEFORE.stopSignal());
    }

    @Test
    void everyFieldThatChangesIsTold() {
        // given
        var after = new Template(
                Template.Protocol.SYSTEMD,
                List.of("serve", "--now"),
                Optional.of(Path.of("/app")),
                List.of(),
                Template.ReadyWhen.STARTED,
                3);

        // when
        var changes = BEFORE.changesTo(after);

        // then
        assertThat(changes)
                .containsExactly(
                        "protocol",
                        "command",
                        "working directory",
                        "env A removed",
                        "env B removed",
                        "env S removed",
                        "ready when",
                        "stop signal");
    }

    @Test
    void variablesAreToldByNameAndNeverByValue() {
        // given
        var after = withVariables(literal("A", "other"), literal("C", "hidden"), literal("S", "hidden"));

        // when
        var changes = BEFORE.changesTo(after);

        // then
        assertThat(changes).containsExactly("env A", "env C added", "env S", "env B removed");
    }

    @Test
    void anotherOrderIsAChange() {
        // given
        var after =
                withVariables(literal("B", "2"), literal("A", "1"), new Variable.FromFile("S", Path.of("/run/secret")));

        // when / then
        assertThat(BEFORE.changesTo(after)).containsExactly("order of env");
        assertThat(BEFORE.changesTo(BEFORE)).isEmpty();
    }
}
