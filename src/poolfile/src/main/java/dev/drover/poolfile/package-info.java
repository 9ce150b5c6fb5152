/// Pool files: YAML to `WorkerPool`, every error with its line.
@org.jspecify.annotations.NullMarked
package dev.drover.poolfile;
