"""The procedure: what happens, in which order, who may, by when.

`workflows.rules` is pure: `decide(case, act, now)` gives events, `evolve(case, event)` gives the next case.
The workflows keep a case in Temporal and hand its events to the activity `record`; nothing here knows a
database, a key or a web page.
"""
