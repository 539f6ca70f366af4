"""Elections, vacancies and substitutes: recorded by one person, confirmed by another (Code, II-2.3)."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from schemas.clocks import Clock, Party
from schemas.errors import AlreadyDecided, ConflictOfInterest, NotFound, NotPermitted, OutOfOrder, Unacceptable
from schemas.identifiers import ENGINE
from schemas.institution import (
    HELD_MAX,
    ROLE_IN,
    THE_BODY,
    WAITING_MAX,
    Body,
    Election,
    Institution,
    Seat,
    Vacancy,
    VacancyCause,
)
from schemas.institution_acts import (
    ConfirmElection,
    ConfirmVacancy,
    ElectionConfirmed,
    ElectionRecorded,
    ElectionRejected,
    RecordElection,
    RejectElection,
    RejectVacancy,
    SeatsEnded,
    SeatVacated,
    SubstituteSteppedUp,
    VacancyRecorded,
    VacancyRejected,
    VacateSeat,
)
from schemas.people import PersonFacts, Role
from schemas.scheme import SchemeRules
from workflows.kernel import Events
from workflows.rules.matter.seats import check_election, day_of, next_substitute, people_of
from workflows.rules.permission import ALLOWED, Permission, first_refusal, holds
from workflows.rules.second_person import is_second

_NOTHING_WAITS = Permission(NotFound("nothing_waits", "Nothing waits for a second person."))
_CONFIRMING = (Role.AUDITOR, Role.IMPARTIALITY_MEMBER, Role.SECRETARIAT)


def is_the_body(matter: str) -> Permission:
    """Whether an act is about the one body there is."""
    return ALLOWED if matter == THE_BODY else Permission(NotFound("unknown_matter", "There is no such matter."))


def may_record(_: Institution, person: PersonFacts, __: SchemeRules) -> Permission:
    """Whether a person may record what a general meeting decided."""
    return holds(person, Role.SECRETARIAT)


def record(state: Institution | None, act: RecordElection, now: datetime, rules: SchemeRules) -> Events:
    """Record an election; whatever could never count is refused at once."""
    first_refusal(holds(act.actor, Role.SECRETARIAT), is_the_body(act.matter)).require()
    before = state or empty(act.actor.person, now)
    if len(before.elections) >= WAITING_MAX:
        raise OutOfOrder("too_many_waiting", f"{WAITING_MAX} elections wait for a second person.")
    election = Election(
        number=before.elections_recorded + 1,
        body=act.body,
        held_on=act.held_on,
        seats=act.seats,
        replaces=act.replaces,
        elected=act.elected,
        substitutes_step_up=act.substitutes_step_up,
        protocol=act.protocol,
        recorded_by=act.actor.person,
        recorded_at=now,
    )
    if act.held_on > day_of(now):
        raise Unacceptable("not_held_yet", "An election is recorded once it was held.")
    if any(one.until < day_of(now) for one in act.elected):
        raise Unacceptable("term_over", "A term that is over gives no seat.")
    _check(before, election, act.people, rules)
    return (
        ElectionRecorded(at=now, actor=act.actor.person, election=election, scheme_digest=act.scheme_in_force),
    )  # fmt: skip


def empty(actor: str, at: datetime) -> Institution:
    """Return the institutions before anything was recorded of them."""
    return Institution(id=THE_BODY, opened_by=actor, opened_at=at)


def _check(state: Institution, election: Election, people: dict[str, PersonFacts], rules: SchemeRules) -> None:
    role = ROLE_IN[election.body]
    lacking = sorted(one for one in people_of(election.elected) if one not in people or not people[one].has(role))
    if lacking:
        raise Unacceptable("elected_lacks_role", f"Not everyone elected holds the role {role.value}: {lacking[0]}.")
    check_election(state, election, rules)
    if len(state.seats) + len(election.elected) > HELD_MAX:
        raise Unacceptable("too_many_seats", f"At most {HELD_MAX} seats are kept at once.")


def may_confirm(state: Institution, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may confirm an election that waits: not their own, and none they recorded."""
    return _any_of(person, [_may_confirm_election(one, person) for one in state.elections])


def may_confirm_vacancy(state: Institution, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may confirm a vacancy that waits: none of their own seat, and none they recorded."""
    return _any_of(person, [_may_confirm_vacancy(state, one, person) for one in state.vacancies])


def _any_of(person: PersonFacts, answers: list[Permission]) -> Permission:
    if not answers:
        return first_refusal(_confirms(person), _NOTHING_WAITS)
    return next((one for one in answers if one), answers[0])


def _confirms(person: PersonFacts) -> Permission:
    if any(person.has(role) for role in _CONFIRMING):
        return ALLOWED
    return Permission(
        NotPermitted("role_missing", "Only an auditor, the impartiality committee or the secretariat confirms this.")
    )


def _may_confirm_election(election: Election, person: PersonFacts) -> Permission:
    own = person.person in people_of(election.elected)
    interest = ConflictOfInterest("own_election", "Nobody confirms their own election.")
    return first_refusal(
        _confirms(person), is_second(person, election.recorded_by), Permission(interest) if own else ALLOWED
    )


def _election(state: Institution, number: int) -> Election:
    found = next((one for one in state.elections if one.number == number), None)
    if found is None:
        raise NotFound("unknown_election", "No such election waits for a second person.")
    return found


def confirm(state: Institution, act: ConfirmElection, now: datetime, rules: SchemeRules) -> Events:
    """Confirm an election: the seats are given, if they can be held beside those there are by now."""
    _confirms(act.actor).require()
    election = _election(state, act.number)
    _may_confirm_election(election, act.actor).require()
    _check(state, election, act.people, rules)
    return (ElectionConfirmed(at=now, actor=act.actor.person, number=act.number),)


def may_reject(state: Institution, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may set a recorded election aside: whoever may confirm elections, the recorder too."""
    return first_refusal(_confirms(person), ALLOWED if state.elections else _NOTHING_WAITS)


def may_reject_vacancy(state: Institution, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may set a recorded vacancy aside: whoever may confirm vacancies, the recorder too."""
    return first_refusal(_confirms(person), ALLOWED if state.vacancies else _NOTHING_WAITS)


def reject(state: Institution, act: RejectElection, now: datetime, _: SchemeRules) -> Events:
    """Set a recorded election aside."""
    _confirms(act.actor).require()
    _election(state, act.number)
    return (ElectionRejected(at=now, actor=act.actor.person, number=act.number, reasons=act.reasons),)


def may_vacate(state: Institution, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may say that a seat is vacant: its holder at once, the secretariat with a second person."""
    holds_one = any(one.person == person.person and one.vacated_at is None for one in state.seats)
    return ALLOWED if holds_one else holds(person, Role.SECRETARIAT)


def vacate(state: Institution, act: VacateSeat, now: datetime, rules: SchemeRules) -> Events:
    """Resign from one's own seat at once, or record that somebody resigned or was removed."""
    may_vacate(state, act.actor, rules).require()
    seat = _held(state, act.seat)
    if seat.person == act.actor.person and act.cause == VacancyCause.RESIGNATION:
        return (SeatVacated(at=now, actor=act.actor.person, seat=seat.number, protocol=act.protocol),)
    holds(act.actor, Role.SECRETARIAT).require()
    if any(one.seat == seat.number for one in state.vacancies):
        raise AlreadyDecided("vacancy_waits", "This vacancy waits for a second person.")
    if len(state.vacancies) >= WAITING_MAX:
        raise OutOfOrder("too_many_waiting", f"{WAITING_MAX} vacancies wait for a second person.")
    vacancy = Vacancy(
        number=state.vacancies_recorded + 1,
        seat=seat.number,
        cause=act.cause,
        protocol=act.protocol,
        recorded_by=act.actor.person,
        recorded_at=now,
    )
    return (VacancyRecorded(at=now, actor=act.actor.person, vacancy=vacancy),)


def _held(state: Institution, number: int) -> Seat:
    seat = state.seat(number)
    if seat is None or seat.vacated_at is not None:
        raise NotFound("unknown_seat", "Nobody holds such a seat.")
    return seat


def _vacancy(state: Institution, number: int) -> Vacancy:
    found = next((one for one in state.vacancies if one.number == number), None)
    if found is None:
        raise NotFound("unknown_vacancy", "No such vacancy waits for a second person.")
    return found


def _may_confirm_vacancy(state: Institution, vacancy: Vacancy, person: PersonFacts) -> Permission:
    seat = state.seat(vacancy.seat)
    own = seat is not None and seat.person == person.person
    interest = ConflictOfInterest("own_seat", "Nobody confirms this of their own seat.")
    return first_refusal(
        _confirms(person), is_second(person, vacancy.recorded_by), Permission(interest) if own else ALLOWED,
        _from_outside(person) if seat is not None and _removes_judge(vacancy, seat) else ALLOWED,
    )  # fmt: skip


def _removes_judge(vacancy: Vacancy, seat: Seat) -> bool:
    return vacancy.cause == VacancyCause.REMOVAL and seat.body == Body.APPEAL_POOL


def _from_outside(person: PersonFacts) -> Permission:
    """Whoever decides about acts of the body is not removed by the body's own office."""
    if person.has(Role.AUDITOR) or person.has(Role.IMPARTIALITY_MEMBER):
        return ALLOWED
    return Permission(
        NotPermitted("outsider_needed", "An auditor or the impartiality committee confirms that a judge is removed.")
    )


def confirm_vacancy(state: Institution, act: ConfirmVacancy, now: datetime, _: SchemeRules) -> Events:
    """Confirm a recorded vacancy: the seat is vacant from now on."""
    _confirms(act.actor).require()
    vacancy = _vacancy(state, act.number)
    _may_confirm_vacancy(state, vacancy, act.actor).require()
    seat = _held(state, vacancy.seat)
    return (
        SeatVacated(
            at=now, actor=act.actor.person, seat=seat.number, vacancy=vacancy.number, protocol=vacancy.protocol
        ),
    )  # fmt: skip


def reject_vacancy(state: Institution, act: RejectVacancy, now: datetime, _: SchemeRules) -> Events:
    """Set a recorded vacancy aside."""
    _confirms(act.actor).require()
    _vacancy(state, act.number)
    return (VacancyRejected(at=now, actor=act.actor.person, number=act.number, reasons=act.reasons),)


def stepped_up(state: Institution, now: datetime, _: SchemeRules) -> SubstituteSteppedUp | None:
    """Let the next substitute take a vacant seat, where the protocol of their election says so."""
    found = next_substitute(state, day_of(now))
    if found is None:
        return None
    vacant, substitute = found
    return SubstituteSteppedUp(at=now, actor=ENGINE, vacant=vacant.number, substitute=substitute.number)


def ended(state: Institution, now: datetime, _: SchemeRules) -> SeatsEnded | None:
    """Note that terms are over; who holds a seat follows from the days alone, also before this is noted."""
    over = tuple(one.number for one in state.seats if now >= one.ends_at)
    return SeatsEnded(at=now, actor=ENGINE, seats=over) if over else None


def clocks_of(state: Institution, _: SchemeRules) -> Iterator[Clock]:
    """The ends of terms, one clock for all seats of a body that end on a day: a meeting must be called before it."""
    for body, until in sorted({(one.body, one.until) for one in state.seats}):
        seats = [one for one in state.seats if (one.body, one.until) == (body, until)]
        yield Clock(
            name=f"term/{body.value.replace('_', '-')}.{until.isoformat()}",
            waits_for=Party.SECRETARIAT,
            started_at=min(one.begins_at for one in seats),
            due_at=seats[0].ends_at,
            has_effect=True,
        )


def without(seats: Iterable[Seat], *numbers: int) -> tuple[Seat, ...]:
    """Return seats but those of these numbers."""
    return tuple(one for one in seats if one.number not in numbers)
