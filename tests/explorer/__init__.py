"""A breadth-first explorer: every state that a case, its record and the signer can reach together, within a bound.

python -m tests.explorer              # all scenarios; exits 1 with the moves that lead to a violated invariant
python -m tests.explorer commission   # one of them
"""
