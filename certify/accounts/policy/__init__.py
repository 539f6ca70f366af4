"""Every permission of the body: facts in, a permission out; nothing here reads a clock, a database or a file.

`decide` is the one function; the tables beside it say who reads what (`case_table`, `matter_table`), who may do what
outside cases (`outside_table`), and what no table can allow (`exclusions`, `strength`). What no row allows is
refused, and what a person may not see looks like what does not exist.
"""

from certify.accounts.policy.case_table import CASE_ACTS, CASE_PERMISSIONS, evaluation_closed
from certify.accounts.policy.deciding import (
    ACTIONS,
    admit,
    decide,
    permit,
    permit_in_matter,
    permit_lodging,
    require_readable,
    require_sendable,
)
from certify.accounts.policy.facts import NOTHING, CaseFacts, Facts, MatterFacts
from certify.accounts.policy.outside_table import LODGING
from certify.accounts.policy.scopes import scope_of, scope_refusal

__all__ = [
    "ACTIONS",
    "CASE_ACTS",
    "CASE_PERMISSIONS",
    "LODGING",
    "NOTHING",
    "CaseFacts",
    "Facts",
    "MatterFacts",
    "admit",
    "decide",
    "evaluation_closed",
    "permit",
    "permit_in_matter",
    "permit_lodging",
    "require_readable",
    "require_sendable",
    "scope_of",
    "scope_refusal",
]
