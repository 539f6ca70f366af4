"""Which organisations a person is tied to on a day, through ties and through groups (procedure, rules 1 and 2).

    groups = groups_of(subsidiaries, at=today, months=rules.clocks.paid_work_months)
    tied = tied_organisations(ties, groups, at=today, months=rules.clocks.paid_work_months, employer="org-1")

Every kind of tie counts for the whole group of its organisation: whoever works for a parent is tied to each
subsidiary, and the other way round. What has ended goes on counting for the scheme's `paid_work_months`.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from itertools import chain
from typing import Final

from schemas.case import Lodged
from schemas.ties import Lasting, Subsidiary, Tie, TieKind
from workflows.rules.deadlines import months_after

_OWN_PEOPLE: Final = frozenset({TieKind.EMPLOYER, TieKind.MANAGEMENT, TieKind.OWNERSHIP})

Groups = Mapping[str, frozenset[str]]
"""The group of each organisation that has one, itself included."""


def counts(what: Lasting, *, at: date, months: int) -> bool:
    """Whether a tie counts on a day: it has begun, and at most `months` months have passed since its last day."""
    has_begun = what.since is None or what.since <= at
    return has_begun and (what.until is None or at <= months_after(what.until, months))


def groups_of(subsidiaries: Iterable[Subsidiary], *, at: date, months: int) -> Groups:
    """Return the groups on a day: whatever is joined by parents and subsidiaries, over any number of steps."""
    groups: dict[str, set[str]] = {}
    for one in subsidiaries:
        if counts(one, at=at, months=months):
            _join(groups, one.organisation, one.parent)
    return {organisation: frozenset(group) for organisation, group in groups.items()}


def _join(groups: dict[str, set[str]], *organisations: str) -> None:
    ours, theirs = sorted((groups.setdefault(one, {one}) for one in organisations), key=len)
    if ours is not theirs:
        theirs |= ours
        groups.update(dict.fromkeys(ours, theirs))


def group_of(organisation: str, groups: Groups) -> frozenset[str]:
    """Return the group of an organisation, itself included."""
    return groups.get(organisation, frozenset({organisation}))


def tied_organisations(
    ties: Iterable[Tie], groups: Groups, *, at: date, months: int, employer: str | None = None
) -> frozenset[str]:
    """Return every organisation a person is tied to on a day.

    Args:
        ties: all ties of the person, whatever their dates.
        groups: the groups on that day (`groups_of`).
        at: the day asked about.
        months: how long what has ended goes on counting: the scheme's `clocks.paid_work_months`.
        employer: the organisation the record has the person under, which needs no tie of its own.
    """
    direct = {one.organisation for one in ties if counts(one, at=at, months=months)}
    if employer is not None:
        direct.add(employer)
    return frozenset(chain.from_iterable(group_of(one, groups) for one in direct))


def belongs_to(ties: Iterable[Tie], *, at: date, employer: str | None) -> frozenset[str]:
    """Return the organisations whose people somebody is on a day: whom they work for, and what they manage or own.

    What has ended, and a group's other organisations, bind them still (`tied_organisations`), yet they are not theirs.
    """
    direct = {one.organisation for one in ties if one.kind in _OWN_PEOPLE and counts(one, at=at, months=0)}
    return frozenset(direct | {employer} if employer is not None else direct)


def with_dropped(before: Iterable[Tie], stated: Collection[Tie], *, at: date, months: int) -> tuple[Tie, ...]:
    """Return what somebody states now, with what they stated before and left out: it ended on the day at the latest.

    A tie taken back, or said to have ended before it was stated as lasting, would free at once whom rule 1 keeps out
    for `paid_work_months` more.
    """
    ended = (
        one.model_copy(update={"until": min(one.until or at, at)})
        for one in before
        if counts(one, at=at, months=months)
    )
    kept: list[Tie] = []
    for one in ended:
        if not any(_reaches(other, one, at) for other in (*stated, *kept)):
            kept.append(one)
    return (*stated, *kept)


def _reaches(stated: Tie, ended: Tie, at: date) -> bool:
    """Whether a tie of the same kind to the same organisation counts for as long as one that ended."""
    assert ended.until is not None
    same = (stated.kind, stated.organisation) == (ended.kind, ended.organisation)
    has_begun = stated.since is None or stated.since <= at
    return same and has_begun and (stated.until is None or stated.until >= ended.until)


def named_in(tied: Collection[str], *applications: Lodged) -> tuple[str, ...]:
    """Return, sorted, those of a person's organisations that the rules of these applications ask about.

    Facts travel into the history of a case: they need not carry a person's whole life there, and no answer of
    the rules depends on the rest.
    """
    named = {organisation for one in applications for organisation in (one.organisation, *one.group, *one.kept_away)}
    return tuple(sorted(named.intersection(tied)))


def is_tied(
    tied_to: Collection[str], organisation: str, related: Collection[str] = (), excluded: Collection[str] = ()
) -> bool:
    """Whether a person's organisations meet the applicant, one related to it, or one the applicant keeps away."""
    return not {organisation, *related, *excluded}.isdisjoint(tied_to)
