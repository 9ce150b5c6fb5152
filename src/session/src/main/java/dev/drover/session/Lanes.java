package dev.drover.session;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Function;

/// What came for an application, in a lane for each sender. [#give] belongs to the loop.
final class Lanes {
    /// Idle lanes are dropped when there are more than this: senders come and go.
    private static final int MANY_LANES = 256;

    private final Function<Address, Handlers> handlers;
    private final Executor loop;
    private final Map<Address, Lane> lanes = new HashMap<>();
    private boolean begun;

    /// @param loop runs what is to be done by the thread that owns the lanes
    Lanes(Handlers handlers, Executor loop) {
        this(_sender -> handlers, loop);
    }

    /// @param handlers by the sender; asked again for everything that came
    Lanes(Function<Address, Handlers> handlers, Executor loop) {
        this.handlers = handlers;
        this.loop = loop;
    }

    /// Handlers may be called from now on; what came before waited for this. Any thread.
    void begin() {
        Posting.post(loop, () -> {
            begun = true;
            lanes.values().forEach(Lane::begin);
        });
    }

    /// Puts it into the lane of its sender.
    ///
    /// @return to withdraw a request by
    Withdrawal give(Address from, Said said, Outcome outcome) {
        var lane = lanes.get(from);
        if (lane == null) {
            lane = open(from);
        }
        return switch (said) {
            case Said.Message(var payload) -> {
                lane.add(new LaneItem.Message(new IncomingMessage(from, payload), outcome));
                yield Withdrawal.NOTHING;
            }
            case Said.Request asked -> {
                var request = new IncomingRequest(from, asked, outcome);
                lane.add(new LaneItem.Request(request, outcome));
                yield () -> request.cancel().forEach(Handlers.VIRTUAL_THREADS::execute);
            }
        };
    }

    private Lane open(Address from) {
        if (lanes.size() >= MANY_LANES) {
            lanes.values().removeIf(Lane::isIdle);
        }
        var lane = new Lane(() -> handlers.apply(from), begun);
        lanes.put(from, lane);
        return lane;
    }
}
