"""What the signer program publishes out of the record: the log, the status lists, and what verifies without us.

It needs neither worker nor Temporal (design, 2.9): a label that is suspended is told as suspended while they are down.
"""
