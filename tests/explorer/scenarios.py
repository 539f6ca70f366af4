"""Where an exploration begins, who may do what in it, and which faults it must bear."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, Self

from schemas.acts import Act
from schemas.people import PersonFacts
from schemas.scheme import Scheme, Tier
from schemas.stages import Choice, Outcome, Verdict
from tests.builders import (
    APPLICANT,
    EXPERTS,
    LABEL_OFFICER,
    MEMBERS,
    SECRETARY,
    Walk,
    lodged,
    sha256,
    text,
)  # fmt: skip
from tests.explorer.invariants import Invariants
from tests.explorer.parts import Parts
from tests.explorer.state import State
from tests.explorer.system import System
from tests.small_scheme import pin, small
from workflows.casework import CaseFile, Casework
from workflows.rules.procedure import CERTIFICATION

A, B, C, D = MEMBERS[:4]
PROHIBITED = {**lodged().gates, "G2": "yes"}
GRANT, REFUSE, ABSTAIN = Choice.GRANT, Choice.REFUSE, Choice.ABSTAIN


@cache
def tiny(tier: Tier, *, base_min: int) -> Scheme:
    """Return a scheme with two criteria, one for a reviewer and one for the Register, and a small Commission."""
    two = small("I-1.1-01", "II-2.2-01")
    recusal = two.rules.common.recusal
    common = two.rules.common.model_copy(
        update={"recusal": recusal.model_copy(update={"base_min": {**recusal.base_min, tier: base_min}})}
    )
    one_reviewer = two.rules.tiers[tier].reviewers.model_copy(update={"count": 1, "areas": ("ethics_or_law",)})
    figures = two.rules.tiers[tier].model_copy(update={"reviewers": one_reviewer, "reviews_per_criterion": 1})
    rules = two.rules.model_copy(update={"common": common, "tiers": {**two.rules.tiers, tier: figures}})
    return two.model_copy(update={"rules": rules})


class TinyWalk(Walk):
    """A walk on a tiny scheme; its acts have keys that stay the same from run to run."""

    def __init__(self, scheme: Scheme, tier: Tier, members: int, **changes: Any) -> None:
        super().__init__(tier, members=members)
        self.rules = scheme.rules
        self.lodged = lodged(tier, scheme=pin(scheme), **changes)
        self.done: list[tuple[datetime, Act | None]] = []

    def build(self, kind: str, who: PersonFacts, **content: Any) -> Act:
        key = content.pop("act_id", f"{kind}-{len(self.sent) + 1}")
        return super().build(kind, who, **content, act_id=key)

    def act(self, kind: str, who: PersonFacts, **content: Any) -> Self:
        super().act(kind, who, **content)
        self.done.append((self.now, self.sent[-1]))
        return self

    def pass_time(self, **by: float) -> Self:
        super().pass_time(**by)
        self.done.append((self.now, None))
        return self

    def file(self) -> CaseFile:
        """What the walk did, done by the real case."""
        work = Casework(CaseFile(application="case-1", rules=self.rules), CERTIFICATION)
        for now, act in self.done:
            if act is None:
                work.let_time_pass(now)
            else:
                work.take(act, now)
        return work.file


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """An exploration.

    Attributes:
        walk: brings the case to where the exploration begins.
        acts: what people may send from there, in any order and any number of times; made from the walk.
        losses_max: how often the workflow may be lost.
        states_max: the exploration ends after so many states.
    """

    name: str
    tier: Tier
    base_min: int
    members: int
    walk: Callable[[TinyWalk], Walk]
    acts: Callable[[TinyWalk], dict[str, Act]]
    losses_max: int = 0
    keeps_up: bool = False
    states_max: int = 60_000
    changes: dict[str, Any] = field(default_factory=dict)

    def begin(self, parts: Parts | None = None) -> tuple[System, State, Invariants]:
        """Return the system, its first state, and what must hold in all."""
        scheme = tiny(self.tier, base_min=self.base_min)
        walk = TinyWalk(scheme, self.tier, self.members, **self.changes)
        self.walk(walk)
        system = System(
            scheme=scheme,
            acts=self.acts(walk),
            losses_max=self.losses_max,
            keeps_up=self.keeps_up,
            parts=parts or Parts(),
        )
        start = system.start(walk.file(), walk.now)
        seated = frozenset(member.person for member in walk.members)
        return system, start, Invariants(system.store, scheme.rules, seated)


def _ballots(walk: TinyWalk, round_: int, **choices: Choice) -> dict[str, Act]:
    """Ballots of members in a round, by the letter of each."""
    manifest = walk.case.manifest
    assert manifest is not None
    on = {"round": round_, "manifest_digest": manifest.digest, "scheme_digest": walk.lodged.scheme.digest}
    people = {member.person[-1]: member for member in MEMBERS}
    return {
        f"{name} votes to {choice} in round {round_}": walk.build(
            "cast_ballot",
            people[name[0]],
            **on,
            choice=choice,
            grounds=("I-1.1-01",) if choice == REFUSE else (),
            act_id=f"ballot-{name}-{round_}",
        )
        for name, choice in choices.items()
    }


def _declared(walk: TinyWalk, *people: PersonFacts) -> TinyWalk:
    for one in people:
        if not walk.case.has_declared_none(one.person):
            walk.act("declare_interests", one, has_interest=False, act_id=f"none-{one.person}")
    return walk


def _interest(walk: TinyWalk, who: PersonFacts) -> dict[str, Act]:
    key, content = f"interest-{who.person}", {"has_interest": True, "statement": text("A cousin.")}
    return {f"{who.person} declares an interest": walk.build("declare_interests", who, **content, act_id=key)}


def _open(walk: TinyWalk, *rounds: int) -> dict[str, Act]:
    return {
        f"the secretariat opens a round ({number})": walk.build("open_round", SECRETARY, act_id=f"open-{number}")
        for number in rounds
    }


def _recuse(walk: TinyWalk, who: PersonFacts) -> dict[str, Act]:
    return {f"{who.person} leaves": walk.build("recuse", who, reason=text("Advice."), act_id=f"recuse-{who.person}")}


def _twin(walk: TinyWalk, round_: int, **choices: Choice) -> dict[str, Act]:
    """Another ballot under the key of the first."""
    return {f"{name}, under a used key": act for name, act in _ballots(walk, round_, **choices).items()}


def _voting(walk: TinyWalk) -> dict[str, Act]:
    """Two rounds among three, one of whom may leave and one find an interest."""
    first, second = _ballots(walk, 1, a=GRANT, b=GRANT, c=REFUSE), _ballots(walk, 2, a=GRANT, b=GRANT, c=GRANT)
    return {**_open(walk, 1, 2), **first, **second, **_recuse(walk, C), **_interest(walk, B)}


def _recording(walk: TinyWalk) -> dict[str, Act]:
    """Two rounds among three, of whom two vote; the record may be late at any time."""
    first, second = _ballots(walk, 1, a=GRANT, b=REFUSE), _ballots(walk, 2, a=GRANT, b=GRANT)
    return {**_open(walk, 1, 2), **first, **second, **_twin(walk, 1, a=REFUSE), **_recuse(walk, C)}


def _loss(walk: TinyWalk) -> dict[str, Act]:
    """The last ballots of the second round, and an interest found before or after; the workflow may be lost."""
    late = _ballots(walk, 1, b=GRANT)
    return {**late, **_ballots(walk, 2, b=GRANT, c=GRANT), **_twin(walk, 2, b=REFUSE), **_interest(walk, A)}


def _panel(walk: TinyWalk) -> dict[str, Act]:
    """Four members, three of them drawn anew for each round; every one of them tries to vote in both."""
    first = _ballots(walk, 1, a=GRANT, b=GRANT, c=GRANT, d=GRANT)
    second = _ballots(walk, 2, a=GRANT, b=ABSTAIN, c=GRANT, d=REFUSE)
    return {**_open(walk, 1, 2), **first, **second}


def _release(walk: TinyWalk) -> dict[str, Act]:
    """A grant of the critical tier that waits for its second person, some of whom may not be it."""
    officer = {"laura declares no interest": walk.build("declare_interests", LABEL_OFFICER, has_interest=False)}
    releases = {
        f"{one.person} releases": walk.build("release_label", one, act_id=f"release-{one.person}")
        for one in (LABEL_OFFICER, A)
    }
    return {
        **officer,
        **releases,
        **_interest(walk, LABEL_OFFICER),
        **_interest(walk, B),
        **_interest(walk, EXPERTS[0]),
    }


def _gate(walk: TinyWalk) -> dict[str, Act]:
    """A prohibited use: the Commission may only refuse (Code, I-2.4)."""
    first = _ballots(walk, 1, a=REFUSE, b=REFUSE, c=REFUSE)
    other = {
        f"{name}, with a key of its own": act.model_copy(update={"act_id": f"other-{act.act_id}"})
        for name, act in _ballots(walk, 1, a=GRANT, b=ABSTAIN).items()
    }
    elsewhere = first["b votes to refuse in round 1"].model_copy(
        update={"act_id": "elsewhere", "manifest_digest": sha256("another manifest")}
    )
    return {**_open(walk, 1, 2), **first, **other, "b votes on another manifest": elsewhere, **_recuse(walk, C)}


def _replanning(walk: TinyWalk) -> dict[str, Act]:
    """A reviewer finds an interest: another one judges anew, and the rapporteur recommends again."""
    second, key = EXPERTS[1], {"people": {EXPERTS[1].person: EXPERTS[1]}}
    finding = walk.case.reviews[EXPERTS[0].person].findings[0]
    not_met = finding.model_copy(update={"verdict": Verdict.NOT_MET})
    return {
        **_interest(walk, EXPERTS[0]),
        "emil is asked": walk.build("assign_reviewer", SECRETARY, reviewer="emil", areas=("ethics_or_law",), **key),
        "emil declares no interest": walk.build("declare_interests", second, has_interest=False),
        "emil says yes": walk.build("answer_assignment", second, accepts=True),
        "emil says no": walk.build("answer_assignment", second, accepts=False, act_id="no"),
        "the plan is approved": walk.build("approve_plan", SECRETARY),
        "emil hands in": walk.build("submit_review", second, findings=(not_met,)),
        "the rapporteur recommends": walk.build(
            "submit_recommendation", A, recommends=Outcome.REFUSED, reasons=text("Advice")
        ),
        **_open(walk, 1),
        **_ballots(walk, 1, a=REFUSE, b=GRANT, c=REFUSE),
    }


def _intake(walk: TinyWalk) -> dict[str, Act]:
    """From lodging to the frozen manifest, or out: declined, withdrawn, lapsed."""
    offer = TinyWalk(tiny(Tier.LOW, base_min=3), Tier.LOW, 3).to_intake().offer("I-1.1-01").sent[-1]
    other = offer.model_copy(update={"act_id": "offer-again", "file": "other.pdf"})
    return {
        "a file is offered": offer,
        "another is offered": other,
        "the first is taken back": walk.build("withdraw_evidence", APPLICANT, item="E1"),
        "the application is accepted": walk.build("accept_application", SECRETARY),
        "the application is declined": walk.build("decline_application", SECRETARY, reasons=text()),
        "the evidence is handed in": walk.build("submit_evidence", APPLICANT),
        "the applicant leaves": walk.build("withdraw_application", APPLICANT),
        "a reason is given": walk.build("state_not_applicable", APPLICANT, criterion="I-1.1-01", reason=text()),
    }


def _at_decision(walk: TinyWalk) -> Walk:
    return _declared(walk.to_decision(), *walk.members)


def _one_voted(walk: TinyWalk) -> Walk:
    walk = _declared(walk.to_decision().act("open_round", SECRETARY), *walk.members)
    return walk.ballot(A, GRANT)


def _one_voted_again(walk: TinyWalk) -> Walk:
    walk = _one_voted(walk).pass_time(days=40)
    return walk.act("open_round", SECRETARY).ballot(A, GRANT)


def _granted(walk: TinyWalk) -> Walk:
    return _one_voted(walk).ballot(B, GRANT).ballot(C, GRANT)


def _at_gate(walk: TinyWalk) -> Walk:
    walk.to_intake().act("accept_application", SECRETARY).act("record_hearing", SECRETARY, protocol=text("Protocol"))
    return _declared(walk, *walk.members)


_MEDIUM: dict[str, Any] = {"tier": Tier.MEDIUM, "base_min": 2, "members": 3}
_CRITICAL: dict[str, Any] = {"tier": Tier.CRITICAL, "base_min": 2, "members": 3}
_LOW: dict[str, Any] = {"tier": Tier.LOW, "base_min": 3, "members": 3}

SCENARIOS = {
    one.name: one
    for one in (
        Scenario(name="commission", **_MEDIUM, walk=_at_decision, acts=_voting, keeps_up=True),
        Scenario(name="recording", **_MEDIUM, walk=_at_decision, acts=_recording),
        Scenario(name="loss", **_MEDIUM, walk=_one_voted_again, acts=_loss, losses_max=1),
        Scenario(name="release", **_CRITICAL, walk=_granted, acts=_release),
        Scenario(name="panel", **{**_LOW, "members": 4}, walk=_at_decision, acts=_panel, keeps_up=True),
        Scenario(name="gate", **_LOW, walk=_at_gate, acts=_gate, changes={"gates": PROHIBITED}),
        Scenario(name="replanning", **_MEDIUM, walk=_at_decision, acts=_replanning, keeps_up=True),
        Scenario(name="intake", **_LOW, walk=TinyWalk.to_intake, acts=_intake),
    )
}
