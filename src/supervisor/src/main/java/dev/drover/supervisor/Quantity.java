package dev.drover.supervisor;

/// A number of workers, or a percentage of those wanted, as Kubernetes' `IntOrString`.
///
/// @param value the number, or the percentage, 0 or more
/// @param percent whether it is a percentage
public record Quantity(int value, boolean percent) {

    public Quantity {
        if (value < 0 || (percent && value > 100)) {
            throw new IllegalArgumentException("not a quantity: " + value + (percent ? "%" : ""));
        }
    }

    /// A plain number.
    public static Quantity of(int value) {
        return new Quantity(value, false);
    }

    /// A percentage, 0 to 100.
    public static Quantity percent(int value) {
        return new Quantity(value, true);
    }

    int ofRoundedUp(int replicas) {
        return percent ? (replicas * value + 99) / 100 : value;
    }

    int ofRoundedDown(int replicas) {
        return percent ? replicas * value / 100 : value;
    }

    @Override
    public String toString() {
        return value + (percent ? "%" : "");
    }
}
