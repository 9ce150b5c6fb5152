package dev.drover.master.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokensTest {
    private static final String OWN = "own-0123456789abcdef";
    private static final String VIEWER = "viewer-0123456789abcdef";
    private static final String ADMIN = "admin-0123456789abcdef";

    @TempDir
    Path directory;

    private Path write(String text) throws IOException {
        return Files.writeString(directory.resolve("tokens"), text);
    }

    private static void lookTwice(Tokens tokens) {
        tokens.lookAround();
        tokens.lookAround();
    }

    @Test
    void theOwnTokenAllowsEverythingAndOthersWhatTheFileSays() throws Exception {
        // given
        var file = write("# people\nview " + VIEWER + "\n\n  admin\t" + ADMIN + "  \n");

        // when
        var tokens = new Tokens(OWN, Optional.of(file));

        // then
        assertThat(tokens.roleOf(OWN)).contains(Role.ADMIN);
        assertThat(tokens.roleOf(VIEWER)).contains(Role.VIEW);
        assertThat(tokens.roleOf(ADMIN)).contains(Role.ADMIN);
        assertThat(tokens.roleOf("nobody-0123456789abcdef")).isEmpty();
        assertThat(tokens.roleOf("")).isEmpty();
        assertThat(tokens.roleOf(OWN + " ")).isEmpty();
    }

    @Test
    void everyLineThatIsWrongIsToldButNoToken() throws Exception {
        // given
        var file = write("view\nroot " + ADMIN + "\nadmin secret\nview " + VIEWER + "\nadmin " + VIEWER + "\n");

        // then
        assertThatThrownBy(() -> TokenFile.read(file))
                .isInstanceOf(TokenFile.Broken.class)
                .hasMessage(file + ":1: must be a role and a token, as 'view TOKEN'\n"
                        + file + ":2: is no role that there is; allowed are 'view' and 'admin'\n"
                        + file + ":3: the token must have 16 to 1024 printable characters; make one with"
                        + " 'openssl rand -hex 32'\n"
                        + file + ":5: the token stands in the file twice");
    }

    @Test
    void aFileThatIsEmptyOrMissingOrTooLargeIsRefused() throws Exception {
        assertThatThrownBy(() -> TokenFile.read(write("# nobody\n"))).hasMessageContaining("holds no token");
        assertThatThrownBy(() -> TokenFile.read(directory.resolve("none"))).hasMessageContaining("cannot be read");
        assertThatThrownBy(() -> TokenFile.read(write("#".repeat((1 << 20) + 1))))
                .hasMessageContaining("is larger than");
    }

    @Test
    void aFileThatChangesIsReadAgain() throws Exception {
        // given
        var tokens = new Tokens(OWN, Optional.of(write("view " + VIEWER + "\n")));

        // when
        var _ = write("admin " + ADMIN + "\n# revoked: the other\n");
        lookTwice(tokens);

        // then
        assertThat(tokens.roleOf(VIEWER)).isEmpty();
        assertThat(tokens.roleOf(ADMIN)).contains(Role.ADMIN);
    }

    @Test
    void aBrokenFileChangesNothingUntilItIsGoodAgain() throws Exception {
        // given
        var tokens = new Tokens(OWN, Optional.of(write("view " + VIEWER + "\n")));

        // when
        var _ = write("view\n");
        lookTwice(tokens);

        // then
        assertThat(tokens.roleOf(VIEWER)).contains(Role.VIEW);

        // when
        var _ = write("admin " + VIEWER + "\n");
        lookTwice(tokens);

        // then
        assertThat(tokens.roleOf(VIEWER)).contains(Role.ADMIN);
    }
}
