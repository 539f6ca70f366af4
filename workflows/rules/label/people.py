"""Who acts in the life of a label, and whom an earlier part in it keeps out (procedure, rules 1 and 2)."""

from schemas.errors import ConflictOfInterest, NotPermitted, Unacceptable
from schemas.label_life import LabelLife
from schemas.people import PersonFacts, Role
from workflows.rules import motions
from workflows.rules.permission import ALLOWED, Permission, first_refusal, free_of_party, holds


def acts_for_holder(life: LabelLife, person: PersonFacts) -> Permission:
    """Whether a person acts for the organisation that holds the label."""
    if person.has(Role.APPLICANT) and person.organisation == life.organisation:
        return ALLOWED
    return Permission(NotPermitted("not_the_holder", "Only the organisation that holds the label may do this."))


def free_of_ties(life: LabelLife, person: PersonFacts) -> Permission:
    """Whether nothing ties a person to the holder or its group, and the holder keeps nobody of theirs away.

    As in the case, those kept away are given no reason: who named whom is nobody else's business.
    """
    if is_kept_away(life, person) or not _organisations_of(person).isdisjoint(life.group):
        return Permission(ConflictOfInterest("kept_away", "You can take no part in this label."))
    return free_of_party(life.party, person)


def is_kept_away(life: LabelLife, person: PersonFacts) -> bool:
    """Whether the holder named an organisation of theirs as one whose people must not see what it confides."""
    return not _organisations_of(person).isdisjoint(life.kept_away)


def _organisations_of(person: PersonFacts) -> frozenset[str]:
    return frozenset({*person.tied_to, *([person.organisation] if person.organisation else ())})


def free_in_label(life: LabelLife, person: PersonFacts) -> Permission:
    """Whether no tie and no interest, declared or confirmed by two, keeps a person out of a label."""
    return first_refusal(free_of_ties(life, person), motions.free_in(life, person), _no_interest_found(life, person))


def keeps(life: LabelLife, person: PersonFacts) -> Permission:
    """Whether a person of the secretariat keeps this label: any but the holder's own people."""
    return first_refusal(holds(person, Role.SECRETARIAT), free_in_label(life, person))


def decides(life: LabelLife, person: PersonFacts) -> Permission:
    """Whether a member may act on the label's standing now, having declared that they have no interest."""
    return first_refusal(barred(life, person), _has_declared(life, person))


def _has_declared(life: LabelLife, person: PersonFacts) -> Permission:
    if life.has_declared_none(person.person):
        return ALLOWED
    return Permission(
        ConflictOfInterest("interests_not_declared", "Declare your interests in this matter first (17065, 4.2).")
    )


def barred(life: LabelLife, person: PersonFacts) -> Permission:
    """Whether a member may decide about the label: nobody both evaluates and decides (ISO/IEC 17065, 7.6)."""
    return first_refusal(
        holds(person, Role.COMMISSIONER), free_in_label(life, person), _evaluated_nothing(life, person)
    )


def _no_interest_found(life: LabelLife, person: PersonFacts) -> Permission:
    if person.person in life.interested:
        return Permission(ConflictOfInterest("interest_reported", "An interest of yours in this label was reported."))
    return ALLOWED


def no_report_open(life: LabelLife, person: str) -> Permission:
    """Whether no interest of somebody was reported that nobody has settled yet: until then others judge, or nobody."""
    if any(one.is_open and one.person == person for one in life.reported_interests):
        return Permission(
            ConflictOfInterest(
                "interest_unsettled", "An interest of somebody who judges this was reported; it is settled first."
            )
        )
    return ALLOWED


def _evaluated_nothing(life: LabelLife, person: PersonFacts) -> Permission:
    if person.person in life.shares or person.person in life.judges:
        return Permission(ConflictOfInterest("reviewed_and_decides", "Whoever evaluates a label does not decide it."))
    return ALLOWED


def may_judge(life: LabelLife, expert: PersonFacts) -> Permission:
    """Whether an expert may be asked to judge a surveillance of this label."""
    return first_refusal(
        holds(expert, Role.EXPERT), free_in_label(life, expert), no_report_open(life, expert.person),
        _decided_nothing(life, expert), _is_no_third_party(expert),
    )  # fmt: skip


def free_to_have_judged(life: LabelLife, expert: PersonFacts) -> Permission:
    """Whether nothing known by now ties somebody who judged to the holder; their role may have ended since."""
    return free_in_label(life, expert)


def _decided_nothing(life: LabelLife, expert: PersonFacts) -> Permission:
    proposed = {life.suspension_proposal.by} if life.suspension_proposal else set()
    if expert.person in {*life.electors, *life.everyone_who_voted, *life.took_part, *proposed}:
        return Permission(ConflictOfInterest("decided_and_reviews", "Whoever decides about a label does not judge it."))
    return ALLOWED


def _is_no_third_party(expert: PersonFacts) -> Permission:
    if expert.has(Role.NEUTRAL_THIRD_PARTY):
        return Permission(ConflictOfInterest("is_third_party", "A neutral third party reviews no case (Code, I-1.5)."))
    return ALLOWED


def check_competent(life: LabelLife, expert: PersonFacts, areas: tuple[str, ...]) -> None:
    """Refuse an expert who is asked for areas that the label does not need, or that are not theirs.

    Raises:
        Unacceptable: `area_not_needed` or `not_competent`.
    """
    outside = [area for area in areas if area not in life.areas]
    if outside:
        raise Unacceptable(
            "area_not_needed", f"The case was judged in {', '.join(life.areas)}, not {', '.join(outside)}."
        )
    lacking = [area for area in areas if area not in expert.areas]
    if lacking:
        raise Unacceptable("not_competent", f"The expert's areas do not include {', '.join(lacking)}.")


def has_part(life: LabelLife, person: PersonFacts) -> bool:
    """Whether a person has a part for which they declare interests: as a member, or asked to judge."""
    asked = (judging.assignments.get(person.person) for judging in life.judging.values())
    return person.has(Role.COMMISSIONER) or any(one is not None and one.accepted is not False for one in asked)
