package dev.drover.supervisor.dispatch;

import java.net.InetAddress;
import java.net.InetSocketAddress;

/// The policies a pool file knows. Without state: whose turn it is is the candidates' to tell.
enum BuiltInPolicy implements DispatchPolicy {
    ROUND_ROBIN {
        @Override
        public int choose(Arrival connection, Candidates candidates) {
            return candidates.next();
        }
    },

    LEAST_CONNECTIONS {
        @Override
        public int choose(Arrival connection, Candidates candidates) {
            int size = candidates.size();
            int best = candidates.next();
            for (int i = 1, index = best; i < size; i++) {
                index = index + 1 == size ? 0 : index + 1;
                if (candidates.openConnections(index) < candidates.openConnections(best)) {
                    best = index;
                }
            }
            return best;
        }
    },

    /// Rendezvous hashing (Thaler and Ravishankar, 1998): of every pair of client and place the weight is fixed,
    /// and the heaviest wins.
    CLIENT_ADDRESS {
        @Override
        public int choose(Arrival connection, Candidates candidates) {
            return connection.peerAddress().orElse(null) instanceof InetSocketAddress peer
                    ? heaviest(hash(peer.getAddress()), candidates)
                    : candidates.next();
        }
    };

    private static final int MAPPED_PREFIX = 12;
    private static final long GOLDEN = 0x9E37_79B9_7F4A_7C15L;

    /// Of two incarnations of one place the older, which has its clients already.
    private static int heaviest(long client, Candidates candidates) {
        int best = 0;
        long most = weight(client, candidates, 0);
        for (int i = 1; i < candidates.size(); i++) {
            long weight = weight(client, candidates, i);
            if (weight > most) {
                best = i;
                most = weight;
            }
        }
        return best;
    }

    private static long weight(long client, Candidates candidates, int index) {
        int ordinal = candidates.incarnation(index).worker().ordinal();
        return mixed(client + (ordinal + 1) * GOLDEN);
    }

    private static long hash(InetAddress address) {
        var bytes = address.getAddress();
        long hash = GOLDEN;
        for (int i = isMapped(bytes) ? MAPPED_PREFIX : 0; i < bytes.length; i++) {
            hash = mixed(hash ^ (bytes[i] & 0xFF));
        }
        return hash;
    }

    /// `::ffff:a.b.c.d` is the IPv4 client a.b.c.d, whichever kind of socket it came to.
    private static boolean isMapped(byte[] bytes) {
        if (bytes.length == 4) {
            return false;
        }
        for (int i = 0; i < MAPPED_PREFIX; i++) {
            int expected = i < MAPPED_PREFIX - 2 ? 0 : -1;
            if (bytes[i] != expected) {
                return false;
            }
        }
        return true;
    }

    /// The finalizer of SplitMix64: every bit of the input changes half of the output.
    private static long mixed(long value) {
        long mixed = value;
        mixed = (mixed ^ (mixed >>> 30)) * 0xBF58_476D_1CE4_E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D0_49BB_1331_11EBL;
        return mixed ^ (mixed >>> 31);
    }
}
