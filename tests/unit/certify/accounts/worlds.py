"""Any person before any case: roles, organisation and relation to the case drawn freely."""

from typing import Any

from hypothesis import strategies as st

from schemas.case import Case
from schemas.people import PersonFacts, Role
from schemas.scheme import Tier
from schemas.stages import Choice, Stage
from tests.unit.certify.accounts import cases

SOMEBODY = "somebody-here"


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Case, PersonFacts]:
    """Return a case and a person who may have any part in it, likely or not."""
    organisation = draw(st.sampled_from([None, cases.APPLICANT_ORGANISATION, "organisation-other"]))
    roles = draw(st.sets(st.sampled_from(Role), min_size=1))
    person = PersonFacts(person=SOMEBODY, roles=tuple(sorted(roles)), organisation=organisation)
    return _with_part(draw, draw(st.sampled_from(cases.STAGES))), person


def _with_part(draw: st.DrawFn, stage: Stage) -> Case:
    case = cases.case_at(stage, tier=draw(st.sampled_from(Tier)))
    changes: dict[str, Any] = {}
    if draw(st.booleans()):
        accepted = draw(st.sampled_from([None, True, False]))
        changes["assignments"] = case.assignments | {SOMEBODY: cases.assigned(SOMEBODY, accepted=accepted)}
    if draw(st.booleans()):
        changes["interests"] = case.interests | {SOMEBODY: cases.declared(SOMEBODY, has_interest=draw(st.booleans()))}
    if draw(st.booleans()):
        changes["reviews"] = case.reviews | {SOMEBODY: cases.review_by(SOMEBODY)}
    if case.rounds:
        ballots = tuple(
            cases.ballot_of(member, draw(st.sampled_from(Choice))) for member in (SOMEBODY, cases.RAPPORTEUR)
        )
        vote = cases.open_round(ballots=ballots, electorate=(*cases.MEMBERS, SOMEBODY))
        changes["rounds"] = (vote if case.stage == Stage.DECISION else cases.closed(vote),)
    return case.model_copy(update=changes)
