"""Appeals: by the party, in time, decided by people who had no part in the act (ISO/IEC 17065, 7.13)."""

from datetime import timedelta
from typing import Any

import pytest

from schemas.appeal import Against, AppealOutcome
from schemas.errand import ErrandDone
from schemas.errors import ProcedureError
from schemas.identifiers import ENGINE, appeal_id
from schemas.people import Role
from schemas.scheme import Tier
from schemas.voting import Voice
from tests.appeals import LABEL, NUMBER, POOL, STREAM, AppealWalk, walk_of
from tests.builders import APPLICANT, MEMBERS, ORGANISATION, SECRETARY, START, person, text
from tests.unit.workflows.rules.refusals import refused
from workflows.rules.matter.appeal_kernel import errand_of
from workflows.rules.matter.appeal_panels import sitting

OTHER = person("zora", Role.APPLICANT, organisation="org-other")


def test_the_party_appeals_and_has_a_decision_within_forty_five_days() -> None:
    walk = walk_of().lodged()
    assert (walk.state.organisation, walk.state.against) == (ORGANISATION, Against.REFUSED)
    assert (walk.state.due_at - walk.now).days == 45


@pytest.mark.parametrize("who", [OTHER, SECRETARY, MEMBERS[0], POOL[0], person("nell", Role.APPLICANT)])
def test_nobody_but_the_party_appeals(who: Any) -> None:
    with refused("not_the_party"):
        walk_of().lodged(who)


def test_an_appeal_is_taken_through_the_thirtieth_day_and_not_after() -> None:
    walk = walk_of()
    walk.now = (START + timedelta(days=30)).replace(hour=23, minute=59)
    assert walk.lodged().state.opened_at == walk.now
    late = walk_of()
    late.now = (START + timedelta(days=31)).replace(hour=0, minute=0)
    with refused("filing_time_over"):
        late.lodged()


def test_only_an_act_in_the_record_that_can_be_appealed_against_is_appealed_against() -> None:
    with refused("not_appealable"):
        walk_of(against=None).lodged()
    with refused("unknown_entry"):
        walk_of().lodged(challenged=None)


def test_there_is_one_appeal_against_an_act_and_its_id_is_nobodys_choice() -> None:
    walk = walk_of().lodged()
    assert walk.state.id == appeal_id(STREAM, NUMBER)
    with refused("already_appealed"):
        walk.lodged()
    with refused("another_matter"):
        walk_of().lodged(number=NUMBER + 1)


def test_the_bodys_side_is_stated_by_the_secretariat_until_the_panel_votes() -> None:
    walk = walk_of().lodged()
    with refused("role_missing"):
        walk.act("file_body_statement", MEMBERS[0], statement=text())
    with refused("own_organisation"):
        own = person("otto", Role.SECRETARIAT, organisation=ORGANISATION)
        walk.act("file_body_statement", own, statement=text())
    walk.heard().act("file_body_statement", SECRETARY, statement=text("Look again."))
    assert walk.state.statement == text("Look again.")
    walk.drawn().declared().act("put_appeal_to_vote", SECRETARY)
    with refused("motion_is_open"):
        walk.heard()


def test_the_panel_votes_once_both_sides_were_heard_and_everyone_declared() -> None:
    walk = walk_of().lodged(hearing_wanted=True)
    with refused("panel_incomplete"):
        walk.act("put_appeal_to_vote", SECRETARY)
    walk.drawn()
    with refused("body_statement_missing"):
        walk.act("put_appeal_to_vote", SECRETARY)
    walk.heard()
    with refused("hearing_missing"):
        walk.act("put_appeal_to_vote", SECRETARY)
    with refused("not_on_the_panel"):
        walk.act("record_appeal_hearing", SECRETARY, protocol=text("Heard."))
    with refused("interests_not_declared"):
        walk.act("record_appeal_hearing", walk.panel()[0], protocol=text("Heard."))
    walk.act("declare_matter_interests", walk.panel()[0], has_interest=False)
    walk.act("record_appeal_hearing", walk.panel()[0], protocol=text("Heard."))
    with refused("interests_not_declared"):
        walk.act("put_appeal_to_vote", SECRETARY)
    with refused("role_missing"):
        walk.declared().act("put_appeal_to_vote", MEMBERS[0])
    walk.act("put_appeal_to_vote", walk.panel()[1])
    assert {one.person for one in walk.panel()} == set(walk.state.open_motion.electorate)


def test_a_hearing_is_held_only_where_it_was_asked_for_and_the_party_may_do_without() -> None:
    with refused("no_hearing_due"):
        walk = walk_of().lodged().drawn().declared()
        walk.act("record_appeal_hearing", walk.panel()[0], protocol=text())
    walk = walk_of().lodged(hearing_wanted=True)
    with refused("not_the_party"):
        walk.act("waive_appeal_hearing", OTHER)
    walk.act("waive_appeal_hearing", APPLICANT).heard().drawn().declared()
    assert walk.act("put_appeal_to_vote", SECRETARY).state.open_motion is not None


@pytest.mark.parametrize(
    ("choice", "outcome"),
    [
        (Voice.IN_FAVOUR, AppealOutcome.UPHELD),
        (Voice.AGAINST, AppealOutcome.DISMISSED),
        (Voice.ABSTAIN, AppealOutcome.DISMISSED),
    ],
)
def test_what_the_panel_votes_is_decided_with_its_reasons(choice: Voice, outcome: AppealOutcome) -> None:
    walk = walk_of().to_vote().carried(choice)
    assert (walk.state.voted, walk.state.decision, walk.state.is_over) == (outcome, None, False)

    walk.act("give_appeal_reasons", walk.panel()[0], reasons=text("So."), public_reason=text("So."))
    assert walk.state.decision.outcome == outcome
    assert (walk.state.outcome, walk.state.is_over) == (outcome, True)


def test_only_a_member_of_the_panel_that_voted_gives_reasons_and_they_are_short_in_public() -> None:
    content = {"reasons": text("So."), "public_reason": text("So.")}
    walk = walk_of().to_vote()
    with refused("not_voted"):
        walk.act("give_appeal_reasons", walk.panel()[0], **content)
    walk.carried()
    outsider = next(one for one in walk.pool if one not in walk.panel())
    with refused("not_in_electorate"):
        walk.act("give_appeal_reasons", outsider, **content)
    with refused("public_reason_too_long"):
        long = text().model_copy(update={"length": 501})
        walk.act("give_appeal_reasons", walk.panel()[0], **{**content, "public_reason": long})


def test_after_the_vote_nothing_but_the_reasons_is_taken() -> None:
    walk = walk_of().to_vote(hearing_wanted=False).carried()
    for kind, who, content in (
        ("file_body_statement", SECRETARY, {"statement": text()}),
        ("put_appeal_to_vote", SECRETARY, {}),
        ("withdraw_appeal", APPLICANT, {}),
    ):
        with refused("already_decided"):
            walk.act(kind, who, **content)
    with refused("panel_complete"):
        walk.drawn()


def test_the_party_takes_its_appeal_back_before_a_vote_opens() -> None:
    with refused("not_the_party"):
        walk_of().lodged().act("withdraw_appeal", SECRETARY)
    with refused("motion_is_open"):
        walk_of().to_vote().act("withdraw_appeal", APPLICANT)
    walk = walk_of().lodged().act("withdraw_appeal", APPLICANT)
    assert (walk.state.outcome, walk.state.is_over) == (AppealOutcome.WITHDRAWN, True)
    with refused("matter_ended"):
        walk.heard()


def test_whoever_does_not_vote_in_time_sits_no_more_and_nothing_is_decided_meanwhile() -> None:
    walk = walk_of().to_vote()
    silent, *others = walk.panel()
    for member in others:
        walk.vote(member)
    walk.pass_time(days=30)

    assert walk.state.voted is None
    assert walk.kinds()[-3:] == ["motion_closed", "panel_member_left", "panel_member_replaced"]
    assert silent not in walk.panel()
    walk.declared().act("put_appeal_to_vote", SECRETARY).decided()
    assert walk.state.outcome == AppealOutcome.UPHELD


def test_whoever_is_drawn_and_does_not_declare_in_time_sits_no_more() -> None:
    walk = walk_of().lodged().heard().drawn()
    silent, *others = walk.panel()
    for member in others:
        walk.act("declare_matter_interests", member, has_interest=False)
    walk.pass_time(days=4)
    assert silent in walk.panel()
    walk.pass_time(days=1)

    assert walk.kinds()[-2:] == ["panel_member_left", "panel_member_replaced"]
    assert silent not in walk.panel()
    assert walk.state.declare_by == walk.now + timedelta(days=5)
    walk.declared().act("put_appeal_to_vote", SECRETARY).decided()
    assert walk.state.outcome == AppealOutcome.UPHELD


def test_an_interest_found_before_the_reasons_sets_the_vote_aside() -> None:
    walk = walk_of().to_vote().carried()
    tied = walk.panel()[0]
    walk.act("declare_matter_interests", tied, has_interest=True, statement=text("My brother works there."))

    assert walk.kinds()[-3:] == ["appeal_vote_set_aside", "panel_member_left", "panel_member_replaced"]
    assert walk.state.voted is None
    with refused("not_voted"):
        walk.act("give_appeal_reasons", tied, reasons=text("So."), public_reason=text("So."))
    walk.declared().act("put_appeal_to_vote", SECRETARY).decided()
    assert tied.person not in walk.state.motions[-1].electorate


def test_whoever_became_tied_after_the_vote_writes_no_reasons() -> None:
    walk = walk_of().to_vote().carried()
    tied = walk.panel()[0].model_copy(update={"tied_to": (ORGANISATION,)})
    with refused("tied_to_party"):
        walk.act("give_appeal_reasons", tied, reasons=text("So."), public_reason=text("So."))


def test_the_body_does_not_delay_an_appeal_by_saying_nothing() -> None:
    walk = walk_of().lodged().drawn().declared()
    walk.pass_time(days=9)
    with refused("body_statement_missing"):
        walk.act("put_appeal_to_vote", SECRETARY)
    walk.pass_time(days=1)
    assert walk.kinds()[-1] == "body_statement_lapsed"
    walk.act("put_appeal_to_vote", SECRETARY).decided()
    assert walk.state.outcome == AppealOutcome.UPHELD


def test_whoever_is_left_when_a_vote_loses_its_base_was_not_late() -> None:
    walk = walk_of().to_vote()
    while walk.state.open_motion is not None:
        leaving = next(one for one in walk.pool if one.person in walk.state.open_motion.base)
        walk.act("declare_matter_interests", leaving, has_interest=True, statement=text("Tied."))

    assert walk.kinds()[-1] == "motion_closed"
    assert len(sitting(walk.state)) == 2
    walk.pool = (*walk.pool, *POOL[7:9])
    walk.drawn().declared().act("put_appeal_to_vote", SECRETARY).decided()


def test_a_substitute_who_steps_in_late_is_not_late() -> None:
    walk = walk_of().to_vote()
    first, *others = walk.panel()
    for member in others:
        walk.vote(member)
    walk.pass_time(days=13)
    walk.act("declare_matter_interests", first, has_interest=True, statement=text("Tied."))
    (substitute,) = {*walk.state.open_motion.electorate} - {one.person for one in (first, *others)}
    walk.pass_time(days=30)
    assert substitute in sitting(walk.state)


def test_a_panel_drawn_before_there_was_a_term_has_until_the_decision_is_due() -> None:
    walk = walk_of().lodged().heard().drawn()
    walk.state = walk.state.model_copy(update={"declare_by": None})
    silent = walk.panel()
    walk.pass_time(days=46)
    assert not {one.person for one in silent} & {*sitting(walk.state)}


def test_whoever_voted_is_not_asked_to_declare_again() -> None:
    walk = walk_of().to_vote()
    _, *others = walk.panel()
    for member in others:
        walk.vote(member)
    walk.pass_time(days=30).declared().pass_time(days=30)
    assert {one.person for one in others} < {one.person for one in walk.panel()}


def test_silence_of_a_whole_pool_is_seen_by_whoever_draws_again() -> None:
    walk = walk_of(Tier.CRITICAL).lodged().heard().drawn()
    walk.pass_time(days=5).pass_time(days=5)
    assert walk.panel() == ()
    walk.pool = POOL
    with refused("no_panel_possible"):
        walk.drawn()


def test_an_appeal_against_an_act_about_a_label_is_told_to_its_record_and_changes_nothing_there() -> None:
    walk = walk_of(label=LABEL, against=Against.WITHDRAWAL, tier=Tier.LOW).lodged()
    told = []
    for step in (lambda: None, lambda: walk.heard().drawn().declared().act("put_appeal_to_vote", SECRETARY).decided()):
        step()
        errand = errand_of(walk.state)
        assert errand is not None
        assert (errand.to, errand.subject, errand.act) == ("label", LABEL, "note_appeal")
        told.append(errand.content)
        assert not walk.state.is_over
        walk.take((ErrandDone(at=walk.now, actor=ENGINE, key=errand.key),))

    assert told == [{"appeal": walk.state.id, "state": "lodged"}, {"appeal": walk.state.id, "state": "upheld"}]
    assert (errand_of(walk.state), walk.state.is_over) == (None, True)


def test_an_appeal_taken_back_is_told_too_and_one_about_a_case_tells_no_label() -> None:
    walk = walk_of(label=LABEL, against=Against.SUSPENSION).lodged().act("withdraw_appeal", APPLICANT)
    for state in ("lodged", "withdrawn"):
        errand = errand_of(walk.state)
        assert errand is not None
        assert errand.content["state"] == state
        walk.take((ErrandDone(at=walk.now, actor=ENGINE, key=errand.key, refused="unknown_matter"),))
    assert walk.state.is_over
    assert errand_of(walk_of().lodged().state) is None


def test_everyone_is_reminded_before_and_after_the_decision_is_due() -> None:
    given = [event for event in walk_of().lodged().pass_time(days=60).events if event.kind == "reminder_given"]
    assert [event.days for event in given] == [7, 3, -1]
    assert {event.waits_for for event in given} == {"secretariat"}
    drawn = walk_of().lodged().drawn().pass_time(days=44)
    assert drawn.events[-1].waits_for == "appeal_panel"


def test_no_vote_is_seen_to_slip_in_before_its_time_or_after() -> None:
    walk = walk_of().to_vote()
    walk.now = walk.state.open_motion.closes_at
    with refused("too_late"):
        walk.vote(walk.panel()[0])


def test_every_refusal_leaves_the_appeal_as_it_was() -> None:
    walk = walk_of().lodged()
    before = walk.state
    for kind, content in (("draw_panel", {"around": None}), ("put_appeal_to_vote", {})):
        with pytest.raises(ProcedureError):
            walk.act(kind, SECRETARY, **content)
    assert walk.state == before


def test_a_walk_knows_who_sits() -> None:
    assert AppealWalk().lodged().panel() == ()


def test_no_panel_is_drawn_for_an_appeal_that_was_taken_back() -> None:
    walk = walk_of(label=LABEL, against=Against.SUSPENSION).lodged().act("withdraw_appeal", APPLICANT)
    with refused("already_decided"):
        walk.drawn()
    assert walk.state.panel == ()
