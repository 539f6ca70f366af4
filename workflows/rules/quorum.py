"""The arithmetic of a round (procedure, stage 8). Shares are fractions of the scheme, never floats."""

from collections import Counter
from fractions import Fraction

from schemas.voting import B, Tally, Voice, Vote

SIMPLE = "simple"


def quorum_reached(quorum: str, *, present: int, base: int) -> bool:
    """Whether enough of the base voted.

    Args:
        quorum: a share of the base such as `2/3`, or a number of members where it has no slash.
        present: ballots cast, abstentions included.
        base: members of the electorate who did not recuse themselves.
    """
    if "/" not in quorum:
        return present >= int(quorum)
    return base > 0 and Fraction(present, base) >= Fraction(quorum)


def majority_reached(majority: str, *, in_favour: int, present: int) -> bool:
    """Whether enough ballots are in favour, against all ballots cast, abstentions included; a tie is not."""
    if present == 0:
        return False
    share = Fraction(in_favour, present)
    if majority == SIMPLE:
        return share > Fraction(1, 2)
    return share >= Fraction(majority)


def tally(vote: Vote[B]) -> Tally:
    """Count the ballots of those who still belong to the base."""
    base = vote.base
    counted = Counter(ballot.voice for member, ballot in vote.ballots.items() if member in base)
    present = counted.total()
    in_favour = counted[Voice.IN_FAVOUR]
    enough = len(base) >= vote.base_min and quorum_reached(vote.quorum, present=present, base=len(base))
    return Tally(
        base=len(base),
        present=present,
        in_favour=in_favour,
        against=counted[Voice.AGAINST],
        abstain=counted[Voice.ABSTAIN],
        send_back=counted[Voice.SEND_BACK],
        quorum_reached=enough,
        majority_reached=enough and majority_reached(vote.majority, in_favour=in_favour, present=present),
    )
