@org.jspecify.annotations.NullMarked
package dev.drover.examples.scenes;
