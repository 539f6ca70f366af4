"""The standing of a label: the ways it can go, and the ends that are never left (I6)."""

from typing import Any

import pytest

from schemas.label import FINAL_STANDINGS, Standing
from schemas.people import ParticipantFacts, Role
from schemas.voting import Voice
from tests.builders import APPLICANT, EXPERTS, MEMBERS, ORGANISATION, SECRETARY, Walk, issued_label, person, text
from tests.label_walk import ENGINE_ITSELF, NEW_LABEL, LabelWalk
from tests.unit.workflows.rules.refusals import refused
from workflows.rules.label import people
from workflows.rules.label.beginnings import begin_life_content
from workflows.rules.label.standing import NEXT


def ended(standing: Standing) -> LabelWalk:
    """A label that came to an end, each in its own way."""
    walk = LabelWalk()
    match standing:
        case Standing.EXPIRED:
            return walk.to_surveillance().handed_in().judged().maintained().until(walk.state.expires_at)
        case Standing.LAPSED:
            return walk.to_surveillance().pass_time(days=90)
        case Standing.SUPERSEDED:
            return walk.act("supersede", ENGINE_ITSELF, successor=NEW_LABEL)
        case Standing.ENDED_BY_HOLDER:
            return walk.act("end_label", APPLICANT)
        case _:
            notice = {"because": "life_or_health_at_risk", "reasons": text(), "ground": text("A burn.")}
            walk.act("give_notice_of_withdrawal", SECRETARY, **notice)
            return walk.act("put_withdrawal_to_vote", SECRETARY).carried()


@pytest.mark.parametrize("standing", sorted(FINAL_STANDINGS))
def test_a_label_comes_to_each_end_and_stays_there(standing: Standing) -> None:
    walk = ended(standing)
    assert walk.state.standing == standing
    assert walk.state.is_over

    steps = walk.state.steps
    walk.pass_time(days=900)
    for kind, who in (("end_label", APPLICANT), ("end_by_leaving", ENGINE_ITSELF), ("confirm_suspension", MEMBERS[0])):
        with refused("matter_ended"):
            walk.act(kind, who)
    walk.act("note_appeal", ENGINE_ITSELF, appeal="appeal-1", state="upheld")
    assert walk.state.steps == steps
    assert walk.state.appeals == {"appeal-1": "upheld"}


def test_what_the_table_of_steps_calls_final_is_what_the_words_call_final() -> None:
    assert {one for steps in NEXT.values() for one in steps} - set(NEXT) == FINAL_STANDINGS
    assert all(one.is_final is (one in FINAL_STANDINGS) for one in Standing)


def test_each_step_has_the_next_version_and_none_is_removed() -> None:
    walk = LabelWalk().suspended().pass_time(days=20).suspended("harm_reported").pass_time(days=20)
    walk.act("end_label", APPLICANT)

    assert walk.standings == ["in_force", "suspended", "in_force", "suspended", "in_force", "ended_by_holder"]
    assert [step.version for step in walk.state.steps] == [1, 2, 3, 4, 5, 6]
    assert walk.state.version == 6


def test_a_label_is_in_force_from_the_day_of_its_decision() -> None:
    walk = LabelWalk()
    assert walk.state.steps[0].at == walk.state.issued_at
    assert walk.state.steps[0].because == "granted"


def test_a_life_begins_once() -> None:
    walk = LabelWalk()
    with refused("life_begun"):
        walk.act("begin_life", ENGINE_ITSELF, **{
            name: getattr(walk.events[0], name)
            for name in type(walk.events[0]).model_fields
            if name not in {"kind", "version", "at", "actor", "label"}
        })  # fmt: skip


def test_a_label_expires_exactly_at_its_end() -> None:
    walk = LabelWalk().to_surveillance().handed_in().judged().maintained()
    walk.until(walk.state.expires_at)

    assert walk.events[-1].kind == "label_expired"
    assert walk.events[-1].at == walk.state.expires_at


def test_only_the_holder_ends_a_label_and_says_why_if_they_like() -> None:
    walk = LabelWalk()
    for other in (SECRETARY, MEMBERS[0], person("zora", Role.APPLICANT, organisation="org-other")):
        with refused("not_the_holder"):
            walk.act("end_label", other)
    walk.act("end_label", APPLICANT, reasons=text("We stopped."))

    assert walk.state.steps[-1].because == "holder_decided"
    assert walk.state.steps[-1].reasons == text("We stopped.")


def test_leaving_the_code_ends_a_label() -> None:
    walk = LabelWalk().act("end_by_leaving", ENGINE_ITSELF)
    assert (walk.state.standing, walk.state.steps[-1].because) == (Standing.ENDED_BY_HOLDER, "left_code")


def test_an_end_sets_an_open_vote_aside() -> None:
    walk = LabelWalk().heard().act("put_scope_to_vote", SECRETARY, scope=text("Less."), reasons=text())
    walk.act("end_label", APPLICANT)

    assert walk.kinds()[-2:] == ["label_ended", "vote_set_aside"]
    assert walk.state.open_motion is None
    assert not walk.state.motions[-1].carried


def test_a_vote_that_is_open_at_the_end_of_the_term_is_set_aside_and_not_counted() -> None:
    walk = LabelWalk().to_surveillance().handed_in().judged().maintained()
    walk.pass_time(days=360).heard().act("put_scope_to_vote", SECRETARY, scope=text("Less."), reasons=text())
    walk.all_declare().vote(walk.voters()[0], Voice.IN_FAVOUR)
    walk.until(walk.state.expires_at)

    assert walk.kinds()[-2:] == ["vote_set_aside", "label_expired"]
    assert walk.state.motions[-1].tally is None


def test_a_renewed_label_leads_to_the_one_that_replaces_it() -> None:
    walk = LabelWalk().act("supersede", ENGINE_ITSELF, successor=NEW_LABEL)
    assert walk.state.successor == walk.state.steps[-1].successor == NEW_LABEL
    with refused("already_superseded"):
        walk.act("supersede", ENGINE_ITSELF, successor=NEW_LABEL)


def test_a_label_that_expired_before_its_renewal_stays_expired_and_leads_on() -> None:
    walk = ended(Standing.EXPIRED).act("supersede", ENGINE_ITSELF, successor=NEW_LABEL)
    assert (walk.state.standing, walk.state.successor) == (Standing.EXPIRED, NEW_LABEL)


def test_appeals_are_noted_in_order_and_restore_nothing() -> None:
    walk = LabelWalk().suspended().act("note_appeal", ENGINE_ITSELF, appeal="appeal-1", state="opened")
    with refused("already_noted"):
        walk.act("note_appeal", ENGINE_ITSELF, appeal="appeal-1", state="opened")
    walk.act("note_appeal", ENGINE_ITSELF, appeal="appeal-1", state="rejected")
    assert walk.state.appeals == {"appeal-1": "rejected"}
    assert walk.state.standing == Standing.SUSPENDED


def test_a_label_whose_holder_left_while_it_was_being_signed_ends_at_once() -> None:
    walk = LabelWalk(participant=ParticipantFacts(organisation=ORGANISATION))
    assert [event.kind for event in walk.events] == ["label_life_begun", "label_ended"]
    assert (walk.standings, walk.state.steps[-1].because) == (["in_force", "ended_by_holder"], "left_code")


def test_a_label_is_replaced_by_one_renewal_only() -> None:
    walk = LabelWalk().act("supersede", ENGINE_ITSELF, successor=NEW_LABEL)
    with refused("already_superseded"):
        walk.act("supersede", ENGINE_ITSELF, successor="YY23456789ABCDEF")
    assert walk.state.successor == NEW_LABEL


@pytest.mark.parametrize(
    "facts", [{"organisation": "org-rival"}, {"tied_to": ("org-rival",)}, {"tied_to": ("org-sister",)}]
)
def test_whom_the_holder_keeps_away_or_its_group_ties_does_nothing_in_its_label(facts: dict[str, Any]) -> None:
    life = LabelWalk(group=("org-sister",), kept_away=("org-rival",)).state
    for answer in (
        people.may_judge(life, EXPERTS[2].model_copy(update=facts)),
        people.barred(life, MEMBERS[8].model_copy(update=facts)),
        people.keeps(life, SECRETARY.model_copy(update=facts)),
    ):
        assert answer.refusal is not None
        assert answer.refusal.code == "kept_away"


def test_a_case_hands_its_label_whom_the_holder_keeps_away_and_a_label_the_one_that_carries_it_on() -> None:
    case = Walk(group=("org-sister",), kept_away=("org-rival",)).to_grant().case
    labelled = case.model_copy(update={"label": issued_label(case)})
    content = begin_life_content(labelled)
    assert (content["group"], content["kept_away"]) == (["org-sister"], ["org-rival"])
    assert LabelWalk(**{key: content[key] for key in ("group", "kept_away")}).state.kept_away == ("org-rival",)
