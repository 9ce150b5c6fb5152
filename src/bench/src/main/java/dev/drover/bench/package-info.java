/// What Drover costs, beside peers on the same machine at the same time: only ratios are worth comparing.
@org.jspecify.annotations.NullMarked
package dev.drover.bench;
