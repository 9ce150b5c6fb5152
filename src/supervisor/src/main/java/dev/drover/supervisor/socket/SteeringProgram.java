package dev.drover.supervisor.socket;

import static dev.drover.posix.SocketProgram.SKF_AD_OFF;
import static dev.drover.posix.SocketProgram.SKF_AD_RANDOM;
import static dev.drover.posix.SocketProgram.SKF_NET_OFF;
import static dev.drover.posix.SocketProgram.add;
import static dev.drover.posix.SocketProgram.answer;
import static dev.drover.posix.SocketProgram.answerAccumulator;
import static dev.drover.posix.SocketProgram.jump;
import static dev.drover.posix.SocketProgram.jumpIfAtLeast;
import static dev.drover.posix.SocketProgram.jumpIfEqual;
import static dev.drover.posix.SocketProgram.loadByte;
import static dev.drover.posix.SocketProgram.loadHalf;
import static dev.drover.posix.SocketProgram.loadHalfIndexed;
import static dev.drover.posix.SocketProgram.loadIndexHeaderLength;
import static dev.drover.posix.SocketProgram.loadWord;
import static dev.drover.posix.SocketProgram.modulo;
import static dev.drover.posix.SocketProgram.shiftRight;

import dev.drover.posix.SocketProgram;
import dev.drover.posix.SocketProgram.Instruction;
import java.util.ArrayList;
import java.util.List;

/// Writes a [SteeringTable] as the program that the kernel runs for each new connection. A pure function.
///
/// First the probes: a SYN from a loopback address and the source port of a probe goes to that probe's shard. Then
/// the balance: a random number below the count of targets, mapped to a target.
///
/// A load that fails ends the program with 0, whatever shard that is; so nothing is read that may be missing:
/// offsets count from the IP header, which the kernel has checked, and the source port is read only where TCP
/// follows.
final class SteeringProgram {
    private static final int IPV4_SOURCE = 12;
    private static final int IPV4_LOOPBACK_NET = 127;
    private static final int IPV6_NEXT_HEADER = 6;
    private static final int IPV6_SOURCE = 8;
    private static final int IPV6_HEADER_LENGTH = 40;
    private static final int TCP = 6;
    private static final int VERSION_SHIFT = 4;

    private final List<Instruction> code = new ArrayList<>();

    /// Positions of the conditions whose failure means: not a probe.
    private final List<Integer> conditions = new ArrayList<>();

    private SteeringProgram() {}

    /// At most 1 450 instructions.
    static SocketProgram of(SteeringTable table) {
        var program = new SteeringProgram();
        if (!table.probes().isEmpty()) {
            program.addProbes(table.probes());
        }
        program.addBalance(table.targets());
        return new SocketProgram(program.code);
    }

    private void addProbes(List<Probe> probes) {
        code.add(loadByte(SKF_NET_OFF));
        code.add(shiftRight(VERSION_SHIFT));
        int version = code.size();
        code.add(jumpIfEqual(6, 0, 0));
        require(4);
        // A mapped address (::ffff:127.0.0.1) is a matter of the socket only: its packets have IPv4 headers. The
        // kernel drops IPv6 packets that bear one, and loopback sources that come from outside.
        code.add(loadByte(SKF_NET_OFF + IPV4_SOURCE));
        require(IPV4_LOOPBACK_NET);
        code.add(loadIndexHeaderLength(SKF_NET_OFF));
        code.add(loadHalfIndexed(SKF_NET_OFF));
        int versionJoin = code.size();
        code.add(jump(0));

        code.set(version, jumpIfEqual(6, code.size() - version - 1, 0));
        // Extension headers would move the TCP header: such a packet is no probe.
        code.add(loadByte(SKF_NET_OFF + IPV6_NEXT_HEADER));
        require(TCP);
        for (int word = 0; word < 4; word++) {
            code.add(loadWord(SKF_NET_OFF + IPV6_SOURCE + Integer.BYTES * word));
            require(word < 3 ? 0 : 1);
        }
        code.add(loadHalf(SKF_NET_OFF + IPV6_HEADER_LENGTH));
        code.add(jump(1));

        // Conditional jumps reach 255 instructions, so those that fail meet here and go on by an unlimited one.
        int miss = code.size();
        code.add(jump(2 * probes.size()));
        conditions.forEach(at -> code.set(at, jumpIfEqual(code.get(at).operand(), 0, miss - at - 1)));
        code.set(versionJoin, jump(code.size() - versionJoin - 1));
        for (var probe : probes) {
            code.add(jumpIfEqual(probe.sourcePort(), 0, 1));
            code.add(answer(probe.index()));
        }
    }

    /// Goes on when A is this, otherwise it is no probe.
    private void require(int value) {
        conditions.add(code.size());
        code.add(jumpIfEqual(value, 0, 0));
    }

    /// Targets that follow each other make a run: the position in it and its first index are one addition. So no
    /// table takes more than two instructions for each shard that is left out, and no jump leads further than a
    /// run.
    private void addBalance(List<Integer> targets) {
        if (targets.size() > 1) {
            code.add(loadWord(SKF_AD_OFF + SKF_AD_RANDOM));
            code.add(modulo(targets.size()));
        }
        int start = 0;
        while (start < targets.size()) {
            int end = start + 1;
            while (end < targets.size() && targets.get(end) == targets.get(start) + end - start) {
                end++;
            }
            addRun(start, end, targets.get(start), end == targets.size());
            start = end;
        }
    }

    /// Answers for numbers below `end`; those below `start` have been answered before.
    private void addRun(int start, int end, int first, boolean last) {
        boolean shifted = end - start > 1 && first != start;
        if (!last) {
            code.add(jumpIfAtLeast(end, shifted ? 2 : 1, 0));
        }
        if (shifted) {
            code.add(add(first - start));
        }
        code.add(end - start > 1 ? answerAccumulator() : answer(first));
    }
}
