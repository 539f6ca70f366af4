"""Who reads what of a case, by their part in it; what they do in it, the procedure's own rules say."""

from collections.abc import Callable
from typing import Final

from certify.accounts.parts import Part
from certify.accounts.policy.outside_table import LODGING
from schemas.acts import ACTS
from schemas.case import Case
from schemas.people import PersonFacts
from schemas.stages import Stage
from workflows.rules.case import procedure
from workflows.rules.case.standing import owes_first_review

CASE_ACTS: Final = tuple(kind for kind in ACTS if kind != LODGING)
"""Acts in a case that exists."""
CASE_PERMISSIONS: Final = (*CASE_ACTS, procedure.OPEN_TIER_ROUND)
"""What a person may do in a case: a round on a higher tier is opened by the same act as any other, for itself."""

Condition = Callable[[Case, PersonFacts], bool]
Row = tuple[Condition, frozenset[Part]]


def _always(_case: Case, _person: PersonFacts) -> bool:
    return True


def evaluation_closed(case: Case, _person: PersonFacts | None = None) -> bool:
    """Whether findings have met; until each handed in their first, reviewers are blind (`is_blind_to`)."""
    return bool(case.results)


def is_blind_to(action: str, case: Case, person: PersonFacts) -> bool:
    """Whether an action reads what others found, and somebody has to judge before they know it (procedure, stage 5).

    It overrides every row of `READERS`, whatever other part the person has.
    """
    return action in OF_OTHERS and owes_first_review(case, person.person)


def _judged(case: Case, _person: PersonFacts) -> bool:
    return bool(case.results) and case.stage != Stage.EVALUATION


def _judges_nothing(case: Case, person: PersonFacts) -> bool:
    return person.person not in case.assignments


def _tier_contested(case: Case, _person: PersonFacts) -> bool:
    """Whether what the lead reviewer found is the applicant's to know: it moves the tier, or the findings have met."""
    return bool(case.raises) or case.disputed_tier is not None or bool(case.results)


def _evaluates(case: Case, person: PersonFacts) -> bool:
    """Whether a reviewer is in the plan of a case that is not over."""
    plan = case.plan
    return not case.stage.is_final and plan is not None and person.person in {*plan.criteria, plan.lead}


def _decides(case: Case, person: PersonFacts) -> bool:
    """Whether the case is before a member: until it is over; once a round is open, as far as its electorate goes."""
    vote = case.open_round
    called = vote is None or person.person in {*vote.electorate, *vote.reserves, case.rapporteur}
    return not case.stage.is_final and called


def _decided(case: Case, _person: PersonFacts) -> bool:
    return case.decision is not None


_KEEPERS = frozenset({Part.SECRETARIAT, Part.AUDITOR})
_INFORMED = frozenset({Part.REVIEWER, Part.INFORMED_MEMBER, Part.INFORMED_THIRD_PARTY, Part.PANEL})
_CONTENT = _INFORMED | {Part.APPLICANT, Part.SECRETARIAT}
_CONFIDED: tuple[Row, ...] = (
    (_always, frozenset({Part.APPLICANT, Part.SECRETARIAT, Part.INFORMED_THIRD_PARTY, Part.PANEL})),
    (_evaluates, frozenset({Part.REVIEWER})),
    (_decides, frozenset({Part.INFORMED_MEMBER})),
)
"""Who opens what the applicant confided: opened by the procedure to whoever judges, and closed by it."""
_OUTCOME = _KEEPERS | {Part.APPLICANT, Part.REVIEWER, Part.INFORMED_MEMBER, Part.PANEL}
_PAPERS = _KEEPERS | {Part.INFORMED_MEMBER, Part.PANEL}

READERS: Final[dict[str, tuple[Row, ...]]] = {
    "read_case": ((_always, frozenset(Part)),),
    "read_application_text": _CONFIDED,
    "read_evidence": _CONFIDED,
    "read_openings": ((_judges_nothing, _KEEPERS), (_always, frozenset({Part.APPLICANT}))),
    "read_evidence_list": ((_always, _CONTENT | {Part.AUDITOR}),),
    "read_differences": ((_always, _CONTENT | {Part.AUDITOR}),),
    "read_reviews": ((_judges_nothing, _KEEPERS), (evaluation_closed, _OUTCOME)),
    "read_agreement": ((_judged, _KEEPERS | {Part.INFORMED_MEMBER}),),
    "read_results": ((evaluation_closed, _OUTCOME),),
    "read_recommendation": (
        (_always, _PAPERS),
        (_decided, frozenset({Part.APPLICANT, Part.REVIEWER})),
    ),
    "read_third_party_report": ((_always, _PAPERS | {Part.INFORMED_THIRD_PARTY}),),
    "read_hearing": ((_always, _PAPERS | {Part.APPLICANT}),),
    "read_separate_opinions": ((_decided, _OUTCOME),),
    "read_reason": ((_always, _KEEPERS | {Part.APPLICANT, Part.PANEL}),),
    "read_questions": ((_always, _CONTENT | {Part.AUDITOR}),),
    "read_reviewers_questions": (
        (_judges_nothing, _KEEPERS),
        (_always, frozenset({Part.APPLICANT, Part.INFORMED_MEMBER, Part.INFORMED_THIRD_PARTY, Part.PANEL})),
        (evaluation_closed, frozenset({Part.REVIEWER})),
    ),
    "read_confirmation": (
        (_judges_nothing, _KEEPERS),
        (_always, frozenset({Part.INFORMED_MEMBER, Part.PANEL})),
        (_tier_contested, frozenset({Part.APPLICANT})),
        (evaluation_closed, frozenset({Part.REVIEWER})),
    ),
    "read_participants": ((_judges_nothing, _KEEPERS),),
    "read_interest_reports": ((_judges_nothing, _KEEPERS | {Part.INFORMED_MEMBER}),),
    "read_ballots": ((_always, _KEEPERS | {Part.INFORMED_MEMBER}),),
    "read_record": ((_judges_nothing, _KEEPERS),),
    "read_decision_record": ((_judges_nothing, _KEEPERS),),
}
"""Who reads what of a case. `read_ballots` is about closed rounds: of an open one nobody reads a choice.

The decision record holds ballots and, by their ids, everyone who took part: whoever may read only one of the two may
not read it.
"""

OF_OTHERS: Final = frozenset(
    {
        "read_reviews", "read_agreement", "read_results", "read_recommendation", "read_third_party_report",
        "read_separate_opinions", "read_reviewers_questions", "read_confirmation", "read_differences",
    }
)  # fmt: skip
"""What tells a reviewer what others found, asked or said of it; their own they always read."""
