/// The lines the master writes to its standard output: its own and its workers'.
@org.jspecify.annotations.NullMarked
package dev.drover.master.log;
