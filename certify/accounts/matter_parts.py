"""What a person is to a matter: the parts from which every right to read it follows."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, Final

from schemas.appeal import Appeal
from schemas.complaint import Complaint
from schemas.errors import ConflictOfInterest
from schemas.label_life import LabelLife
from schemas.legal_hold import HeldKind, LegalHold
from schemas.matter import Matter
from schemas.people import PersonFacts, Role
from workflows.rules.label.kernel import LABEL
from workflows.rules.label.people import free_in_label, is_kept_away, may_judge
from workflows.rules.matter.appeal_kernel import APPEAL
from workflows.rules.matter.appeal_panels import sitting
from workflows.rules.matter.complaint_kernel import COMPLAINT
from workflows.rules.matter.erasures import ERASURE
from workflows.rules.matter.institution import INSTITUTION
from workflows.rules.matter.legal_holds import LEGAL_HOLD, not_oneself
from workflows.rules.matter.organisations import ORGANISATION
from workflows.rules.matter.record_corrections import RECORD_CORRECTION
from workflows.rules.motions import free_in
from workflows.rules.permission import ALLOWED, first_refusal, free_of_party
from workflows.rules.second_person import KEPT_AWAY, free_behind


class MatterPart(StrEnum):
    """How a person stands to a matter.

    Attributes:
        PARTY: acts for the organisation the matter is about, or opened it.
        KEEPER: keeps it: the secretariat, unless it is their own organisation's.
        TIED_KEEPER: of the secretariat and tied to its party: knows that there is the matter, which others keep.
        MEMBER: sits in the Commission and nothing ties them to its party.
        TIED_MEMBER: sits in the Commission and is tied to its party: knows that there is one, which others decide.
        ELECTOR: belongs to the electorate of a vote in it.
        HANDLER: handles it (a complaint).
        ASKED: was asked to judge something in it, and has not said yes.
        JUDGE: said yes to judging something in it once, and is free of interests.
        JUDGING: may judge a surveillance that is open, and said yes to that (a label).
        OBSERVER: has none of these parts, where the matter is known to everybody.
        RELEASING: is a label officer who may be the second person (an erasure, a legal hold).
        PANEL: was drawn to decide it (an appeal); `INFORMED` is who of them sits and declared no interest.
    """

    PARTY = "party"
    KEEPER = "keeper"
    TIED_KEEPER = "tied_keeper"
    AUDITOR = "auditor"
    MEMBER = "member"
    TIED_MEMBER = "tied_member"
    ELECTOR = "elector"
    HANDLER = "handler"
    ASKED = "asked"
    JUDGE = "judge"
    JUDGING = "judging"
    OBSERVER = "observer"
    RELEASING = "releasing"
    PANEL = "panel"
    INFORMED = "informed"


TIED: Final = {MatterPart.KEEPER: MatterPart.TIED_KEEPER, MatterPart.MEMBER: MatterPart.TIED_MEMBER}
"""What somebody is, with this part by their roles, to a matter that a tie or an interest keeps them out of."""
READING_PARTS = frozenset(MatterPart) - set(TIED.values())
"""Parts in which somebody reads of a matter more than that there is one."""
INVOLVED: Final = READING_PARTS - {MatterPart.OBSERVER}
"""Parts in which somebody reads of its votes too: how a label stands is everybody's, and not what is voted on."""
KEEPERS = frozenset({MatterPart.KEEPER, MatterPart.AUDITOR})


def parts_in_matter(matter: Matter, person: PersonFacts) -> frozenset[MatterPart]:
    """Return all parts a person has in a matter; whoever has none may not know that it exists."""
    own = matter.organisation is not None and person.organisation == matter.organisation
    is_free = bool(free_of_party(matter.party, person))
    electors = {member for vote in matter.motions for member in vote.electorate}
    held = {
        MatterPart.PARTY: (own and person.has(Role.APPLICANT)) or matter.opened_by == person.person,
        MatterPart.KEEPER: not own and person.has(Role.SECRETARIAT) and is_free,
        MatterPart.TIED_KEEPER: not own and person.has(Role.SECRETARIAT) and not is_free,
        MatterPart.AUDITOR: not own and (person.has(Role.AUDITOR) or person.has(Role.IMPARTIALITY_MEMBER)),
        MatterPart.MEMBER: not own and person.has(Role.COMMISSIONER) and is_free,
        MatterPart.TIED_MEMBER: not own and person.has(Role.COMMISSIONER) and not is_free,
        MatterPart.ELECTOR: not own and person.person in electors and is_free,
    }
    return frozenset(part for part, holds in held.items() if holds)


def parts_in_organisation(matter: Matter, person: PersonFacts) -> frozenset[MatterPart]:
    """Return all parts a person has in the matter of an organisation: who opened it once may act for another now."""
    acts_for = person.has(Role.APPLICANT) and person.organisation == matter.organisation
    parts = parts_in_matter(matter, person) - {MatterPart.PARTY}
    return parts | {MatterPart.PARTY} if acts_for else parts


_OF_THE_BODY = frozenset({Role.APPEAL_MEMBER, Role.EXPERT, Role.LABEL_OFFICER, Role.NEUTRAL_THIRD_PARTY})


def parts_in_institution(matter: Matter, person: PersonFacts) -> frozenset[MatterPart]:
    """Return all parts a person has in the institutions: whoever works for the body may know who sits where."""
    parts = parts_in_matter(matter, person) - {MatterPart.PARTY}
    return parts | {MatterPart.PARTY} if _OF_THE_BODY & set(person.roles) else parts


def parts_in_complaint(complaint: Complaint, person: PersonFacts) -> frozenset[MatterPart]:
    """Return all parts a person has in a complaint; nobody of the organisation whose label it is about has any."""
    if complaint.holder is not None and person.organisation == complaint.holder:
        return frozenset()
    held = parts_in_matter(complaint, person)
    if not free_in(complaint, person):
        # A handler who is tied still finds it, to say so; of before, its id is its code, and is told to nobody else.
        keeps = {MatterPart.TIED_KEEPER} if complaint.handler == person.person else set()
        known = _of_tied(held) if complaint.by_code else frozenset()
        return known - {MatterPart.OBSERVER} | keeps
    return held | {MatterPart.HANDLER} if complaint.handler == person.person else held


def parts_in_appeal(appeal: Appeal, person: PersonFacts) -> frozenset[MatterPart]:
    """Return all parts a person has in an appeal; the Commission, whose act it may be, has none.

    Whoever was drawn reads nothing of substance before they declared that they have no interest.
    """
    held = parts_in_matter(appeal, person) - {MatterPart.MEMBER, MatterPart.TIED_MEMBER, MatterPart.ELECTOR}
    sits = person.person in sitting(appeal)
    if sits or (person.person in {*appeal.panel, *appeal.gone} and not appeal.has_interest(person.person)):
        held |= {MatterPart.PANEL}
    return held | {MatterPart.INFORMED} if sits and appeal.has_declared_none(person.person) else held


def parts_in_label(life: LabelLife, person: PersonFacts) -> frozenset[MatterPart]:
    """Return all parts a person has in a label; whoever has none observes it as anybody may.

    As in its case, whom the holder keeps away has none, and whom an interest or a tie to its group keeps out reads no
    more than there: of the secretariat that there is the label, and nothing of what was confided to those who judge.
    """
    if person.organisation != life.organisation and is_kept_away(life, person):
        return frozenset({MatterPart.OBSERVER})
    known = parts_in_matter(life, person)
    if not free_in_label(life, person) and MatterPart.PARTY not in known:
        return _of_tied(known)
    held = [judging.assignments.get(person.person) for judging in life.judging.values()]
    yes = any(one is not None and one.accepted for one in held) and life.has_declared_none(person.person)
    asked = any(one is not None and one.accepted is None for one in held)
    now = [life.judged_by(one.number).assignments.get(person.person) for one in life.open_surveillances]
    judging = yes and any(one is not None and one.accepted for one in now) and may_judge(life, person)
    judges = person.has(Role.EXPERT)
    parts = {
        *(known if person.has(Role.COMMISSIONER) else known - {MatterPart.ELECTOR}),
        *((MatterPart.JUDGE,) if judges and yes else ()),
        *((MatterPart.JUDGING,) if judging else ()),
        *((MatterPart.ASKED,) if judges and asked else ()),
    }
    return frozenset(parts or {MatterPart.OBSERVER})


def _of_tied(known: frozenset[MatterPart]) -> frozenset[MatterPart]:
    audits = known & {MatterPart.AUDITOR} or {MatterPart.OBSERVER}
    tied = {when_tied for part, when_tied in TIED.items() if not known.isdisjoint({part, when_tied})}
    return frozenset({*audits, *tied})


def parts_in_erasure(matter: Matter, person: PersonFacts) -> frozenset[MatterPart]:
    """Return all parts a person has in an erasure: the applicant's people learn of it from what is gone."""
    parts = parts_in_matter(matter, person) - {MatterPart.PARTY}
    releases = person.has(Role.LABEL_OFFICER) and bool(free_of_party(matter.party, person))
    return parts | {MatterPart.RELEASING} if releases else parts


def parts_in_correction(matter: Matter, person: PersonFacts) -> frozenset[MatterPart]:
    """Return all parts a person has in a correction: the party may not know of what is corrected, as a complaint."""
    return parts_in_matter(matter, person) - {MatterPart.PARTY}


def parts_in_hold(hold: LegalHold, person: PersonFacts) -> frozenset[MatterPart]:
    """Return all parts a person has in a legal hold; whoever it is about has none."""
    is_oneself = hold.about == HeldKind.PERSON and hold.held == person.person
    return frozenset() if is_oneself else parts_in_erasure(hold, person)


_PARTS: Final[dict[str, Callable[[Any, PersonFacts], frozenset[MatterPart]]]] = {
    APPEAL.name: parts_in_appeal,
    COMPLAINT.name: parts_in_complaint,
    ERASURE.name: parts_in_erasure,
    INSTITUTION.name: parts_in_institution,
    LABEL.name: parts_in_label,
    LEGAL_HOLD.name: parts_in_hold,
    RECORD_CORRECTION.name: parts_in_correction,
    ORGANISATION.name: parts_in_organisation,
}
"""Kinds of matter to which people stand in a way of their own."""


def interest_in(matter: Matter | None, person: PersonFacts, kept_out: str | None = None) -> ConflictOfInterest | None:
    """Return the interest that stands between somebody and a matter, for the record alone; arguments as `parts_of`."""
    if matter is None:
        return None
    free = free_in_label(matter, person) if isinstance(matter, LabelLife) else free_in(matter, person)
    itself = not_oneself(matter, person) if isinstance(matter, LegalHold) else ALLOWED
    return first_refusal(free_behind(kept_out), itself, free).interest


def parts_of(
    kind: str, matter: Matter | None, person: PersonFacts, kept_out: str | None = None
) -> frozenset[MatterPart]:
    """Return all parts a person has in a matter of a kind; none where there is no such matter.

    Args:
        kind: of the matter.
        matter: as it stands.
        person: who asks.
        kept_out: why a case or label behind the matter keeps them out; whom the applicant keeps away has no part.
    """
    if matter is None or kept_out == KEPT_AWAY:
        return frozenset()
    held = _PARTS.get(kind, parts_in_matter)(matter, person)
    if kept_out is None:
        return held
    return frozenset(TIED.get(part, part) for part in held - {MatterPart.RELEASING})
