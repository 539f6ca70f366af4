"""A monitor of the public log, for whoever is not the body: it looks, remembers and compares (RFC 9162, 8.2).

    files = PublishedAddresses("https://v.example.eu", monotonic)
    found = observe(files, Memory(folder), policy_of(keys, "v.example.eu/log"), at=now)
    assert not found.false, found.evidence

A witness sees what the log shows to it; a monitor sees what the log shows to the public. Two signed checkpoints of one
log of which neither is the beginning of the other are the proof of a fork that nobody can deny; it keeps them.
"""
