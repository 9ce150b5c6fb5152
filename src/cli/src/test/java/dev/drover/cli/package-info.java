@org.jspecify.annotations.NullMarked
package dev.drover.cli;
