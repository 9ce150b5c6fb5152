package dev.drover.worker;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// Notes how the process would have ended, `exit 0` or `halt 143`.
final class FakeProcessEnd implements ProcessEnd {
    private final BlockingQueue<String> ends = new LinkedBlockingQueue<>();

    @Override
    public void exit(int status) {
        ends.add("exit " + status);
    }

    @Override
    public void halt(int status) {
        ends.add("halt " + status);
    }

    String await() throws InterruptedException {
        return String.valueOf(ends.poll(10, TimeUnit.SECONDS));
    }
}
