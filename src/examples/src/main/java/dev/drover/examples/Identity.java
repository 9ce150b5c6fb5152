package dev.drover.examples;

import io.netty.util.AsciiString;

/// Who answers, in the forms the answers need.
///
/// @param name `web-0`
/// @param pid of this process
/// @param nameHeader value of `X-Worker`
/// @param pidHeader value of `X-Worker-Pid`
/// @param greeting `Hello World from web-0 (pid N)`
record Identity(String name, String pid, AsciiString nameHeader, AsciiString pidHeader, String greeting) {
    static Identity of(String name, long pid) {
        var number = Long.toString(pid);
        return new Identity(
                name,
                number,
                AsciiString.cached(name),
                AsciiString.cached(number),
                "Hello World from " + name + " (pid " + number + ")");
    }
}
