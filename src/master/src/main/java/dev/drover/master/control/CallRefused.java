package dev.drover.master.control;

/// A call, or what came with it, cannot be taken. Caught where the call is answered.
final class CallRefused extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient Refusal refusal;

    CallRefused(Refusal refusal) {
        super(refusal.toString(), null, false, false);
        this.refusal = refusal;
    }

    Refusal refusal() {
        return refusal;
    }
}
