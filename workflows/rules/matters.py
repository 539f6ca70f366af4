"""Makes the kernel of a matter from its tables: which act is taken how and by whom, what follows, what changes."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Generic, TypeVar

from pydantic import TypeAdapter

from schemas.act import Act
from schemas.clocks import Clock, ReminderGiven
from schemas.errand import Errand
from schemas.errors import NotFound, NotPermitted, OutOfOrder, Unacceptable
from schemas.event import Event
from schemas.identifiers import ENGINE, PUBLIC, WITHOUT_ACCOUNT
from schemas.matter import (
    CastVote,
    DeclareMatterInterests,
    ElectorLeft,
    LeaveElectorate,
    Matter,
    MatterInterestsDeclared,
    MotionClosed,
    MotionOpened,
    SubstituteSteppedIn,
    VoteCast,
)
from schemas.people import PersonFacts
from schemas.scheme import SchemeRules
from workflows.kernel import Events, Kernel
from workflows.rules import motions
from workflows.rules.clocks import effect_is_due, next_moment, reminder_given, with_reminder
from workflows.rules.permission import ALLOWED, Permission, first_refusal

ENDED: Final = "matter_ended"
"""Why an act comes too late for a matter that has ended."""
BEHIND_ITS_CLOCK: Final = "too_late"
"""What is due in a matter comes first, in a moment: an act of the engine told then is judged by what follows."""
M = TypeVar("M", bound=Matter)
Changes = dict[str, Any]
Barred = Callable[[Any, PersonFacts], Permission]


@dataclass(frozen=True, kw_only=True)
class ActRule:
    """How one kind of act is taken, and who `may` do it now; for one that `opens` a matter, `who` may open one."""

    take: Callable[[Any, Any, datetime, SchemeRules], Events]
    may: Callable[[Any, PersonFacts, SchemeRules], Permission] | None = None
    who: Callable[[PersonFacts], Permission] | None = None
    opens: bool = False


@dataclass(frozen=True, kw_only=True)
class Tables(Generic[M]):
    """What a kind of matter consists of.

    Attributes:
        acts: rule of each act; those of votes are added where `barred` is given, unless the matter has its own.
        begins: from the event that opens a matter to its first state.
        changes: from a state and an event to the fields it changes; those of votes and reminders are added.
        follows: what follows by rule and clock, asked in order; the votes' own come first.
        clocks: the deadlines that run now.
        barred: who may not decide in the matter, beyond interests; None where there are no votes.
        ended_may: whether acts may be taken after the end.
        errand: what another matter is to be told now.
        awaits: whether something else is still to come from outside.
    """

    name: str
    state: type[M]
    events: TypeAdapter[Any]
    act_models: Mapping[str, type[Act]]
    acts: Mapping[str, ActRule]
    begins: Mapping[type[Event], Callable[[Any], M]]
    changes: Mapping[type[Event], Callable[[M, Any], Changes]]
    follows: tuple[Callable[[M, datetime, SchemeRules], Event | None], ...] = ()
    clocks: Callable[[M, SchemeRules], Iterable[Clock]] = field(default=lambda _state, _rules: ())
    barred: Barred | None = None
    ended_may: frozenset[str] = frozenset()
    errand: Callable[[M], Errand | None] = field(default=lambda _: None)
    awaits: Callable[[M], bool] = field(default=lambda _: False)


def kernel_of(tables: Tables[M]) -> Kernel[M]:
    """Return the kernel that follows the tables.

    Raises:
        ValueError: an act without a rule, or a rule without an act.
    """
    rules = _Rules(tables)
    missing = set(rules.acts) ^ set(tables.act_models)
    if missing:
        raise ValueError(f"{tables.name}: acts without a rule or a model: {sorted(missing)}")
    return Kernel(
        name=tables.name,
        acts=tables.act_models,
        events=tables.events,
        state=tables.state,
        decide=rules.decide,
        evolve=rules.evolve,
        due=rules.due,
        next_due_at=rules.next_due_at,
        may=rules.may,
        may_open=rules.may_open,
        errand=tables.errand,
        awaits=tables.awaits,
    )


def comes_from_its_own(model: type[Act], actor: str, authn: str | None = None) -> Permission:
    """Whether an act comes from whom alone it is taken: the engine, somebody without an account, or a person.

    Args:
        model: of the act.
        actor: who sends it.
        authn: how they came in; None where only the page of an act is asked for.
    """
    if getattr(model, "by_engine", False) and actor != ENGINE:
        return Permission(NotPermitted("only_the_engine", "Nobody but the engine does this."))
    is_public, by_public = actor == PUBLIC, getattr(model, "by_public", False)
    if by_public and (not is_public or authn not in {None, WITHOUT_ACCOUNT}):
        return Permission(NotPermitted("only_without_account", "This is done without an account."))
    if is_public and not by_public:
        return Permission(NotPermitted("role_missing", "Sign in first; this belongs to a role."))
    return ALLOWED


class _Rules(Generic[M]):
    """The functions of a kernel, following its tables."""

    def __init__(self, tables: Tables[M]) -> None:
        self.tables = tables
        self.acts = {**(_votes(tables.barred) if tables.barred else {}), **tables.acts}
        self.changes = {**_MATTER_CHANGES, **tables.changes}

    def evolve(self, state: M | None, event: Event) -> M:
        begin = self.tables.begins.get(type(event))
        if begin is not None and state is None:
            return begin(event).model_copy(update={"entry": 1})
        if state is None:
            raise ValueError(f"{event.kind} before the matter was opened")
        changes = self.changes[type(event)](state, event)
        return state.model_copy(update={**changes, "entry": state.entry + 1})

    def due(self, state: M, now: datetime, rules: SchemeRules) -> Events:
        found: list[Event] = []
        while (event := self._next(state, now, rules)) is not None:
            found.append(event)
            state = self.evolve(state, event)
        return tuple(found)

    def decide(self, state: M | None, act: Act, now: datetime, rules: SchemeRules) -> Events:
        rule = self.acts[act.kind]
        comes_from_its_own(type(act), act.actor.person, act.authn).require()
        self._check_taken_here(state, act, now, rules, rule)
        events = rule.take(state, act, now, rules)
        for event in events:
            state = self.evolve(state, event)
        assert state is not None
        return (*events, *self.due(state, now, rules))

    def may(self, kind: str, state: M, person: PersonFacts, rules: SchemeRules) -> Permission:
        rule, own = self.acts[kind], comes_from_its_own(self.tables.act_models[kind], person.person)
        if not own:
            return own
        if rule.may is None:
            return Permission(OutOfOrder("opened_already", "This was opened before."))
        return first_refusal(self._still_open(state, kind), rule.may(state, person, rules))

    def may_open(self, kind: str, person: PersonFacts) -> Permission:
        who, own = self.acts[kind].who, comes_from_its_own(self.tables.act_models[kind], person.person)
        return first_refusal(own, who(person)) if who is not None else own

    def next_due_at(self, state: M, rules: SchemeRules) -> datetime | None:
        if state.is_over:
            return None
        vote = state.open_motion
        of_clocks = next_moment(self.tables.clocks(state, rules), state.reminded, rules)
        moments = [of_clocks, vote.closes_at if vote else None]
        return min((moment for moment in moments if moment is not None), default=None)

    def _next(self, state: M, now: datetime, rules: SchemeRules) -> Event | None:
        if state.is_over:
            return None
        event = motions.what_follows(state, now)
        for rule in self.tables.follows:
            event = event or rule(state, now, rules)
        return event or reminder_given(self.tables.clocks(state, rules), state.reminded, now, rules)

    def _check_taken_here(self, state: M | None, act: Act, now: datetime, rules: SchemeRules, rule: ActRule) -> None:
        if state is None and not rule.opens:
            raise NotFound("unknown_matter", "There is no such matter.")
        if state is None or rule.opens:
            return
        if act.subject != state.id:
            raise Unacceptable("another_matter", "This act is for another matter.")
        if not state.is_over and self._clock_comes_first(state, now, rules):
            # The clock comes first: its event is on its way, and no act slips in before it.
            raise OutOfOrder(BEHIND_ITS_CLOCK, "The time for this has ended.")
        self._still_open(state, act.kind).require()

    def _clock_comes_first(self, state: M, now: datetime, rules: SchemeRules) -> bool:
        vote = state.open_motion
        return effect_is_due(self.tables.clocks(state, rules), now) or (vote is not None and now >= vote.closes_at)

    def _still_open(self, state: M, kind: str) -> Permission:
        if state.is_over and kind not in self.tables.ended_may:
            return Permission(OutOfOrder(ENDED, "This has ended."))
        return ALLOWED


def _votes(barred: Barred) -> dict[str, ActRule]:
    return {
        CastVote.model_fields["kind"].default: ActRule(
            take=lambda state, act, now, _: motions.cast_vote(state, act, now, barred),
            may=lambda state, person, _: motions.may_cast_vote(state, person, barred),
        ),
        LeaveElectorate.model_fields["kind"].default: ActRule(
            take=lambda state, act, now, _: motions.leave_electorate(state, act, now),
            may=lambda state, person, _: motions.may_leave_electorate(state, person),
        ),
        DeclareMatterInterests.model_fields["kind"].default: ActRule(
            take=lambda state, act, now, _: motions.declare_interests_in(state, act, now),
            may=lambda state, person, _: motions.may_declare_interests_in(state, person),
        ),
    }


def _in_last_motion(state: Matter, **changes: Any) -> Changes:
    return {"motions": (*state.motions[:-1], state.motions[-1].model_copy(update=changes))}


def _voted(state: Matter, event: VoteCast) -> Changes:
    return _in_last_motion(state, ballots={**state.motions[-1].ballots, event.ballot.member: event.ballot})


def _left(state: Matter, event: ElectorLeft) -> Changes:
    last = state.motions[-1]
    ballots = {member: ballot for member, ballot in last.ballots.items() if member != event.member}
    return _in_last_motion(state, recused=(*last.recused, event.member), ballots=ballots)


def _stepped_in(state: Matter, event: SubstituteSteppedIn) -> Changes:
    return _in_last_motion(state, electorate=(*state.motions[-1].electorate, event.member))


_MATTER_CHANGES: dict[type[Event], Callable[[Any, Any], Changes]] = {
    ReminderGiven: lambda state, event: {"reminded": with_reminder(state.reminded, event)},
    MotionOpened: lambda state, event: {"motions": (*state.motions, event.motion)},
    VoteCast: _voted,
    ElectorLeft: _left,
    SubstituteSteppedIn: _stepped_in,
    MotionClosed: lambda state, event: _in_last_motion(state, closed_at=event.at, tally=event.tally),
    MatterInterestsDeclared: lambda state, event: {
        "interests": {**state.interests, event.interests.person: event.interests}
    },
}
