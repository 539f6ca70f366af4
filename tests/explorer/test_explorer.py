"""The explorer finds nothing in the product, and finds what is put into it: one fault for each invariant."""

from collections.abc import Callable
from typing import Any

import pytest

from schemas import events as ev
from schemas.act import Act
from schemas.case import Case
from schemas.decision import Round
from schemas.event import Event
from schemas.interest_acts import DeclareInterests
from schemas.records import Ack
from schemas.stages import Stage
from schemas.voting import Tally
from tests.explorer import __main__ as program
from tests.explorer.parts import Forked, Parts, Signer, append
from tests.explorer.scenarios import SCENARIOS
from tests.explorer.search import Found, explore
from tests.explorer.state import Line, State
from tests.explorer.system import System
from tests.explorer.violation import Violation
from tests.explorer.walks import EDITION
from workflows.casework import Casework
from workflows.rules import quorum, second_person
from workflows.rules.case import (
    ballots,
    correction,
    decisions,
    evidence,
    fold,
    intake,
    interests,
    procedure,
    rounds,
    tier,
)
from workflows.rules.case.fold_decision import in_last_round

NEAR = 1_200
"""States of the short run; `make explore` goes on to the end."""


def explored(name: str, parts: Parts | None = None, states_max: int = NEAR) -> tuple[Found, System]:
    system, start, invariants = SCENARIOS[name].begin(parts)
    return explore(system, start, invariants, states_max=states_max), system


# Nothing is found in the product


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_invariant_holds_in_the_states_nearest_to_the_start(name: str) -> None:
    found, _ = explored(name)

    assert found.violation is None, found.path
    assert found.states >= NEAR or found.is_whole
    assert found.moves > found.states


def reached(system: System) -> tuple[set[str], set[tuple[str, int]]]:
    """The stages that cases came to, and what was decided in which round."""
    cases = system.store.cases.values
    decided = {(case.decision.outcome.value, case.decision.round) for case in cases if case.decision}
    return {case.stage.value for case in cases}, decided


def test_a_whole_exploration_comes_to_labels_in_the_first_and_in_the_second_round() -> None:
    found, system = explored("panel", states_max=10_000)

    assert found.is_whole
    assert found.violation is None
    assert reached(system)[1] == {("granted", 1), ("granted", 2)}
    assert "countersigned" in happened(system)


def test_a_whole_exploration_of_a_release_comes_to_the_label_and_past_every_crash_of_the_signer() -> None:
    found, system = explored("release", states_max=20_000)

    assert found.is_whole
    assert found.violation is None
    assert reached(system)[0] == {"attestation", "granted", "decision"}
    assert {"decision_reopened", "label_issued"} <= happened(system)


def happened(system: System) -> set[str]:
    """Kinds of the events that came about on some way."""
    return {entry.kind for entry in system.store.all_entries}


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("substitutes", {"substitute_drawn", "member_recused", "label_issued"}),
        ("seats", {"round_closed", "decision_taken", "label_issued"}),
        ("reports", {"undeclared_interest_confirmed", "undeclared_interest_rejected", "member_recused"}),
        ("asking", {"hearing_asked_for", "hearing_called", "hearing_waived", "hearing_recorded", "label_issued"}),
        ("correction", {"manifest_frozen", "nonconformities_closed", "nonconformity_past_deadline", "verdict_revised"}),
        ("dispute", {"tier_raised", "tier_dispute_referred", "tier_kept", "evaluation_closed"}),
        ("raise", {"plan_approved", "evaluation_closed", "round_opened", "label_issued", "application_lapsed"}),
        ("supplement", {"case_sent_back", "application_lapsed", "manifest_frozen", "label_issued"}),
        ("outdated", {"third_party_report_recorded", "third_party_drawn", "round_opened", "decision_taken"}),
        ("expiry", {"evidence_ran_out", "application_lapsed", "manifest_frozen", "label_issued"}),
        ("late release", {"decision_reopened", "evidence_ran_out", "application_lapsed", "label_issued"}),
        ("reopening", {"signing_refused", "decision_reopened", "label_issued"}),
    ],
)
def test_an_exploration_goes_the_ways_it_is_there_for(name: str, kinds: set[str]) -> None:
    system, start, invariants = SCENARIOS[name].begin()
    begun = happened(system)
    found = explore(system, start, invariants, states_max=SCENARIOS[name].states_max)

    assert found.violation is None, found.path
    assert kinds <= happened(system), (kinds - happened(system), begun)


def test_every_exploration_is_of_todays_edition() -> None:
    for scenario in SCENARIOS.values():
        system, start, _ = scenario.begin()
        assert system.store.case(start).edition == EDITION


def test_a_fork_is_met_only_where_a_workflow_was_lost_and_stops_the_case() -> None:
    system, start, invariants = SCENARIOS["loss"].begin()
    forked: list[State] = []
    judge = invariants.check

    def judging(state: State) -> None:
        judge(state)
        if state.alarm:
            forked.append(state)

    invariants.check = judging  # type: ignore[method-assign]  # the fake looks on
    explore(system, start, invariants, states_max=6_000)

    assert forked
    assert all(state.losses for state in forked)
    assert all(list(system.steps(state)) == [] for state in forked)


def test_the_same_exploration_visits_the_same_states() -> None:
    first, second = explored("recording")[0], explored("recording")[0]

    assert (first.states, first.moves, first.depth) == (second.states, second.moves, second.depth)


# What is put in is found

Plant = Callable[[pytest.MonkeyPatch], None]


class Forgetful(Casework):
    """A case that remembers no act."""

    def _earlier(self, act: Act) -> Ack | None:
        return None


class Leaking(Casework):
    """A case that takes its whole outbox for recorded."""

    def drop_recorded(self, last: int) -> None:
        self.file.outbox = []


class Deaf(Casework):
    """A case that hears no timer."""

    def let_time_pass(self, now: Any) -> None:
        """Do nothing."""


class Careless(Casework):
    """A case whose first answer to a key is the answer to whatever comes under it."""

    def _earlier(self, act: Act) -> Ack | None:
        return self.file.receipts.get(act.act_id)


class DrawsAgain(Signer):
    """A signer that does not look up what it intended."""

    def intent(self, state: State, decision: str, read: int) -> Line:
        return Line(decision=decision, label=len(state.intents) + 1, read=read)


class SignsAgain(Signer):
    """A signer that does not look up what it signed."""

    def signature(self, state: State, decision: str) -> Line | None:
        return None


def _recused_counts(patch: pytest.MonkeyPatch) -> None:
    def keep(case: Case, event: ev.MemberRecused) -> dict[str, Any]:
        return in_last_round(case, recused=(*case.rounds[-1].recused, event.member))

    def tally(vote: Round) -> Tally:
        return quorum.tally(vote.model_copy(update={"recused": ()}))

    patch.setitem(fold._CHANGES, ev.MemberRecused, keep)
    patch.setattr(ballots, "tally", tally)


def _second_decision(patch: pytest.MonkeyPatch) -> None:
    once = decisions.what_follows_from_votes

    def twice(case: Case, now: Any, rules: Any) -> Event | None:
        if case.stage != Stage.ATTESTATION or case.decision is None or case.decision.grounds:
            return once(case, now, rules)
        again = case.decision.model_copy(update={"grounds": ("G1",)})
        return ev.DecisionTaken(at=now, actor="engine", decision=again, stage=case.stage)

    patch.setattr(decisions, "what_follows_from_votes", twice)


def _closes_at_two(patch: pytest.MonkeyPatch) -> None:
    closed = ballots.round_closed

    def early(case: Case, now: Any) -> ev.RoundClosed | None:
        vote = case.open_round
        if vote is None or len(vote.ballots) < 2:
            return closed(case, now)
        return ev.RoundClosed(at=now, actor="engine", round=vote.number, tally=quorum.tally(vote))

    patch.setattr(ballots, "round_closed", early)


def _any_manifest(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ballots, "_check_object", lambda *_: None)


def _stays_with_an_interest(patch: pytest.MonkeyPatch) -> None:
    def only_declared(*arguments: Any) -> tuple[Event, ...]:
        return interests.declare(*arguments)[:1]

    patch.setitem(procedure._ACTS, DeclareInterests, only_declared)
    patch.setattr(ballots, "interested_left", lambda *_: None)


def _waits_with_an_interest(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ballots, "interested_left", lambda *_: None)


def _decides_again_after_reopening(patch: pytest.MonkeyPatch) -> None:
    reopened = fold._CHANGES[ev.DecisionReopened]
    patch.setitem(
        fold._CHANGES, ev.DecisionReopened, lambda case, event: {**reopened(case, event), "rounds": case.rounds}
    )


def _asks_nobody_for_the_seat(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ballots, "still_seated", lambda *_: ballots.ALLOWED)


def _one_person_is_enough(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(second_person, "is_another", lambda *_: ballots.ALLOWED)


def _proves_nothing(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ballots, "proof_of", lambda *_: None)


def _raises_by_a_minority(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(tier, "tally", lambda vote: quorum.tally(vote).model_copy(update={"majority_reached": True}))


def _freezes_what_was_there_before(patch: pytest.MonkeyPatch) -> None:
    def stale(case: Case, *arguments: Any, **more: Any) -> Event:
        event = evidence.frozen(case, *arguments, **more)
        assert case.manifest is not None
        return event.model_copy(update={"manifest": event.manifest.model_copy(update={"digest": case.manifest.digest})})

    patch.setattr(correction, "frozen", stale)


def _corrects_while_the_reviewers_judge(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(correction, "_clock_moved", lambda *_: None)


def _rests_on_an_old_recommendation(patch: pytest.MonkeyPatch) -> None:
    closed = fold._CHANGES[ev.EvaluationClosed]
    patch.setitem(
        fold._CHANGES,
        ev.EvaluationClosed,
        lambda case, event: {**closed(case, event), **({"stage": Stage.DECISION} if case.sent_back else {})},
    )


def _takes_any_report(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(rounds, "report_is_outdated", lambda _: False)


def _leaves_when_declined(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(intake, "LEAVABLE", (*intake.LEAVABLE, Stage.DECLINED))


def _votes_twice(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ballots, "_has_not_voted", lambda *_: ballots.ALLOWED)


def _renumbering(stream: Any, batch: Any) -> Any:
    """Append what the stream holds otherwise as if it were new."""
    try:
        return append(stream, batch)
    except Forked:
        moved = (entry.model_copy(update={"number": len(stream) + at}) for at, entry in enumerate(batch, start=1))
        return (*stream, *moved)


PLANTED: list[tuple[str, str, str, Plant | Parts]] = [
    ("a tally counts who left", "I2", "commission", _recused_counts),
    ("a member votes twice", "I5", "gate", _votes_twice),
    ("a case decides twice", "I1", "commission", _second_decision),
    ("receipts are forgotten", "I5", "recording", Parts(casework=Forgetful)),
    ("a key answers for another act", "I5", "recording", Parts(casework=Careless)),
    ("a ballot on another manifest counts", "I3", "gate", _any_manifest),
    ("an ended case is left", "I6", "intake", _leaves_when_declined),
    ("a member with an interest stays", "I14", "commission", _stays_with_an_interest),
    ("a substitute waits with an interest", "I14", "substitutes", _waits_with_an_interest),
    ("a reopened decision is taken again", "I2", "reopening", _decides_again_after_reopening),
    ("a former member votes", "I2", "seats", _asks_nobody_for_the_seat),
    ("who reported an interest confirms it", "I14", "reports", _one_person_is_enough),
    ("a ballot proves nothing", "I2", "gate", _proves_nothing),
    ("a tier is raised by a minority", "I2", "dispute", _raises_by_a_minority),
    ("a correction is not in the manifest", "I3", "correction", _freezes_what_was_there_before),
    ("a correction runs out while it is judged", "I15", "correction", _corrects_while_the_reviewers_judge),
    ("a round follows without a new recommendation", "I3", "supplement", _rests_on_an_old_recommendation),
    ("a report on earlier evidence counts", "I3", "outdated", _takes_any_report),
    ("the signer trusts the grant", "I14", "release", Parts(check_grant=lambda *_: None)),
    ("the signer forgets what it intended", "I1", "release", Parts(signer=DrawsAgain)),
    ("the signer forgets what it signed", "I1", "release", Parts(signer=SignsAgain)),
    ("a round closes early", "I15", "recording", _closes_at_two),
    ("a timer is lost", "I15", "intake", Parts(casework=Deaf)),
    ("an outbox is lost", "I16", "intake", Parts(casework=Leaking)),
    ("the record takes what it holds otherwise", "I5", "loss", Parts(append=_renumbering)),
]


@pytest.mark.parametrize(("invariant", "name", "plant"), [one[1:] for one in PLANTED], ids=[one[0] for one in PLANTED])
def test_a_fault_that_is_put_in_is_found(
    monkeypatch: pytest.MonkeyPatch, invariant: str, name: str, plant: Plant | Parts
) -> None:
    parts = plant if isinstance(plant, Parts) else plant(monkeypatch)

    found, _ = explored(name, parts, states_max=20_000)

    assert found.violation is not None
    assert found.violation.invariant == invariant, found.violation
    assert found.path


def test_a_fault_is_put_in_for_every_invariant() -> None:
    assert {invariant for _, invariant, *_ in PLANTED} == {"I1", "I2", "I3", "I5", "I6", "I14", "I15", "I16"}


def test_the_moves_that_lead_to_a_fault_lead_there_again(monkeypatch: pytest.MonkeyPatch) -> None:
    _recused_counts(monkeypatch)
    found, _ = explored("commission", states_max=20_000)
    system, start, invariants = SCENARIOS["commission"].begin()

    def walk() -> None:
        at = start
        for move in found.path:
            at = next(after for words, after in system.steps(at) if words == move)
            invariants.check(at)

    with pytest.raises(Violation, match=str(found.violation)):
        walk()


# The command


def test_the_command_tells_the_figures(capsys: pytest.CaptureFixture[str]) -> None:
    assert program.main(["panel", "gate", "--states", "300"]) == 0

    said = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in said[:2]] == ["panel", "gate"]
    assert said[-1].endswith("every invariant holds in each")
    assert int(said[-1].split()[0]) >= 600


def test_the_command_exits_1_with_the_moves_that_lead_to_a_fault(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _votes_twice(monkeypatch)

    assert program.main(["gate"]) == 1

    said = capsys.readouterr().out.splitlines()
    assert said[1] == "  1. the secretariat opens a round (1): taken"
    assert said[-1] == "I5: a second ballot"
