package dev.drover.master.control;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Which labels a pool must have, in Kubernetes' words (its API concepts, "Labels and Selectors"): `tier=front`,
/// `tier==front`, `tier!=front`, `tier in (front,back)`, `tier notin (front)`, `tier`, `!tier`, all of which must hold
/// where several stand with commas between them. As there, `!=` and `notin` hold where there is no such label.
///
/// @param requirements empty: every pool fits
record LabelSelector(List<Requirement> requirements) {
    static final int MAX_LENGTH = 1024;

    private static final String KEY = "[A-Za-z0-9]([-A-Za-z0-9_./]*[A-Za-z0-9])?";
    private static final String VALUE = "([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?";

    private static final Pattern EXISTS = Pattern.compile("(?<not>!?)\\s*(?<key>" + KEY + ")");
    private static final Pattern EQUALS =
            Pattern.compile("(?<key>" + KEY + ")\\s*(?<operator>==?|!=)\\s*(?<values>" + VALUE + ")");
    private static final Pattern ONE_OF = Pattern.compile("(?<key>" + KEY
            + ")\\s+(?<operator>in|notin)\\s*\\(\\s*(?<values>" + VALUE + "(\\s*,\\s*" + VALUE + ")*)\\s*\\)");

    /// A comma that is not within parentheses.
    private static final Pattern COMMA = Pattern.compile(",(?![^(]*\\))");

    LabelSelector {
        requirements = List.copyOf(requirements);
    }

    /// One thing that must hold.
    sealed interface Requirement {
        boolean holds(Map<String, String> labels);

        /// There is one of that name, or none.
        record Exists(String key, boolean wanted) implements Requirement {
            @Override
            public boolean holds(Map<String, String> labels) {
                return labels.containsKey(key) == wanted;
            }
        }

        /// It has one of these values, or it has not.
        record OneOf(String key, Set<String> values, boolean wanted) implements Requirement {
            public OneOf {
                values = Set.copyOf(values);
            }

            @Override
            public boolean holds(Map<String, String> labels) {
                return Optional.ofNullable(labels.get(key))
                                .filter(values::contains)
                                .isPresent()
                        == wanted;
            }
        }
    }

    /// @param text empty: every pool fits
    /// @throws CallRefused where it cannot be read
    static LabelSelector parse(String text) throws CallRefused {
        if (text.length() > MAX_LENGTH) {
            throw refused("it has " + text.length() + " characters, allowed are " + MAX_LENGTH);
        }
        var requirements = new ArrayList<Requirement>();
        for (var part : text.isBlank() ? new String[0] : COMMA.split(text, -1)) {
            requirements.add(requirement(part.strip())
                    .orElseThrow(() -> refused("cannot read '" + part.strip()
                            + "': write KEY=VALUE, KEY!=VALUE, KEY in (A,B), KEY notin (A,B), KEY or !KEY, with"
                            + " commas between several")));
        }
        return new LabelSelector(requirements);
    }

    private static Optional<Requirement> requirement(String part) {
        return Stream.<Optional<Requirement>>of(
                        match(EXISTS, part)
                                .map(match -> new Requirement.Exists(
                                        match.group("key"), match.group("not").isEmpty())),
                        match(EQUALS, part)
                                .map(match -> new Requirement.OneOf(
                                        match.group("key"),
                                        Set.of(match.group("values")),
                                        !match.group("operator").equals("!="))),
                        match(ONE_OF, part)
                                .map(match -> new Requirement.OneOf(
                                        match.group("key"),
                                        values(match.group("values")),
                                        match.group("operator").equals("in"))))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private static Optional<Matcher> match(Pattern pattern, String part) {
        return Optional.of(pattern.matcher(part)).filter(Matcher::matches);
    }

    private static Set<String> values(String list) {
        return Pattern.compile(",").splitAsStream(list).map(String::strip).collect(Collectors.toSet());
    }

    private static CallRefused refused(String problem) {
        return new CallRefused(new Refusal.FieldInvalid("labelSelector", problem));
    }

    /// Whether a pool with these labels is meant.
    boolean fits(Map<String, String> labels) {
        return requirements.stream().allMatch(requirement -> requirement.holds(labels));
    }
}
