/// The output of the workers: what they write to stdout and stderr, line by line and tagged, without ever holding
/// up a worker for longer than its policy wants, nor the master at all.
///
/// [OutputPump] reads the pipes on one thread and hands the lines to an [OutputSink] on another; between the two
/// lies a bounded queue. Apart from it [OutputLog] keeps each incarnation's last lines, for whoever wants to read them
/// and for the account of its end; [LogReader] reads on as they come.
@org.jspecify.annotations.NullMarked
package dev.drover.supervisor.output;
