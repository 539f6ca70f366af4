"""Stage 9: an interest found before the label is signed, or evidence run out, reopens the decision (rule 2; I14)."""

from collections.abc import Iterable
from datetime import datetime

from schemas import events as ev
from schemas.case import Case
from schemas.identifiers import ENGINE
from schemas.people import PersonFacts
from schemas.stages import Stage
from workflows.rules.case.attestation import awaits_signature
from workflows.rules.case.expiry import ran_out
from workflows.rules.case.fold_decision import RAN_OUT
from workflows.rules.case.interests import free_of_ties, part_behind_round

INTEREST_FOUND = "interest_found"
NOT_CARRIED = "record_does_not_carry_it"


def rests_on_interest(case: Case) -> bool:
    """Whether somebody by whose part a grant came about declared an interest since."""
    return any(case.has_interest(person) for person in rests_on(case))


def rests_on(case: Case) -> frozenset[str]:
    """Return everybody by whose part a grant came about: whose ballot counted, who judged, recommended, released."""
    last = case.rounds_on_label[-1] if case.rounds_on_label else None
    counted = {member for member in last.ballots if member in last.base} if last else set()
    known = {*case.interests, *case.assignments}
    behind = {person for person in known if part_behind_round(case, person) is not None}
    return frozenset({*counted, *behind, *filter(None, [case.released_by])})


def tied_since(case: Case, people: Iterable[PersonFacts]) -> tuple[str, ...]:
    """Return of whom the record of people knows a tie that the case does not, sorted.

    The signer refuses what rests on them, whoever votes again and however often: first their interest goes on record,
    declared by themselves or reported by one person and confirmed by another.

    Args:
        case: whose grant is to be signed.
        people: on whom it rests (`rests_on`), as the record has them now.
    """
    if case.edition == 1 or case.is_over:
        return ()
    known = (one for one in people if not case.has_interest(one.person))
    return tuple(sorted(one.person for one in known if not free_of_ties(case.lodged, one)))


def decision_reopened(case: Case, now: datetime) -> ev.DecisionReopened | None:
    """Set a grant aside that no label can follow from, so that people decide anew.

    While the signer has its order, what it reads in the record decides: it signed before an interest was found, or
    it refuses. What it refuses for another reason is decided anew as well; nobody waits for a label without end.
    """
    if case.edition == 1 or case.stage != Stage.ATTESTATION or awaits_signature(case):
        return None
    tied, expired = rests_on_interest(case), bool(ran_out(case, now))
    if not tied and not expired and case.signing_refused is None:
        return None
    assert case.decision is not None
    reason = INTEREST_FOUND if tied else RAN_OUT if expired else NOT_CARRIED
    return ev.DecisionReopened(at=now, actor=ENGINE, decision=case.decision.number, reason=reason)
