"""The words of certification: identifiers, stages, acts, events, errors and schemes as data.

Nothing here does anything: these are the shapes that the procedure (workflows), the mark (labels) and
the body (certify) exchange, and the parser of the small rule grammar in which a scheme states its rules.
"""
