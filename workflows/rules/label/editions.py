"""By which edition an act about a label is judged, and since when which rule holds (decision 63).

An act says with its facts by which edition it was sent; one of before says 0, and where a rule held by then already,
a word of its own for it. So a label goes on as it began when its history is replayed, and is judged by the rules of
today in all that is done to it today. What a vote amounts to goes by the edition of the act that put it.
"""

from collections.abc import Callable
from typing import Final, NamedTuple

from schemas.label_act import LabelAct
from schemas.label_facts import RecordFacts
from schemas.label_life import Proposal

EDITION: Final = 1
"""Of acts that are sent from now on."""


class Since(NamedTuple):
    """From which edition on a rule holds, and how acts of before said that it did."""

    edition: int
    said: Callable[[RecordFacts], bool] = lambda _: False


BINDS_STANDING: Final = Since(1, lambda facts: facts.binds_standing)
"""A vote to maintain or prolong counts for the standing that the label has as it opens."""
STAYS_OUT: Final = Since(1, lambda facts: facts.judges_stay_out)
"""Who says yes to judging, or leaves after that, decides nothing about the label; who suspends it judges nothing."""
NAMES_ENDS: Final = Since(1, lambda facts: facts.names_ends)
"""A vote names the surveillances that it ends."""
COUNTS_REPORTERS: Final = Since(1, lambda facts: facts.counts_reporters)
"""One person reports only so many interests, and what somebody judged since the issue is looked at again too."""
RENEWS_UNDECIDED: Final = Since(1, lambda facts: facts.asks_undecided)
"""A renewal is asked for by an application that is not decided yet."""
ENDS_WHAT_WAS_JUDGED: Final = Since(1)
"""A vote ends nothing that was judged anew while it was open."""
PROPOSER_STAYS_OUT: Final = Since(1)
"""Whoever proposed a suspension that another confirms or replaces judges nothing, whenever they proposed it."""
HEARD_BEFORE_REDUCTION: Final = Since(1)
"""What a label covers is reduced after notice and hearing, as it is withdrawn."""
ANSWERED_BEFORE_VOTE: Final = Since(1)
"""The holder is heard on a notice until the vote about it opens."""
CONFIRMED_FIRST: Final = Since(1)
"""A vote to confirm a suspension that would fall away comes before one to withdraw at once."""


def holds(rule: Since, act: LabelAct) -> bool:
    """Whether an act is judged by a rule."""
    facts = act.around
    return facts is not None and (facts.edition >= rule.edition or rule.said(facts))


def edition_of(act: LabelAct) -> int:
    """Return by which edition an act was sent."""
    return act.around.edition if act.around is not None else 0


def held(rule: Since, proposal: Proposal) -> bool:
    """Whether a rule held when a vote was put."""
    return proposal.edition >= rule.edition
