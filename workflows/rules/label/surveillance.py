"""When a label is looked at again, and at what: a verifiable sample, and what ran out (ISO/IEC 17065, 7.9)."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from itertools import count

from schemas.canonical import digest_of
from schemas.errors import AlreadyDecided, NotFound, OutOfOrder
from schemas.evidence import EvidenceItem, TextRef
from schemas.identifiers import ENGINE
from schemas.label_life import LabelLife
from schemas.scheme import SchemeRules
from schemas.surveillance import Cause, LiveEvidence, Surveillance
from schemas.surveillance_events import SurveillanceOpened
from workflows.rules.deadlines import days_after, last_second_after_months, working_days_after
from workflows.rules.draws import drawn
from workflows.rules.permission import ALLOWED, Permission

SURVEILLANCES_MAX = 24
"""Out of turn; those by the clock come whatever happens."""
OPEN_MAX = 4
"""Open at a time before one out of turn is opened: the whole label travels through Temporal (design, 4)."""
OF_THE_TIER = frozenset({Cause.REGULAR, Cause.SAMPLE})
"""Causes that come from the tier's own figures; others look at what led to them."""


def regular_due_at(life: LabelLife, rules: SchemeRules) -> datetime | None:
    """Return when the next regular surveillance is due: every so many months from issue, never at the end itself.

    A label that carries another one on goes on counting from the issue of that one.
    """
    every, since = rules.tiers[life.tier].surveillance.every_months, life.regular_since or life.issued_at
    regular = (one.due_at or one.opened_at for one in life.surveillances if one.cause == Cause.REGULAR)
    last = max(regular, default=life.issued_at)
    dates = (last_second_after_months(since, number * every) for number in count(1))
    due_at = next(one for one in dates if one > last)
    return due_at if due_at < life.expires_at else None


def missed_at(surveillance: Surveillance, rules: SchemeRules) -> datetime:
    """Return when a surveillance counts as missed and the label is suspended; a term of the agreement."""
    return days_after(surveillance.opened_at, rules.clocks.surveillance_missed_days.suspend_after)


def lapses_at(surveillance: Surveillance, rules: SchemeRules) -> datetime:
    """Return when a missed surveillance ends the label; a term of the agreement."""
    return days_after(surveillance.opened_at, rules.clocks.surveillance_missed_days.end_as_lapsed_after)


def review_due_at(life: LabelLife, now: datetime, rules: SchemeRules) -> datetime:
    """Return by when a surveillance is judged that can be judged from now on: in the time of the tier's evaluation."""
    return working_days_after(now, rules.tiers[life.tier].sla_working_days.evaluation, rules.clocks.calendar)


def seed_of(life: LabelLife, number: int) -> str:
    """Return what the sample of a surveillance is drawn with.

    It rests on findings and ballots of several people, recorded before the label was signed; anyone who reads the
    record computes it again, and the holder, who does not, cannot tell which criteria will be looked at.
    """
    return digest_of({"label": life.id, "seed": life.seed, "surveillance": number})


def sample_of(met: Iterable[str], seed: str, rules: SchemeRules) -> tuple[str, ...]:
    """Draw the criteria that a surveillance looks at (scheme, `criteria_each`)."""
    return drawn(met, seed, rules.common.surveillance_sample.criteria_each)


def as_live(item: EvidenceItem) -> LiveEvidence:
    """Return an item as far as it can run out."""
    return LiveEvidence(item=item.id, type=item.type, criteria=item.criteria, expires=item.expires)


def items_digest(life: LabelLife, items: Iterable[str]) -> str:
    """Return the digest over fresh items, in the order of their numbers: what handing in freezes."""
    return digest_of([life.items[item].model_dump(mode="json") for item in items])


def handed_in(life: LabelLife, surveillance: Surveillance) -> tuple[str, ...] | None:
    """Return the fresh items that were handed in for a surveillance, without what was offered since.

    None where what was handed in is not there as its digest says.
    """
    if surveillance.submission is None:
        return ()
    offered = surveillance.items
    before = (offered[:count] for count in range(len(offered), -1, -1))
    frozen = surveillance.submission.items_digest
    return next((items for items in before if items_digest(life, items) == frozen), None)


def live_evidence(life: LabelLife) -> tuple[LiveEvidence, ...]:
    """Return what the label rests on: what its case had, and what was handed in since.

    What was only offered after that nobody judged, and it stands in the place of nothing.
    """
    since = (item for one in life.surveillances for item in handed_in(life, one) or ())
    return (*life.evidence, *(as_live(life.items[item]) for item in since))


def run_out(life: LabelLife, evidence: Collection[LiveEvidence], on: date) -> tuple[str, ...]:
    """Return the met criteria an item of which has run out, with nothing in its place.

    In its place stands another item of its type that counts, or any item handed in for it since.
    """
    counting = [one for one in evidence if _counts(one, on)]
    return tuple(
        sorted(
            {
                criterion
                for item in evidence
                if not _counts(item, on)
                for criterion in {*item.criteria} & {*life.met}
                if not any(criterion in one.criteria and _replaces(life, one, item) for one in counting)
            }
        )
    )


def _counts(item: LiveEvidence, on: date) -> bool:
    return item.expires is None or item.expires >= on


def _replaces(life: LabelLife, one: LiveEvidence, expired: LiveEvidence) -> bool:
    number = int(one.item[1:])
    return one.type == expired.type or number > max(_certified_items(life), int(expired.item[1:]))


def _certified_items(life: LabelLife) -> int:
    return life.case_items if life.certified_items is None else life.certified_items


def review_carried_on(life: LabelLife, now: datetime, rules: SchemeRules) -> SurveillanceOpened | None:
    """Look at a label for what the one it carries on was being looked at for, where that was not handed on whole."""
    review = life.carried_review
    if review is None or life.surveillances or life.is_over:
        return None
    return opened(life, review.cause, now, rules, criteria=review.criteria, about=review.about)


def opened(
    life: LabelLife,
    cause: Cause,
    now: datetime,
    rules: SchemeRules,
    *,
    actor: str = ENGINE,
    criteria: Iterable[str] = (),
    due_at: datetime | None = None,
    about: str | None = None,
    reasons: TextRef | None = None,
    seed: str | None = None,
    needs_holder: bool = True,
    with_sample: bool = False,
) -> SurveillanceOpened:
    """Return the event that opens a surveillance.

    Args:
        life: the label.
        cause: why it is looked at again.
        now: when.
        rules: how many criteria are drawn.
        actor: who opens it.
        criteria: what must be judged besides what is drawn; with some, nothing is drawn unless `with_sample`.
        due_at: when a regular one was due.
        about: what it is about, where it is not regular.
        reasons: why, in the words of whoever opens it.
        seed: what it is drawn with, where a draw led to it.
        needs_holder: whether the holder hands something in.
        with_sample: whether criteria are drawn in any case.
    """
    number = len(life.surveillances) + 1
    seed, asked = seed or seed_of(life, number), set(criteria) & set(life.met)
    sample = sample_of(life.met, seed, rules) if with_sample or not asked else ()
    renew = run_out(life, live_evidence(life), now.date()) if needs_holder else ()
    return SurveillanceOpened(
        at=now,
        actor=actor,
        surveillance=Surveillance(
            number=number,
            cause=cause,
            opened_at=now,
            due_at=due_at,
            about=about,
            reasons=reasons,
            seed=seed,
            sample=sample,
            criteria=tuple(sorted({*asked, *sample, *renew})),
            renew=renew,
            needs_holder=needs_holder,
            asks=rules.tiers[life.tier].surveillance.asks if cause in OF_THE_TIER else (),
            review_due_at=None if needs_holder else review_due_at(life, now, rules),
        ),
    )


def has_room(life: LabelLife) -> Permission:
    """Whether one more surveillance out of turn can be opened; those that reports led to take no room.

    Whoever reports one change or one interest after another would else keep a complaint or an incident from being
    looked at.
    """
    reported = {Cause.CHANGE, Cause.INTEREST}
    others = (one for one in life.open_surveillances if one.cause not in reported)
    # A suspended label may need one more, which looks again at what failed; those that are judged end with it.
    return _room_beside(life, [one for one in others if one.judged_at is None or not life.is_suspended])


def has_room_for_change(life: LabelLife) -> Permission:
    """Whether one more change can lead to a surveillance: whoever must report one waits for no complaint to end."""
    return _room_beside(life, [one for one in life.open_surveillances if one.cause == Cause.CHANGE])


def _room_beside(life: LabelLife, open_ones: Collection[Surveillance]) -> Permission:
    if len(life.surveillances) >= SURVEILLANCES_MAX or len(open_ones) >= OPEN_MAX:
        return Permission(
            OutOfOrder("too_many_surveillances", f"At most {OPEN_MAX} surveillances are open; end one first.")
        )
    return ALLOWED


def open_one(life: LabelLife, number: int) -> Surveillance:
    """Return an open surveillance of a label.

    Raises:
        NotFound: `unknown_surveillance`.
        AlreadyDecided: `surveillance_closed`.
    """
    found = life.surveillance(number)
    if found is None:
        raise NotFound("unknown_surveillance", f"This label has no surveillance {number}.")
    if not found.is_open:
        raise AlreadyDecided("surveillance_closed", f"Surveillance {number} has ended.")
    return found
