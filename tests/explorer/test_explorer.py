"""The explorer finds nothing in the product, and finds what is put into it: one fault for each invariant."""

import pytest

from tests.explorer import __main__ as program
from tests.explorer.faults import PLANTED, Plant, recused_counts, votes_twice
from tests.explorer.parts import Parts
from tests.explorer.scenarios import SCENARIOS
from tests.explorer.search import Found, explore
from tests.explorer.state import State
from tests.explorer.system import System
from tests.explorer.violation import Violation
from tests.explorer.walks import EDITION

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
    recused_counts(monkeypatch)
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
    votes_twice(monkeypatch)

    assert program.main(["gate"]) == 1

    said = capsys.readouterr().out.splitlines()
    assert said[1] == "  1. the secretariat opens a round (1): taken"
    assert said[-1] == "I5: a second ballot"
