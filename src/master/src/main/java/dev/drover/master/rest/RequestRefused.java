package dev.drover.master.rest;

/// A request cannot be taken as it is. Caught where it is answered.
final class RequestRefused extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient Problem problem;

    RequestRefused(Problem problem) {
        super(problem.detail(), null, false, false);
        this.problem = problem;
    }

    Problem problem() {
        return problem;
    }
}
