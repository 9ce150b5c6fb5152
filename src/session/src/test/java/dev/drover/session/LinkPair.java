package dev.drover.session;

import dev.drover.protocol.worker.v1.Envelope;
import dev.drover.protocol.worker.v1.IdRange;
import io.netty.util.concurrent.DefaultEventExecutor;
import io.netty.util.concurrent.EventExecutor;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// Two links joined by a stream in memory, on one loop. Each end has handlers of its own.
final class LinkPair implements AutoCloseable {
    final EventExecutor loop = new DefaultEventExecutor();
    final End left;
    final End right;

    /// What either end found wrong with the other.
    final List<SessionViolation> violations = new CopyOnWriteArrayList<>();

    LinkPair(MessageLimits limits) {
        this(limits, limits);
    }

    /// @param ofLeft the bounds that the left end keeps to and checks
    LinkPair(MessageLimits ofLeft, MessageLimits ofRight) {
        left = new End(ofLeft);
        right = new End(ofRight);
    }

    private End other(End end) {
        return end == left ? right : left;
    }

    /// Runs it on the loop and waits for it.
    <T> T onLoop(Callable<T> task) {
        return Await.of(loop.submit(task));
    }

    /// What is posted to the loop by now has been done.
    void settle() {
        onLoop(() -> true);
    }

    /// One of them.
    final class End implements Link.Stream {
        final Handlers handlers = new Handlers();
        final Link link;

        /// How many envelopes each write had.
        final List<Integer> batches = new CopyOnWriteArrayList<>();

        /// Every envelope it wrote; not those of large payloads.
        final List<Envelope> written = new CopyOnWriteArrayList<>();

        /// How many ranges each write had.
        final List<Integer> ranges = new CopyOnWriteArrayList<>();

        private final Lanes lanes = new Lanes(handlers, loop);

        /// How many writes go out. Set by the test, counted down by the loop.
        private final AtomicInteger writes = new AtomicInteger(Integer.MAX_VALUE);

        End(MessageLimits limits) {
            link = new Link(loop, this, limits, lanes::give);
            lanes.begin();
        }

        /// Whether what it writes goes out.
        void setReady(boolean isReady) {
            letOut(isReady ? Integer.MAX_VALUE : 0);
        }

        /// Lets so many writes go out and no more.
        void letOut(int count) {
            writes.set(count);
            if (count > 0) {
                loop.execute(link::flush);
            }
        }

        @Override
        public boolean isReady() {
            return writes.get() > 0;
        }

        @Override
        public void send(List<Envelope> envelopes, List<IdRange> taken) {
            writes.decrementAndGet();
            batches.add(envelopes.size());
            ranges.add(taken.size());
            if (written.size() < 10_000) {
                written.addAll(envelopes);
            }
            loop.execute(() -> other(this).receive(envelopes, taken));
        }

        private void receive(List<Envelope> envelopes, List<IdRange> taken) {
            try {
                link.received(envelopes, taken);
            } catch (SessionViolation violation) {
                violations.add(violation);
                left.link.close("violation: " + violation.why());
                right.link.close("violation: " + violation.why());
            }
        }

        /// What it makes of something that the other end did not write.
        Optional<SessionViolation> given(List<Envelope> envelopes, List<IdRange> taken) {
            return onLoop(() -> {
                try {
                    link.received(envelopes, taken);
                    return Optional.empty();
                } catch (SessionViolation violation) {
                    return Optional.of(violation);
                }
            });
        }

        /// Says something from somebody to the other end, where its lane has this name.
        Told say(String lane, String text) {
            return say(lane, Payload.text(text), WhenFull.fail());
        }

        Told say(String lane, Payload payload, WhenFull whenFull) {
            var told = Told.ofMessage();
            link.offer(Address.worker(lane), new Said.Message(payload), whenFull, told);
            return told;
        }

        Told ask(String lane, String text, java.time.Duration timeout) {
            var told = Told.ofRequest();
            ask(lane, text, timeout, told);
            return told;
        }

        Withdrawal ask(String lane, String text, java.time.Duration timeout, Told told) {
            return link.offer(
                    Address.worker(lane),
                    new Said.Request(Payload.text(text), System.nanoTime() + timeout.toNanos()),
                    WhenFull.fail(),
                    told);
        }

        void close() {
            onLoop(() -> {
                link.close("closed by the test");
                return true;
            });
        }
    }

    @Override
    public void close() {
        left.setReady(true);
        right.setReady(true);
        left.close();
        right.close();
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
