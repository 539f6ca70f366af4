"""Where an exploration begins, who may do what in it, and which faults it must bear."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from schemas.act import Act
from schemas.scheme import Tier
from schemas.stages import Choice, Outcome, Verdict
from tests.builders import APPLICANT, EXPERTS, LABEL_OFFICER, MEMBERS, SECRETARY, lodged, sha256, text
from tests.explorer.invariants import Invariants
from tests.explorer.parts import Parts
from tests.explorer.state import State
from tests.explorer.system import System
from tests.explorer.walks import (
    TinyWalk,
    ballots,
    interest,
    no_interest,
    open_rounds,
    recuse,
    reported,
    tiny,
    twin,
    vouched,
    without_seat,
)
from tests.explorer.ways_back import (
    at_evaluation,
    correcting,
    disputing,
    going_on,
    granted_on_its_last_day,
    in_correction,
    just_raised,
    nearly_sent_back,
    releasing_too_late,
    renewing,
    reopening,
    report_outdated,
    reporting_again,
    running_out,
    sending_back,
)  # fmt: skip

A, B, C, D = MEMBERS[:4]
PROHIBITED = {**lodged().gates, "G2": "yes"}
GRANT, REFUSE, ABSTAIN = Choice.GRANT, Choice.REFUSE, Choice.ABSTAIN


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """An exploration.

    Attributes:
        members: of the Commission; `substitutes` were elected besides.
        reminders: days before a deadline at which people are reminded of it.
        walk: brings the case to where the exploration begins.
        acts: what people may send from there, in any order and any number of times; made from the walk.
        losses_max: how often the workflow may be lost.
        states_max: the exploration ends after so many states.
    """

    name: str
    tier: Tier
    base_min: int
    members: int
    substitutes: int = 0
    reminders: tuple[int, ...] = ()
    walk: Callable[[TinyWalk], TinyWalk]
    acts: Callable[[TinyWalk], dict[str, Act]]
    losses_max: int = 0
    keeps_up: bool = False
    states_max: int = 60_000
    changes: dict[str, Any] = field(default_factory=dict)

    def begin(self, parts: Parts | None = None) -> tuple[System, State, Invariants]:
        """Return the system, its first state, and what must hold in all."""
        scheme = tiny(base_min=self.base_min, reminders=self.reminders)
        walk = TinyWalk(scheme, self.tier, self.members, self.substitutes, **self.changes)
        self.walk(walk)
        system = System(
            scheme=scheme,
            acts=self.acts(walk),
            losses_max=self.losses_max,
            keeps_up=self.keeps_up,
            parts=parts or Parts(),
        )
        start = system.start(walk.file(), walk.now)
        seated, others = (frozenset(one.person for one in held) for held in (walk.members, walk.substitutes))
        sent = {act.digest: act for act in system.acts.values()}
        return system, start, Invariants(system.store, scheme.rules, seated, others, sent)


def _voting(walk: TinyWalk) -> dict[str, Act]:
    """Two rounds among three, one of whom may leave and one find an interest."""
    first, second = ballots(walk, 1, a=GRANT, b=GRANT, c=REFUSE), ballots(walk, 2, a=GRANT, b=GRANT, c=GRANT)
    return {**open_rounds(walk, 1, 2), **first, **second, **recuse(walk, C), **interest(walk, B)}


def _recording(walk: TinyWalk) -> dict[str, Act]:
    """Two rounds among three, of whom two vote; the record may be late at any time."""
    first, second = ballots(walk, 1, a=GRANT, b=REFUSE), ballots(walk, 2, a=GRANT, b=GRANT)
    return {**open_rounds(walk, 1, 2), **first, **second, **twin(walk, 1, a=REFUSE), **recuse(walk, C)}


def _loss(walk: TinyWalk) -> dict[str, Act]:
    """The last ballots of the second round, and an interest found before or after; the workflow may be lost."""
    late = ballots(walk, 1, b=GRANT)
    return {**late, **ballots(walk, 2, b=GRANT, c=GRANT), **twin(walk, 2, b=REFUSE), **interest(walk, A)}


def _panel(walk: TinyWalk) -> dict[str, Act]:
    """Four members, three of them drawn anew for each round; all try to vote in both, one of them without a passkey."""
    first = ballots(walk, 1, a=GRANT, b=GRANT, c=GRANT, d=GRANT)
    without_key = vouched(walk, C, 1, first.pop("c votes to grant in round 1"))
    second = ballots(walk, 2, a=GRANT, b=ABSTAIN, c=GRANT, d=REFUSE)
    return {**open_rounds(walk, 1, 2), **first, **second, **without_key}


def _seats(walk: TinyWalk) -> dict[str, Act]:
    """Three members, each of whom may have given up the seat since the round was opened; one has declared nothing."""
    sent = ballots(walk, 1, a=GRANT, b=REFUSE, c=GRANT)
    return {**open_rounds(walk, 1), **sent, **without_seat(sent), **no_interest(walk, C)}


def _reporting(walk: TinyWalk) -> dict[str, Act]:
    """An interest that a member did not declare is reported while they vote; all who might settle it try to."""
    settling = reported(walk, B, SECRETARY, SECRETARY, B, C)
    return {**settling, **ballots(walk, 1, b=GRANT, c=REFUSE), **interest(walk, B)}


def _stepping_in(walk: TinyWalk) -> dict[str, Act]:
    """Three members and two substitutes, the first of whom may find an interest before or after stepping in."""
    first = ballots(walk, 1, a=GRANT, b=GRANT, c=GRANT, d=GRANT, e=REFUSE)
    return {**open_rounds(walk, 1), **first, **recuse(walk, C), **interest(walk, D)}


def _release(walk: TinyWalk) -> dict[str, Act]:
    """A grant of the critical tier that waits for its second person, some of whom may not be it."""
    releases = {
        f"{one.person} releases": walk.build("release_label", one, act_id=f"release-{one.person}")
        for one in (LABEL_OFFICER, A)
    }
    return {
        **no_interest(walk, LABEL_OFFICER),
        **releases,
        **interest(walk, LABEL_OFFICER),
        **interest(walk, B),
        **interest(walk, EXPERTS[0]),
    }


def _asking(walk: TinyWalk) -> dict[str, Act]:
    """The applicant asks to be heard, twice perhaps, while a round is opened; two of three members vote."""
    ask = walk.build("ask_for_hearing", APPLICANT, statement=text("Statement"))
    return {
        "the applicant asks to be heard": ask,
        "the applicant asks again": ask.model_copy(update={"act_id": "asks-again"}),
        "the applicant does without": walk.build("waive_hearing", APPLICANT),
        "the applicant is heard": walk.build("record_hearing", SECRETARY, protocol=text("Protocol")),
        **open_rounds(walk, 1),
        **ballots(walk, 1, a=GRANT, b=GRANT),
    }


def _gate(walk: TinyWalk) -> dict[str, Act]:
    """A prohibited use: the Commission may only refuse (Code, I-2.4)."""
    first = ballots(walk, 1, a=REFUSE, b=REFUSE, c=REFUSE)
    other = {
        f"{name}, with a key of its own": act.model_copy(update={"act_id": f"other-{act.act_id}"})
        for name, act in ballots(walk, 1, a=GRANT, b=ABSTAIN).items()
    }
    elsewhere = {
        f"b votes on another {name}": first["b votes to refuse in round 1"].model_copy(
            update={"act_id": f"elsewhere-{name}", f"{name}_digest": sha256(f"another {name}")}
        )
        for name in ("manifest", "scheme")
    }
    return {**open_rounds(walk, 1, 2), **first, **other, **elsewhere, **recuse(walk, C)}


def _failed(walk: TinyWalk) -> dict[str, Act]:
    """A criterion is not met: who would grant the label all the same cannot (Code, I-2.4)."""
    return {
        **open_rounds(walk, 1),
        **ballots(walk, 1, a=GRANT, b=GRANT, c=GRANT, a_otherwise=REFUSE, b_otherwise=ABSTAIN, c_otherwise=REFUSE),
    }


def _replanning(walk: TinyWalk) -> dict[str, Act]:
    """A reviewer finds an interest: another one judges anew, and the rapporteur recommends again."""
    second, key = EXPERTS[1], {"people": {EXPERTS[1].person: EXPERTS[1]}}
    finding = walk.case.reviews[EXPERTS[0].person].findings[0]
    not_met = finding.model_copy(update={"verdict": Verdict.NOT_MET})
    return {
        **interest(walk, EXPERTS[0]),
        "emil is asked": walk.build("assign_reviewer", SECRETARY, reviewer="emil", areas=("ethics_or_law",), **key),
        "emil declares no interest": walk.build("declare_interests", second, has_interest=False),
        "emil says yes": walk.build("answer_assignment", second, accepts=True),
        "emil says no": walk.build("answer_assignment", second, accepts=False, act_id="no"),
        "the plan is approved": walk.build("approve_plan", SECRETARY),
        "emil hands in": walk.build("submit_review", second, findings=(not_met,)),
        "the rapporteur recommends": walk.build(
            "submit_recommendation", A, recommends=Outcome.REFUSED, reasons=text("Advice")
        ),
        **open_rounds(walk, 1),
        **ballots(walk, 1, a=REFUSE, b=GRANT, c=REFUSE),
    }


def _intake(walk: TinyWalk) -> dict[str, Act]:
    """From lodging to the frozen manifest, or out: declined, withdrawn, lapsed."""
    offer = walk.again().offer("I-1.1-01").sent[-1]
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


def _at_decision(walk: TinyWalk) -> TinyWalk:
    return walk.to_decision().declared(*walk.members, *walk.substitutes)


def _at_seats(walk: TinyWalk) -> TinyWalk:
    return walk.to_decision().declared(A, B)


def _at_failure(walk: TinyWalk) -> TinyWalk:
    return walk.to_decision(I_1_1_01=Verdict.NOT_MET).declared(*walk.members)


def _unheard(walk: TinyWalk) -> TinyWalk:
    return walk.to_recommendation().recommended().declared(*walk.members)


def _one_voted(walk: TinyWalk) -> TinyWalk:
    return walk.to_decision().act("open_round", SECRETARY).declared(*walk.members).ballot(A, GRANT)


def _one_voted_again(walk: TinyWalk) -> TinyWalk:
    walk = _one_voted(walk).pass_time(days=40)
    return walk.act("open_round", SECRETARY).ballot(A, GRANT)


def _granted(walk: TinyWalk) -> TinyWalk:
    return _one_voted(walk).ballot(B, GRANT).ballot(C, GRANT)


def _at_gate(walk: TinyWalk) -> TinyWalk:
    walk.to_intake().act("accept_application", SECRETARY).act("record_hearing", SECRETARY, protocol=text("Protocol"))
    return walk.declared(*walk.members)


_MEDIUM: dict[str, Any] = {"tier": Tier.MEDIUM, "base_min": 2, "members": 3}
_THREE = {**_MEDIUM, "base_min": 3}
_HIGH: dict[str, Any] = {**_MEDIUM, "tier": Tier.HIGH}
_CRITICAL: dict[str, Any] = {"tier": Tier.CRITICAL, "base_min": 2, "members": 3}
_LOW: dict[str, Any] = {"tier": Tier.LOW, "base_min": 3, "members": 3}

_SLOW = 2_500
"""States of a scenario that is large and in which most moves lead to another case; the nearest are seen."""

SCENARIOS = {
    one.name: one
    for one in (
        Scenario(name="commission", **_MEDIUM, walk=_at_decision, acts=_voting, keeps_up=True, states_max=_SLOW),
        Scenario(name="substitutes", **_THREE, substitutes=2, walk=_at_decision, acts=_stepping_in, keeps_up=True),
        Scenario(name="recording", **_MEDIUM, reminders=(3,), walk=_at_decision, acts=_recording, states_max=8_000),
        Scenario(name="loss", **_MEDIUM, walk=_one_voted_again, acts=_loss, losses_max=1, states_max=15_000),
        Scenario(name="release", **_CRITICAL, walk=_granted, acts=_release),
        Scenario(name="panel", **{**_LOW, "members": 4}, walk=_at_decision, acts=_panel, keeps_up=True),
        Scenario(name="seats", **_THREE, walk=_at_seats, acts=_seats, keeps_up=True),
        Scenario(name="reports", **_MEDIUM, walk=_one_voted, acts=_reporting, keeps_up=True, states_max=_SLOW),
        Scenario(name="asking", **_HIGH, walk=_unheard, acts=_asking, keeps_up=True, states_max=_SLOW),
        Scenario(name="gate", **_LOW, walk=_at_gate, acts=_gate, changes={"gates": PROHIBITED}, states_max=8_000),
        Scenario(name="failed", **_LOW, walk=_at_failure, acts=_failed, keeps_up=True),
        Scenario(name="replanning", **_MEDIUM, walk=_at_decision, acts=_replanning, keeps_up=True, states_max=_SLOW),
        Scenario(name="intake", **_LOW, reminders=(3,), walk=TinyWalk.to_intake, acts=_intake, states_max=6_000),
        Scenario(name="correction", **_LOW, walk=in_correction, acts=correcting, keeps_up=True, states_max=_SLOW),
        Scenario(name="dispute", **_LOW, walk=at_evaluation, acts=disputing, keeps_up=True, states_max=_SLOW),
        Scenario(name="raise", **_LOW, walk=just_raised, acts=going_on, keeps_up=True, states_max=_SLOW),
        Scenario(name="supplement", **_MEDIUM, walk=nearly_sent_back, acts=sending_back, keeps_up=True),
        Scenario(
            name="outdated", **_CRITICAL, walk=report_outdated, acts=reporting_again, keeps_up=True, states_max=1_500
        ),
        Scenario(name="expiry", **_THREE, walk=running_out, acts=renewing, keeps_up=True, states_max=_SLOW),
        Scenario(name="late release", **_CRITICAL, walk=granted_on_its_last_day, acts=releasing_too_late),
        Scenario(name="reopening", **_MEDIUM, walk=_granted, acts=reopening, losses_max=1, states_max=12_000),
    )
}
