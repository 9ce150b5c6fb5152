/// What makes the reference pages in `docs/reference` of what they tell about.
@org.jspecify.annotations.NullMarked
package dev.drover.it.reference;
