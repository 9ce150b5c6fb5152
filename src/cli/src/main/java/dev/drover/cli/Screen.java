package dev.drover.cli;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/// The terminal as one page that is drawn again and again, on the screen that terminals keep beside the ordinary one,
/// so that what stood there stands there again afterwards. Keys are read one by one where stty(1) can ask for
/// that; else q needs Enter after it.
///
/// An interrupt ends the process: the terminal is set back by a shutdown hook.
final class Screen implements AutoCloseable {

    // ECMA-48 and xterm: the other screen, without a cursor; and back.
    private static final String ENTER = "\033[?1049h\033[?25l";
    private static final String LEAVE = "\033[?25h\033[?1049l";
    private static final String HOME = "\033[H";
    private static final String CLEAR_LINE = "\033[K";
    private static final String CLEAR_BELOW = "\033[J";

    private final Terminal terminal;
    private final Optional<String> before;
    private final CountDownLatch quit = new CountDownLatch(1);
    private final ReentrantLock lock = new ReentrantLock();
    private final Thread hook = new Thread(this::leave, "drover-screen");
    // Guarded by the lock: nothing is drawn once the terminal is set back.
    private boolean left;

    Screen(Terminal terminal) {
        this.terminal = terminal;
        this.before = terminal.stty().run("-g");
        before.ifPresent(_ -> terminal.stty().run("-icanon", "-echo", "min", "1"));
        Runtime.getRuntime().addShutdownHook(hook);
        terminal.out().print(ENTER);
        // A read cannot be interrupted: it ends with the process.
        Thread.ofPlatform().daemon().name("drover-keys").start(this::readKeys);
    }

    /// Draws the lines, cut to what fits.
    void draw(List<String> lines) {
        String[] size = terminal.stty().run("size").orElse("").split(" ", -1);
        int rows = size.length == 2 ? Integer.parseInt(size[0]) : Integer.MAX_VALUE;
        int columns = size.length == 2 ? Integer.parseInt(size[1]) : Integer.MAX_VALUE;
        var page = new StringBuilder(HOME);
        int shown = lines.size() <= rows - 1 ? lines.size() : Math.max(0, rows - 2);
        for (String line : lines.subList(0, shown)) {
            page.append(line, 0, Math.min(line.length(), columns))
                    .append(CLEAR_LINE)
                    .append("\r\n");
        }
        if (shown < lines.size()) {
            String more =
                    "... " + (lines.size() - shown) + " more: enlarge the window, or choose with --pool and --sort-by";
            page.append(more, 0, Math.min(more.length(), columns)).append(CLEAR_LINE);
        }
        lock.lock();
        try {
            if (!left) {
                terminal.out().print(page.append(CLEAR_BELOW));
                terminal.out().flush();
            }
        } finally {
            lock.unlock();
        }
    }

    /// Waits; false when the user wants to leave.
    boolean pause(Duration time) throws InterruptedException {
        return !quit.await(time.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void readKeys() {
        try {
            int key;
            do {
                key = terminal.in().read();
            } while (key >= 0 && key != 'q' && key != 'Q');
            if (key >= 0) {
                quit.countDown();
            }
        } catch (IOException _) {
            // without keys it goes on until it is interrupted
        }
    }

    private void leave() {
        lock.lock();
        try {
            if (!left) {
                left = true;
                terminal.out().print(LEAVE);
                terminal.out().flush();
                before.ifPresent(settings -> terminal.stty().run(settings));
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        leave();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException _) {
            // the process ends already, and the hook finds nothing to do
        }
    }
}
