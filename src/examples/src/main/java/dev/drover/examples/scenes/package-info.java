/// Node's multi-process architecture, scene by scene, as Drover plays it: `docs/explanation/node-beside-drover.md`
/// sets both beside each other.
@org.jspecify.annotations.NullMarked
package dev.drover.examples.scenes;
