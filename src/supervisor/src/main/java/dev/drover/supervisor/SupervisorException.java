package dev.drover.supervisor;

import java.util.List;

/// The supervisor cannot do what was asked; nothing was changed.
public final class SupervisorException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<String> problems;

    /// @param problems one line each, at least one
    public SupervisorException(List<String> problems) {
        super(String.join("\n", problems));
        this.problems = List.copyOf(problems);
    }

    SupervisorException(String problem, Throwable cause) {
        super(problem, cause);
        this.problems = List.of(problem);
    }

    /// What is wrong, one line each.
    public List<String> problems() {
        return problems;
    }
}
