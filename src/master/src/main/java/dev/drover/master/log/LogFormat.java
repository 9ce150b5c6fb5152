package dev.drover.master.log;

/// How lines are written.
public enum LogFormat {
    /// For people: `TIME LEVEL message`, workers' lines as `web-0 | line`.
    TEXT,
    /// One JSON object a line.
    JSON
}
