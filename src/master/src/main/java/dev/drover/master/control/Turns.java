package dev.drover.master.control;

import java.util.ArrayDeque;

/// Lets so many do something at once, the others in the order in which they came. For one thread, the event loop.
final class Turns {
    private final int most;
    private final ArrayDeque<Turn> waiting = new ArrayDeque<>();
    private int taken;

    /// @param most from 1
    Turns(int most) {
        this.most = most;
    }

    /// One's place.
    final class Turn {
        private final Runnable whenDelayed;
        private final Runnable whenItIs;
        private State state = State.WAITING;

        private enum State {
            WAITING,
            TAKEN,
            OVER
        }

        private Turn(Runnable whenDelayed, Runnable whenItIs) {
            this.whenDelayed = whenDelayed;
            this.whenItIs = whenItIs;
        }

        private void begin() {
            if (taken < most) {
                taken++;
                state = State.TAKEN;
            } else {
                waiting.add(this);
                whenDelayed.run();
            }
        }

        /// Whether it has come and is not over.
        boolean isTaken() {
            return state == State.TAKEN;
        }

        /// It is over, whether it has come or not; the next one's comes. Again: nothing.
        void end() {
            var before = state;
            state = State.OVER;
            switch (before) {
                case WAITING -> waiting.remove(this);
                case TAKEN -> next();
                case OVER -> {}
            }
        }

        private void next() {
            taken--;
            var next = waiting.poll();
            if (next != null) {
                taken++;
                next.state = State.TAKEN;
                next.whenItIs.run();
            }
        }
    }

    /// Takes a turn: now, or when others have ended theirs.
    ///
    /// @param whenDelayed run if it is not now
    /// @param whenItIs run if it was not, as soon as it is
    Turn take(Runnable whenDelayed, Runnable whenItIs) {
        var turn = new Turn(whenDelayed, whenItIs);
        turn.begin();
        return turn;
    }
}
