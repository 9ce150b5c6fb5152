package dev.drover.session;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/// Writes down what became of something that was said: `taken`, `replied TEXT`, `broadcast N M`, `failed REASON`.
final class Told implements Outcome {
    private final AtomicInteger taken = new AtomicInteger();
    private final AtomicInteger ends = new AtomicInteger();
    private final CompletableFuture<String> end = new CompletableFuture<>();
    private final boolean request;

    private Told(boolean request) {
        this.request = request;
    }

    /// Of a message: it ends with being taken.
    static Told ofMessage() {
        return new Told(false);
    }

    /// Of a request.
    static Told ofRequest() {
        return new Told(true);
    }

    /// Waits for the end.
    String end() {
        return Await.of(end);
    }

    /// What has come so far; empty before the end.
    String now() {
        return end.getNow("");
    }

    /// How often an end was told.
    int ends() {
        return ends.get();
    }

    /// How often it was told that it was taken.
    int timesTaken() {
        return taken.get();
    }

    @Override
    public void taken() {
        taken.incrementAndGet();
        if (!request) {
            end("taken");
        }
    }

    @Override
    public void replied(Payload reply) {
        end("replied " + reply.text());
    }

    @Override
    public void broadcast(int delivered, int failed) {
        end("broadcast " + delivered + " " + failed);
    }

    @Override
    public void failed(Failure failure) {
        end("failed " + failure.reason());
    }

    private void end(String what) {
        ends.incrementAndGet();
        end.complete(what);
    }
}
