@org.jspecify.annotations.NullMarked
package dev.drover.poolfile;
