"""Who holds which seat, and what may stand in an election (Code, II-2.3; procedure, People). Pure, by days in UTC."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from itertools import combinations

from schemas.errors import ConflictOfInterest, Unacceptable
from schemas.institution import Body, Elected, Election, Institution, Office, Seat
from schemas.people import InstitutionFacts
from schemas.scheme import SchemeRules

_DAY = timedelta(days=1)
_LEADS = (Office.CHAIR, Office.DEPUTY)


def day_of(moment: datetime) -> date:
    """Return the day by which seats are counted."""
    return moment.astimezone(UTC).date()


def in_order(seats: Iterable[Seat]) -> tuple[Seat, ...]:
    """Return seats in the order of their election."""
    return tuple(sorted(seats, key=lambda seat: seat.number))


def members_on(state: Institution, body: Body, day: date) -> tuple[Seat, ...]:
    """Return the seats of a body that are held on a day, without substitutes."""
    return in_order(one for one in state.held_on(body, day) if one.office != Office.SUBSTITUTE)


def substitutes_on(state: Institution, body: Body, day: date) -> tuple[Seat, ...]:
    """Return the substitutes of a body on a day, in the order of their election."""
    return in_order(one for one in state.held_on(body, day) if one.office == Office.SUBSTITUTE)


def vacant_on(state: Institution, body: Body, day: date) -> int:
    """Return how many seats of an elected body nobody holds on a day."""
    if not state.is_elected(body, day):
        return 0
    return max(state.sizes[body] - len(members_on(state, body, day)), 0)


def facts_of(state: Institution, by_roles: InstitutionFacts, day: date) -> InstitutionFacts:
    """Return who holds which seat on a day; of a body that was never elected, whom the roles name."""
    facts = by_roles.model_copy(update={"entry": state.entry})
    if state.is_elected(Body.COMMISSION, day):
        members = members_on(state, Body.COMMISSION, day)
        leads = {seat.office: seat.person for seat in members}
        facts = facts.model_copy(
            update={
                "commission": tuple(sorted(seat.person for seat in members)),
                "chair": leads.get(Office.CHAIR),
                "deputy": leads.get(Office.DEPUTY),
                "substitutes": tuple(seat.person for seat in substitutes_on(state, Body.COMMISSION, day)),
            }
        )
    if state.is_elected(Body.APPEAL_POOL, day):
        pool = members_on(state, Body.APPEAL_POOL, day)
        facts = facts.model_copy(update={"appeal_pool": tuple(sorted(seat.person for seat in pool))})
    return facts


def seats_given(state: Institution, election: Election) -> tuple[Seat, ...]:
    """Return the seats that an election gives, numbered after those given before."""
    return tuple(
        Seat(
            **one.model_dump(),
            number=state.given + place,
            body=election.body,
            steps_up=one.office == Office.SUBSTITUTE and election.substitutes_step_up,
        )
        for place, one in enumerate(election.elected, start=1)
    )


def seats_kept(state: Institution, election: Election) -> tuple[Seat, ...]:
    """Return the seats there are besides those an election gives; a body elected anew ends the day before it begins."""
    if not election.replaces:
        return state.seats
    first = min(one.since for one in election.elected)
    others = [one for one in state.seats if one.body != election.body]
    ending = [
        one.model_copy(update={"until": min(one.until, first - _DAY)})
        for one in state.seats
        if one.body == election.body and one.since < first
    ]
    return in_order([*others, *ending])


def check_election(state: Institution, election: Election, rules: SchemeRules) -> None:
    """Refuse an election that gives seats nobody may hold beside those there are.

    Raises:
        Unacceptable: `no_such_office`, `pool_too_small`, `elected_twice`, `too_many_elected`, `two_leads`.
        ConflictOfInterest: `seats_apart`: somebody would sit in two bodies at once.
    """
    _check_offices(election)
    _check_pool(election, rules)
    seats = [
        one for one in (*seats_kept(state, election), *seats_given(state, election)) if one.vacated_at is None
    ]  # fmt: skip
    _check_people(seats)
    own = [one for one in seats if one.body == election.body]
    for day in {one.since for one in own}:
        _check_day([one for one in own if one.holds_on(day)], election.seats)


def _check_offices(election: Election) -> None:
    allowed = set(Office) if election.body == Body.COMMISSION else {Office.MEMBER}
    if not {one.office for one in election.elected} <= allowed:
        raise Unacceptable("no_such_office", "Only the Commission has a chair, a deputy and substitutes.")


def _check_pool(election: Election, rules: SchemeRules) -> None:
    least = rules.common.appeal_pool.seats_min
    if election.body != Body.APPEAL_POOL:
        return
    if election.seats < least or (election.replaces and len(election.elected) < least):
        raise Unacceptable("pool_too_small", f"The appeal pool has {least} seats or more.")


def _check_people(seats: Iterable[Seat]) -> None:
    by_person: dict[str, list[Seat]] = defaultdict(list)
    for seat in seats:
        by_person[seat.person].append(seat)
    for person, held in by_person.items():
        meeting = [pair for pair in combinations(held, 2) if pair[0].meets(pair[1])]
        if any(one.body != other.body for one, other in meeting):
            raise ConflictOfInterest("seats_apart", f"{person} would sit in two bodies at once; nobody may.")
        if meeting:
            raise Unacceptable("elected_twice", f"{person} would hold two seats of the body at once.")


def _check_day(held: list[Seat], seats: int) -> None:
    members = [one for one in held if one.office != Office.SUBSTITUTE]
    if len(members) > seats:
        raise Unacceptable("too_many_elected", f"The body has {seats} seats; {len(members)} people would hold one.")
    for lead in _LEADS:
        if sum(one.office == lead for one in members) > 1:
            raise Unacceptable("two_leads", f"There would be two people in the office of {lead.value} at once.")


def people_of(elected: Iterable[Elected]) -> frozenset[str]:
    """Return everyone who was elected."""
    return frozenset(one.person for one in elected)


def next_substitute(state: Institution, day: date) -> tuple[Seat, Seat] | None:
    """Return a vacant seat and the substitute who takes it now by the protocol's rule, if there are both."""
    for vacant in in_order(one for one in state.seats if one.vacated_at is not None and one.holds_on(day)):
        waiting = [one for one in substitutes_on(state, vacant.body, day) if one.steps_up]
        if waiting and vacant.office != Office.SUBSTITUTE and vacant_on(state, vacant.body, day):
            return vacant, waiting[0]
    return None


def as_member(state: Institution, substitute: Seat, vacant: Seat, day: date) -> Seat:
    """Return the seat of a substitute who takes a vacant one: for the rest of both terms, chairs are elected.

    Where somebody was elected to the seat for a later day, it is theirs from that day on.
    """
    until, size = min(substitute.until, vacant.until), state.sizes[vacant.body]
    later = sorted(one.since for one in state.seats if one.body == vacant.body and day < one.since <= until)
    taken = next((since for since in later if len(members_on(state, vacant.body, since)) >= size), None)
    if taken is not None:
        until = taken - _DAY
    return substitute.model_copy(update={"office": Office.MEMBER, "until": until, "steps_up": False})
