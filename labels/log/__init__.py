"""The public log: an RFC 6962 Merkle tree in the formats of C2SP, so that other people's tools can read it.

tree        hashes, inclusion and consistency (RFC 6962, 2.1; RFC 9162, 2.1.3 and 2.1.4)
tiles       where the hashes and the entries lie as static files (c2sp.org/tlog-tiles)
notes       signed notes (c2sp.org/signed-note)
checkpoints signed tree heads and what witnesses say of them (c2sp.org/tlog-checkpoint, c2sp.org/tlog-cosignature)
proofs      one entry's place in a witnessed tree, in one file (c2sp.org/tlog-proof)
"""
