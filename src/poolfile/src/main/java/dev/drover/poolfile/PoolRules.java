package dev.drover.poolfile;

import com.google.protobuf.Value;
import dev.drover.protocol.pool.v1.Distribution;
import dev.drover.protocol.pool.v1.EnvVar;
import dev.drover.protocol.pool.v1.RollingUpdate;
import dev.drover.protocol.pool.v1.Socket;
import dev.drover.protocol.pool.v1.Template;
import dev.drover.protocol.pool.v1.WorkerPool;
import dev.drover.protocol.pool.v1.WorkerPoolSpec;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/// The rules within one pool that no single field's rule can say.
final class PoolRules {

    static final String QUANTITY = "a whole number from 0 or a percentage from \"0%\" to \"100%\"";

    /// Linux' signals, signal(7), less aliases and the two that no process can handle.
    private static final Set<String> STOP_SIGNALS = Set.of(
            "SIGHUP",
            "SIGINT",
            "SIGQUIT",
            "SIGILL",
            "SIGTRAP",
            "SIGABRT",
            "SIGBUS",
            "SIGFPE",
            "SIGUSR1",
            "SIGSEGV",
            "SIGUSR2",
            "SIGPIPE",
            "SIGALRM",
            "SIGTERM",
            "SIGSTKFLT",
            "SIGCHLD",
            "SIGCONT",
            "SIGTSTP",
            "SIGTTIN",
            "SIGTTOU",
            "SIGURG",
            "SIGXCPU",
            "SIGXFSZ",
            "SIGVTALRM",
            "SIGPROF",
            "SIGWINCH",
            "SIGIO",
            "SIGPWR",
            "SIGSYS");

    private static final Pattern VARIABLE = Pattern.compile("\\$\\([^)]*\\)");
    private static final List<String> METRICS_VARIABLES =
            List.of("$(DROVER_INCARNATION)", "$(DROVER_WORKER)", "$(DROVER_ORDINAL)", "$(DROVER_POOL)");
    private static final Pattern SIGNAL = Pattern.compile("SIG[A-Z0-9]+");
    private static final Pattern PERCENTAGE = Pattern.compile("(100|[1-9]?[0-9])%");

    private final List<Violation> violations = new ArrayList<>();

    private PoolRules() {}

    static List<Violation> check(WorkerPool pool) {
        var rules = new PoolRules();
        WorkerPoolSpec spec = pool.getSpec();
        rules.sockets(spec.getSocketsList(), Defaults.protocol(spec.getTemplate()));
        rules.template(spec.getTemplate());
        rules.violations.addAll(ProbeRules.check(spec));
        rules.rollingUpdate(spec.getStrategy().getRollingUpdate());
        rules.restart(pool);
        rules.recycle(spec);
        rules.metrics(spec);
        rules.deadline(pool);
        return rules.violations;
    }

    private void sockets(List<Socket> sockets, String protocol) {
        Map<String, Integer> names = new HashMap<>();
        for (int i = 0; i < sockets.size(); i++) {
            Socket socket = sockets.get(i);
            String path = "spec.sockets[" + i + "]";
            Integer first = names.putIfAbsent(socket.getName(), i);
            if (first != null && !socket.getName().isEmpty()) {
                violated(
                        path + ".name",
                        "is " + Wording.quote(socket.getName()) + ", the name of spec.sockets[" + first
                                + "] already; names must be unique in the pool");
            }
            switch (Defaults.protocol(socket)) {
                case "TCP" -> tcp(socket, path);
                case "Unix" -> unix(socket, path);
                default -> {} // told by the field's own rule
            }
            distribution(socket.getDistribution(), path + ".distribution", protocol);
        }
    }

    private void distribution(Distribution distribution, String path, String protocol) {
        boolean dispatched = Defaults.isDispatched(distribution);
        if (dispatched && !protocol.equals("Drover")) {
            violated(
                    path + ".mode",
                    "is \"Dispatched\", which needs workers of the protocol \"Drover\"; spec.template.protocol is "
                            + Wording.quote(protocol));
        }
        if (!dispatched && distribution.hasPolicy()) {
            violated(path + ".policy", "is for the mode \"Dispatched\" only; remove it or say `mode: Dispatched`");
        }
    }

    private void tcp(Socket socket, String path) {
        if (socket.hasPath()) {
            violated(path + ".path", "is for Unix sockets only; add `protocol: Unix` or give host and port instead");
        } else if (!socket.hasPort()) {
            violated(path + ".port", "is required for TCP: from 0 to 65535; 0 lets the kernel choose");
        }
        if (socket.hasHost() && Addresses.parse(socket.getHost()).isEmpty()) {
            violated(
                    path + ".host",
                    "is " + Wording.quote(socket.getHost())
                            + ", must be an IP address such as \"::\", \"0.0.0.0\" or \"127.0.0.1\"");
        }
    }

    private void unix(Socket socket, String path) {
        if (!socket.hasPath()) {
            violated(path + ".path", "is required for Unix sockets: an absolute path");
        }
        if (socket.hasHost()) {
            violated(path + ".host", "is for TCP only; a Unix socket has a path instead");
        }
        if (socket.hasPort()) {
            violated(path + ".port", "is for TCP only; a Unix socket has a path instead");
        }
        if (socket.getDistribution().getMode().equals("Sharded")) {
            violated(
                    path + ".distribution.mode",
                    "is \"Sharded\", which a Unix socket cannot be; must be \"Shared\" or \"Dispatched\"");
        }
    }

    private void template(Template template) {
        if (template.getCommandCount() > 0 && template.getCommand(0).isEmpty()) {
            violated("spec.template.command[0]", "is empty, must be the program to start");
        }
        Map<String, Integer> names = new HashMap<>();
        for (int i = 0; i < template.getEnvCount(); i++) {
            variable(template.getEnv(i), i, names);
        }
        String signal = template.getLifecycle().getStopSignal();
        if (SIGNAL.matcher(signal).matches() && !STOP_SIGNALS.contains(signal)) {
            boolean fatal = signal.equals("SIGKILL") || signal.equals("SIGSTOP");
            violated(
                    "spec.template.lifecycle.stopSignal",
                    "is " + Wording.quote(signal)
                            + (fatal
                                    ? ", which a worker cannot handle; use one it can, such as SIGTERM"
                                    : ", which Linux does not know; use a signal such as SIGTERM, SIGINT or SIGQUIT"));
        }
    }

    private void variable(EnvVar variable, int index, Map<String, Integer> names) {
        String path = "spec.template.env[" + index + "]";
        Integer first = names.putIfAbsent(variable.getName(), index);
        if (first != null && !variable.getName().isEmpty()) {
            violated(
                    path + ".name",
                    "is " + Wording.quote(variable.getName()) + ", set by spec.template.env[" + first
                            + "] already; keep one");
        }
        if (variable.getName().startsWith("DROVER_")) {
            violated(
                    path + ".name",
                    "is " + Wording.quote(variable.getName()) + "; names that begin with DROVER_ belong to the master");
        }
        if (variable.hasValue() == variable.hasValueFrom()) {
            violated(
                    path,
                    variable.hasValue()
                            ? "has both value and valueFrom; keep one"
                            : "has neither value nor valueFrom; give one (for an empty value write value: \"\")");
        }
    }

    private void rollingUpdate(RollingUpdate update) {
        String path = "spec.strategy.rollingUpdate";
        boolean surge = quantity(update.hasMaxSurge(), update.getMaxSurge(), path + ".maxSurge");
        boolean unavailable =
                quantity(update.hasMaxUnavailable(), update.getMaxUnavailable(), path + ".maxUnavailable");
        if (surge
                && unavailable
                && update.hasMaxSurge()
                && isZero(update.getMaxSurge())
                && (!update.hasMaxUnavailable() || isZero(update.getMaxUnavailable()))) {
            violated(
                    path,
                    "maxSurge and maxUnavailable (default 0) are both 0, so nothing could be replaced; raise one");
        }
    }

    private boolean quantity(boolean given, Value value, String path) {
        boolean number = value.hasNumberValue()
                && value.getNumberValue() == Math.rint(value.getNumberValue())
                && value.getNumberValue() >= 0
                && value.getNumberValue() <= Integer.MAX_VALUE;
        boolean fine =
                !given || number || PERCENTAGE.matcher(value.getStringValue()).matches();
        if (!fine) {
            String shown =
                    value.hasNumberValue() ? shown(value.getNumberValue()) : Wording.quote(value.getStringValue());
            violated(path, "is " + shown + ", must be " + QUANTITY);
        }
        return fine;
    }

    private static String shown(double number) {
        return Double.isFinite(number)
                ? BigDecimal.valueOf(number).stripTrailingZeros().toPlainString()
                : Double.toString(number);
    }

    private static boolean isZero(Value value) {
        return value.hasNumberValue()
                ? value.getNumberValue() == 0
                : value.getStringValue().equals("0%");
    }

    private void restart(WorkerPool pool) {
        var restart = Defaults.of(pool).getSpec().getRestart();
        if (restart.getInitialDelaySeconds() > restart.getMaxDelaySeconds()) {
            violated(
                    "spec.restart",
                    "initialDelaySeconds (" + restart.getInitialDelaySeconds() + ") is above maxDelaySeconds ("
                            + restart.getMaxDelaySeconds() + "); must be at most that");
        }
        var written = pool.getSpec().getRestart();
        if (!written.hasMaxRestarts() && (written.hasWindowSeconds() || written.hasOnFailure())) {
            violated(
                    "spec.restart", "has windowSeconds or onFailure without maxRestarts; give that, or leave them out");
        }
    }

    private void recycle(WorkerPoolSpec spec) {
        String protocol = Defaults.protocol(spec.getTemplate());
        if (spec.getRecycle().getMaxRequests() > 0 && !protocol.equals("Drover")) {
            violated(
                    "spec.recycle.maxRequests",
                    "needs workers of the protocol \"Drover\", which tell how many they have answered; "
                            + "spec.template.protocol is " + Wording.quote(protocol));
        }
    }

    private void metrics(WorkerPoolSpec spec) {
        if (!spec.hasMetrics()) {
            return;
        }
        var path = spec.getMetrics().getPath();
        var unknown = VARIABLE.matcher(path)
                .results()
                .map(MatchResult::group)
                .filter(variable -> !METRICS_VARIABLES.contains(variable))
                .findFirst();
        if (unknown.isPresent()) {
            violated("spec.metrics.path", "has " + unknown.get() + ", must be one of " + METRICS_VARIABLES);
        } else if (!path.contains("$(DROVER_INCARNATION)")
                || !(path.contains("$(DROVER_WORKER)") || path.contains("$(DROVER_ORDINAL)"))) {
            violated(
                    "spec.metrics.path",
                    "must hold $(DROVER_INCARNATION), and $(DROVER_WORKER) or $(DROVER_ORDINAL): each incarnation has a "
                            + "socket of its own");
        }
    }

    private void deadline(WorkerPool pool) {
        var spec = Defaults.of(pool).getSpec();
        if (spec.getMinReadySeconds() >= spec.getProgressDeadlineSeconds()) {
            violated(
                    "spec.minReadySeconds",
                    "is " + spec.getMinReadySeconds() + ", must be below progressDeadlineSeconds ("
                            + spec.getProgressDeadlineSeconds() + "), or no worker is available in time");
        }
    }

    private void violated(String path, String message) {
        violations.add(new Violation(path, message));
    }
}
