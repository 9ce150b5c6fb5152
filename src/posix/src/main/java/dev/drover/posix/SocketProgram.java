package dev.drover.posix;

import java.util.List;

/// A classic BPF program for a socket: it chooses the shard of a new connection
/// ([Listener#attachSteering(SocketProgram)]) or drops packets ([Listener#attachFilter(SocketProgram)]).
///
/// The machine has an accumulator A, an index register X and 16 words of scratch memory, all unsigned 32-bit; jumps
/// only lead forward and count the instructions they skip. What a program means is for the kernel to check when it
/// is attached; here only the ranges of the encoding are.
///
/// @param instructions 1 to [#MAX_INSTRUCTIONS], the last one a `ret`
/// @see <a href="https://docs.kernel.org/networking/filter.html">Linux Socket Filtering</a>
public record SocketProgram(List<Instruction> instructions) {
    /// The kernel's `BPF_MAXINSNS`.
    public static final int MAX_INSTRUCTIONS = 4096;

    /// Base of the kernel's own values, as in `loadWord(SKF_AD_OFF + SKF_AD_RANDOM)`.
    public static final int SKF_AD_OFF = -0x1000;

    /// A random word.
    public static final int SKF_AD_RANDOM = 56;

    /// Base of offsets from the network (IP) header, wherever the packet begins for the program.
    public static final int SKF_NET_OFF = -0x100000;

    private static final int SCRATCH_SLOTS = 16;

    private static final int LD = 0x00;
    private static final int LDX = 0x01;
    private static final int ST = 0x02;
    private static final int STX = 0x03;
    private static final int ALU = 0x04;
    private static final int JMP = 0x05;
    private static final int RET = 0x06;
    private static final int MISC = 0x07;

    private static final int WORD = 0x00;
    private static final int HALF = 0x08;
    private static final int BYTE = 0x10;

    private static final int IMMEDIATE = 0x00;
    private static final int ABSOLUTE = 0x20;
    private static final int INDIRECT = 0x40;
    private static final int MEMORY = 0x60;
    private static final int LENGTH = 0x80;
    private static final int HEADER_LENGTH = 0xa0;

    private static final int ADD = 0x00;
    private static final int SUB = 0x10;
    private static final int MUL = 0x20;
    private static final int DIV = 0x30;
    private static final int OR = 0x40;
    private static final int AND = 0x50;
    private static final int LSH = 0x60;
    private static final int RSH = 0x70;
    private static final int MOD = 0x90;
    private static final int XOR = 0xa0;

    private static final int JA = 0x00;
    private static final int JEQ = 0x10;
    private static final int JGT = 0x20;
    private static final int JGE = 0x30;
    private static final int JSET = 0x40;

    private static final int INDEX = 0x08;
    private static final int ACCUMULATOR = 0x10;
    private static final int TAX = 0x00;
    private static final int TXA = 0x80;

    public SocketProgram {
        instructions = List.copyOf(instructions);
        if (instructions.isEmpty() || instructions.size() > MAX_INSTRUCTIONS) {
            throw new IllegalArgumentException("cannot make a socket program of " + instructions.size()
                    + " instructions: the kernel takes 1 to " + MAX_INSTRUCTIONS);
        }
    }

    /// A program of these instructions.
    public static SocketProgram of(Instruction... instructions) {
        return new SocketProgram(List.of(instructions));
    }

    /// One `struct sock_filter`.
    ///
    /// @param code operation, 0 to 65535
    /// @param jumpTrue how many instructions to skip when the condition holds, 0 to 255
    /// @param jumpFalse how many to skip when it does not, 0 to 255
    /// @param operand the constant k, unsigned
    public record Instruction(int code, int jumpTrue, int jumpFalse, int operand) {
        private static final int CODE_LIMIT = 0xffff;
        private static final int JUMP_LIMIT = 0xff;

        public Instruction {
            checkRange("code", code, CODE_LIMIT);
            checkRange("jump", jumpTrue, JUMP_LIMIT);
            checkRange("jump", jumpFalse, JUMP_LIMIT);
        }

        private static void checkRange(String what, int value, int limit) {
            if (value < 0 || value > limit) {
                throw new IllegalArgumentException(
                        "cannot encode " + what + " " + value + " of a socket program: it must be 0 to " + limit);
            }
        }
    }

    /// A = the big-endian word at `offset` of the packet.
    public static Instruction loadWord(int offset) {
        return plain(LD | WORD | ABSOLUTE, offset);
    }

    /// A = the big-endian half-word at `offset`.
    public static Instruction loadHalf(int offset) {
        return plain(LD | HALF | ABSOLUTE, offset);
    }

    /// A = the byte at `offset`.
    public static Instruction loadByte(int offset) {
        return plain(LD | BYTE | ABSOLUTE, offset);
    }

    /// A = the word at X + `offset`.
    public static Instruction loadWordIndexed(int offset) {
        return plain(LD | WORD | INDIRECT, offset);
    }

    /// A = the half-word at X + `offset`.
    public static Instruction loadHalfIndexed(int offset) {
        return plain(LD | HALF | INDIRECT, offset);
    }

    /// A = the byte at X + `offset`.
    public static Instruction loadByteIndexed(int offset) {
        return plain(LD | BYTE | INDIRECT, offset);
    }

    /// A = `value`.
    public static Instruction loadImmediate(int value) {
        return plain(LD | IMMEDIATE, value);
    }

    /// A = scratch memory `slot`, 0 to 15.
    public static Instruction loadMemory(int slot) {
        return plain(LD | MEMORY, slot(slot));
    }

    /// A = the length of the packet.
    public static Instruction loadLength() {
        return plain(LD | WORD | LENGTH, 0);
    }

    /// X = `value`.
    public static Instruction loadIndexImmediate(int value) {
        return plain(LDX | IMMEDIATE, value);
    }

    /// X = scratch memory `slot`, 0 to 15.
    public static Instruction loadIndexMemory(int slot) {
        return plain(LDX | MEMORY, slot(slot));
    }

    /// X = four times the low nibble of the byte at `offset`: the length of an IPv4 header.
    public static Instruction loadIndexHeaderLength(int offset) {
        return plain(LDX | BYTE | HEADER_LENGTH, offset);
    }

    /// Scratch memory `slot`, 0 to 15, = A.
    public static Instruction store(int slot) {
        return plain(ST, slot(slot));
    }

    /// Scratch memory `slot`, 0 to 15, = X.
    public static Instruction storeIndex(int slot) {
        return plain(STX, slot(slot));
    }

    /// A = A + `value`.
    public static Instruction add(int value) {
        return plain(ALU | ADD, value);
    }

    /// A = A - `value`.
    public static Instruction subtract(int value) {
        return plain(ALU | SUB, value);
    }

    /// A = A * `value`.
    public static Instruction multiply(int value) {
        return plain(ALU | MUL, value);
    }

    /// A = A / `value`, unsigned; the kernel refuses 0.
    public static Instruction divide(int value) {
        return plain(ALU | DIV, value);
    }

    /// A = A % `value`, unsigned; the kernel refuses 0.
    public static Instruction modulo(int value) {
        return plain(ALU | MOD, value);
    }

    /// A = A & `value`.
    public static Instruction and(int value) {
        return plain(ALU | AND, value);
    }

    /// A = A | `value`.
    public static Instruction or(int value) {
        return plain(ALU | OR, value);
    }

    /// A = A ^ `value`.
    public static Instruction xor(int value) {
        return plain(ALU | XOR, value);
    }

    /// A = A << `bits`.
    public static Instruction shiftLeft(int bits) {
        return plain(ALU | LSH, bits);
    }

    /// A = A >>> `bits`.
    public static Instruction shiftRight(int bits) {
        return plain(ALU | RSH, bits);
    }

    /// A = A + X.
    public static Instruction addIndex() {
        return plain(ALU | ADD | INDEX, 0);
    }

    /// A = A - X.
    public static Instruction subtractIndex() {
        return plain(ALU | SUB | INDEX, 0);
    }

    /// A = A * X.
    public static Instruction multiplyIndex() {
        return plain(ALU | MUL | INDEX, 0);
    }

    /// A = A / X; the program answers 0 when X is 0.
    public static Instruction divideIndex() {
        return plain(ALU | DIV | INDEX, 0);
    }

    /// A = A % X; the program answers 0 when X is 0.
    public static Instruction moduloIndex() {
        return plain(ALU | MOD | INDEX, 0);
    }

    /// A = A & X.
    public static Instruction andIndex() {
        return plain(ALU | AND | INDEX, 0);
    }

    /// A = A | X.
    public static Instruction orIndex() {
        return plain(ALU | OR | INDEX, 0);
    }

    /// A = A ^ X.
    public static Instruction xorIndex() {
        return plain(ALU | XOR | INDEX, 0);
    }

    /// A = A >>> X.
    public static Instruction shiftRightIndex() {
        return plain(ALU | RSH | INDEX, 0);
    }

    /// X = A.
    public static Instruction copyToIndex() {
        return plain(MISC | TAX, 0);
    }

    /// A = X.
    public static Instruction copyFromIndex() {
        return plain(MISC | TXA, 0);
    }

    /// Skips `jumpTrue` instructions when A == `value`, otherwise `jumpFalse`.
    public static Instruction jumpIfEqual(int value, int jumpTrue, int jumpFalse) {
        return new Instruction(JMP | JEQ, jumpTrue, jumpFalse, value);
    }

    /// Skips `jumpTrue` instructions when A > `value`, unsigned, otherwise `jumpFalse`.
    public static Instruction jumpIfGreater(int value, int jumpTrue, int jumpFalse) {
        return new Instruction(JMP | JGT, jumpTrue, jumpFalse, value);
    }

    /// Skips `jumpTrue` instructions when A >= `value`, unsigned, otherwise `jumpFalse`.
    public static Instruction jumpIfAtLeast(int value, int jumpTrue, int jumpFalse) {
        return new Instruction(JMP | JGE, jumpTrue, jumpFalse, value);
    }

    /// Skips `jumpTrue` instructions when A & `value` is not 0, otherwise `jumpFalse`.
    public static Instruction jumpIfAnySet(int value, int jumpTrue, int jumpFalse) {
        return new Instruction(JMP | JSET, jumpTrue, jumpFalse, value);
    }

    /// Skips `count` instructions; unlike the conditional jumps it may skip more than 255.
    public static Instruction jump(int count) {
        return plain(JMP | JA, count);
    }

    /// Ends with `value`: the index of a shard, or how many bytes of the packet to keep (0 drops it).
    public static Instruction answer(int value) {
        return plain(RET, value);
    }

    /// Ends with A.
    public static Instruction answerAccumulator() {
        return plain(RET | ACCUMULATOR, 0);
    }

    private static Instruction plain(int code, int operand) {
        return new Instruction(code, 0, 0, operand);
    }

    private static int slot(int slot) {
        if (slot < 0 || slot >= SCRATCH_SLOTS) {
            throw new IllegalArgumentException(
                    "cannot use scratch memory " + slot + ": it must be 0 to " + (SCRATCH_SLOTS - 1));
        }
        return slot;
    }
}
