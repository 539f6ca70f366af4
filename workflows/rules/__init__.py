"""The rules of the procedure: pure functions of the case, the act, the scheme and the time."""
