package dev.drover.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.it.fixtures.Browser;
import dev.drover.it.fixtures.Certificates;
import dev.drover.it.fixtures.Curl;
import dev.drover.it.fixtures.DroverProcess;
import dev.drover.it.fixtures.Drovers;
import dev.drover.it.fixtures.Load;
import dev.drover.it.fixtures.Loader;
import dev.drover.it.fixtures.Pools;
import dev.drover.it.fixtures.Procs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// The page of a real master in a real browser.
@Tag("slow")
class PageTest {
    private static final String LIVE = "document.getElementById('link')?.dataset.live === 'true'";
    private static final int TAB = 9;
    private static final String VIEWER = "viewer-0123456789abcdef";

    @RegisterExtension
    final Drovers drovers = new Drovers();

    @TempDir
    Path directory;

    private DroverProcess master(Pools pool, int replicas) {
        var master = drovers.run("-f", pool.write(directory).toString(), "--control-address", "127.0.0.1:0");
        master.awaitReady(pool.address(), replicas);
        return master;
    }

    private static void open(Browser browser, DroverProcess master) throws IOException {
        browser.go("http://" + Curl.address(master) + "/");
        browser.until("the page to be live", LIVE);
        browser.until("the page to show its workers", "document.querySelectorAll('.worker').length > 0");
    }

    private static String tiles(String kind) {
        return "document.querySelectorAll('.worker[data-kind=" + kind + "]').length";
    }

    @Test
    void itShowsADeadWorkerAndItsReplacementWithoutBeingLoadedAgain() throws Exception {
        // given
        var master = master(Pools.hello(2), 2);
        try (var browser = Browser.start(directory)) {
            open(browser, master);
            browser.until("two workers that are ready", tiles("ready") + " === 2");
            assertThat(browser.evaluate("document.querySelector('.pool .ready').textContent"))
                    .isEqualTo("\"2/2 ready\"");
            browser.evaluate("window.loadedOnce = true");

            // when
            Procs.signal(master.workers().getFirst().pid(), "KILL");

            // then
            browser.until(
                    "the replacement",
                    "document.querySelector('.worker[data-worker=web-0]')?.dataset.incarnation === '2'");
            browser.until("two workers that are ready again", tiles("ready") + " === 2");
            browser.until("the event of its end", "document.getElementById('events').textContent.includes('SIGKILL')");
            browser.until("its memory", "document.querySelector('.worker dl').textContent.includes('MiB')");
            browser.until("the charts", "!document.getElementById('chart-memory').hidden");
            browser.until(
                    "what a screen reader is told",
                    "document.getElementById('announce').textContent.startsWith('web-0 is')");
            assertThat(browser.evaluate("window.loadedOnce")).isEqualTo("true");
            assertThat(browser.errors()).isEmpty();
        }
    }

    @Test
    void itChangesNothingWithoutTheTokenAndScalesWithItAfterAQuestion() throws Exception {
        // given
        var master = master(Pools.hello(1), 1);
        try (var browser = Browser.start(directory)) {
            open(browser, master);

            // when / then
            assertThat(browser.evaluate("[...document.querySelectorAll('[data-act]')]"
                            + ".every((button) => button.checkVisibility() === false)"))
                    .isEqualTo("true");

            // A wrong token is told as such.
            unlock(browser, "nonsense");
            browser.until("the refusal", "!document.querySelector('#token-dialog .problem').hidden");
            browser.evaluate("document.querySelector('#token-dialog [value=cancel]').click()");

            unlock(browser, Curl.token(master));
            browser.until("the buttons", "document.querySelector('[data-act=scale]').checkVisibility()");
            browser.evaluate("document.querySelector('[data-act=scale]').click()");
            browser.until("the question", "document.getElementById('confirm-dialog').open");
            assertThat(master.workers()).hasSize(1);
            browser.evaluate("document.getElementById('confirm-number').value = 3");
            browser.evaluate("document.getElementById('confirm-yes').click()");
            browser.until("three workers that are ready", tiles("ready") + " === 3");
            master.awaitWorkers(3);

            // It is in no storage.
            assertThat(browser.evaluate("localStorage.length + sessionStorage.length + document.cookie.length"))
                    .isEqualTo("0");
            browser.evaluate("document.getElementById('unlock').click()");
            browser.until("the buttons to be gone", "!document.querySelector('[data-act=scale]').checkVisibility()");
            assertThat(browser.errors())
                    .as("but for the wrong token")
                    .allMatch(error -> error.contains("403") || error.contains("400"));
        }
    }

    @Test
    void overTlsItTellsNothingWithoutATokenAndAViewerMayOnlyLook() throws Exception {
        // given
        var pool = Pools.hello(1);
        var server = Certificates.authority(directory.resolve("ca")).server();
        var tokens = Files.writeString(directory.resolve("tokens"), "view " + VIEWER + "\n");
        var master = drovers.run(
                "-f",
                pool.write(directory).toString(),
                "--control-address",
                "127.0.0.1:0",
                "--tls-certificate",
                server.certificate().toString(),
                "--tls-key",
                server.key().toString(),
                "--token-file",
                tokens.toString());
        master.awaitReady(pool.address(), 1);
        try (var browser = Browser.start(directory)) {
            browser.trustEveryone();

            // when
            browser.go("https://" + Curl.address(master) + "/");

            // then
            browser.until(
                    "the page to say what it needs",
                    "document.getElementById('notice')?.textContent.includes('without a token')");
            assertThat(browser.evaluate("document.querySelectorAll('.worker').length"))
                    .isEqualTo("0");

            // when
            unlock(browser, VIEWER);

            // then
            browser.until("the page to be live", LIVE);
            browser.until("its worker", tiles("ready") + " === 1");
            assertThat(browser.evaluate("document.querySelector('[data-act=scale]').checkVisibility()"))
                    .isEqualTo("false");
            assertThat(browser.errors())
                    .as("but for what was asked without a token, or without the role")
                    .allMatch(error -> error.contains("401") || error.contains("403"));
        }
    }

    private static void unlock(Browser browser, String token) {
        browser.evaluate("document.getElementById('unlock').click()");
        browser.until("the question for the token", "document.getElementById('token-dialog').open");
        browser.evaluate("document.getElementById('token').value = '" + token + "'");
        browser.evaluate("document.querySelector('#token-dialog [type=submit]').click()");
    }

    @Test
    void itTellsWhenTheMasterIsNotThereAnyMore() throws Exception {
        // given
        var master = master(Pools.hello(1), 1);
        try (var browser = Browser.start(directory)) {
            open(browser, master);

            // when
            master.signal("TERM");
            master.awaitExit();

            // then
            browser.until("the page to tell that it is not live", "!(" + LIVE + ")");
        }
    }

    @Test
    void everythingCanBeReachedByKeyAndIsNamed() throws Exception {
        // given
        var master = master(Pools.hello(1), 1);
        try (var browser = Browser.start(directory)) {
            open(browser, master);

            // when
            browser.press("Tab", TAB);
            var first = browser.evaluate("document.activeElement.className");
            browser.press("Tab", TAB);
            var second = browser.evaluate("document.activeElement.id");

            // then
            assertThat(first).isEqualTo("\"skip\"");
            assertThat(second).isEqualTo("\"unlock\"");
            assertThat(browser.evaluate("document.querySelectorAll('main, header.bar, h1').length"))
                    .isEqualTo("3");
            assertThat(browser.evaluate("[...document.querySelectorAll('button, input')]"
                            + ".every((one) => one.textContent || one.labels?.length || one.ariaLabel)"))
                    .isEqualTo("true");
            browser.look(320, 640, false);
            browser.until(
                    "a page that fits a phone",
                    "document.documentElement.scrollWidth <= document.documentElement.clientWidth");
        }
    }

    /// `-Ddrover.screenshots=DIRECTORY` (through `-DargLine`): for the documents, and to look at.
    @Test
    @EnabledIfSystemProperty(named = "drover.screenshots", matches = ".+")
    void photographs() throws Exception {
        // given
        var pictures = Path.of(System.getProperty("drover.screenshots"));
        var pool = Pools.hello(4).spec("minReadySeconds: 1");
        var master = master(pool, 4);
        try (var browser = Browser.start(directory)) {
            browser.look(1280, 1000, false);
            open(browser, master);
            unlock(browser, Curl.token(master));
            Procs.signal(master.workers().get(1).pid(), "KILL");
            for (int i = 0; i < 12; i++) {
                Loader.run(Load.perConnection(pool.address()).requests(400 + 200 * (i % 5)));
                int seen = i;
                browser.until(
                        "more samples",
                        "document.querySelector('#chart-memory .stroke')" + "?.getAttribute('d')?.split('L').length > "
                                + seen);
            }
            browser.evaluate("document.querySelector('[data-act=restart-pool]').click()");
            browser.evaluate("document.getElementById('confirm-yes').click()");
            browser.until("a rollout", "!document.querySelector('.rollout').hidden");
            browser.until("a worker that goes", tiles("leaving") + " > 0");

            // Its run directory is of this machine.
            browser.evaluate("document.getElementById('master').style.visibility = 'hidden'");

            // when
            browser.photograph(pictures.resolve("page.png"));
            browser.look(1280, 1000, true);
            browser.photograph(pictures.resolve("page-dark.png"));
            browser.look(390, 1200, false);
            browser.photograph(pictures.resolve("page-phone.png"));
            browser.look(1280, 800, false);
            browser.evaluate("document.querySelector('[data-act=scale]').click()");
            browser.photograph(pictures.resolve("page-question.png"));
        }

        // then
        assertThat(pictures.resolve("page.png")).isNotEmptyFile();
    }
}
