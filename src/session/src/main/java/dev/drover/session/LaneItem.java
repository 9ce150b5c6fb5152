package dev.drover.session;

/// Something that waits in a lane for its handler.
sealed interface LaneItem {
    System.Logger LOG = System.getLogger(LaneItem.class.getName());

    void handle(Handlers handlers);

    /// No handler gets it.
    void refuse(Failure failure);

    /// A message.
    record Message(IncomingMessage message, Outcome outcome) implements LaneItem {
        @Override
        public void handle(Handlers handlers) {
            var handler = handlers.message();
            if (handler.isEmpty()) {
                outcome.failed(new Failure(FailureReason.NO_HANDLER, "the receiver takes no messages"));
                return;
            }
            outcome.taken();
            try {
                handler.get().accept(message);
            } catch (Throwable failure) {
                // Whatever it is must not end the lane; the sender has its outcome.
                report("A handler of messages failed, from=" + message.from(), failure);
            }
        }

        @Override
        public void refuse(Failure failure) {
            outcome.failed(failure);
        }
    }

    /// A request. One that is cancelled meanwhile has its outcome.
    record Request(IncomingRequest request, Outcome outcome) implements LaneItem {
        @Override
        public void handle(Handlers handlers) {
            var handler = handlers.request();
            if (handler.isEmpty()) {
                request.refuse(new Failure(FailureReason.NO_HANDLER, "the receiver answers no requests"));
                return;
            }
            if (request.isCancelled()) {
                return;
            }
            try {
                handler.get().accept(request);
                // Told only now, because most answers come before and say as much.
                outcome.taken();
            } catch (Throwable failure) {
                request.fail("the handler failed: " + describe(failure));
                report("A handler of requests failed, from=" + request.from(), failure);
            }
        }

        @Override
        public void refuse(Failure failure) {
            request.refuse(failure);
        }
    }

    /// Says so, whatever the failure makes of being written.
    private static void report(String what, Throwable failure) {
        try {
            LOG.log(System.Logger.Level.WARNING, what, failure);
        } catch (RuntimeException | Error broken) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    what + ", by a " + failure.getClass().getName());
        }
    }

    private static String describe(Throwable failure) {
        try {
            return failure.toString();
        } catch (RuntimeException | Error broken) {
            return failure.getClass().getName();
        }
    }
}
