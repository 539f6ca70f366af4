"""Stage 7: the rapporteur, their advice, and the hearing."""

from schemas.people import Role
from schemas.stages import Choice, Outcome, Stage, Verdict
from tests.builders import EXPERTS, MEMBERS, SECRETARY, Walk, text
from tests.unit.workflows.rules.refusals import refused


def test_the_rapporteur_is_a_commissioner_who_did_not_evaluate() -> None:
    walk = Walk().to_recommendation()
    with refused("unknown_person"):
        walk.act("appoint_rapporteur", SECRETARY, rapporteur="nobody")
    with refused("role_missing"):
        walk.act("appoint_rapporteur", SECRETARY, rapporteur="edda")
    both = EXPERTS[0].model_copy(update={"roles": (Role.EXPERT, Role.COMMISSIONER)})
    with refused("reviewed_and_decides"):
        walk.act("appoint_rapporteur", SECRETARY, rapporteur="edda", people={"edda": both})


def test_another_rapporteur_replaces_the_first_who_may_then_not_recommend() -> None:
    walk = Walk().to_recommendation().act("appoint_rapporteur", SECRETARY, rapporteur="member-a")
    with refused("already_appointed"):
        walk.act("appoint_rapporteur", SECRETARY, rapporteur="member-a")
    walk.act("appoint_rapporteur", SECRETARY, rapporteur="member-b")
    with refused("not_the_rapporteur"):
        walk.act("submit_recommendation", MEMBERS[0], recommends=Outcome.GRANTED, reasons=text())


def test_the_rapporteur_declares_interests_before_recommending() -> None:
    walk = Walk().to_recommendation().act("appoint_rapporteur", SECRETARY, rapporteur="member-a")
    with refused("interests_not_declared"):
        walk.act("submit_recommendation", MEMBERS[0], recommends=Outcome.GRANTED, reasons=text())
    walk.act("declare_interests", MEMBERS[0], has_interest=True, statement=text())
    with refused("has_interest"):
        walk.act("submit_recommendation", MEMBERS[0], recommends=Outcome.REFUSED, reasons=text())


def test_a_grant_is_not_recommended_against_a_failed_criterion() -> None:
    walk = Walk().to_recommendation(I_1_1_01=Verdict.PARTLY_MET)
    with refused("grant_against_failed_criterion"):
        walk.recommended()
    walk.recommended(recommends=Outcome.REFUSED)
    assert walk.case.stage == Stage.DECISION


def test_advice_to_refuse_needs_a_hearing_before_the_round() -> None:
    walk = Walk().to_recommendation().recommended(recommends=Outcome.REFUSED)
    with refused("hearing_missing"):
        walk.act("open_round", SECRETARY)
    walk.act("record_hearing", SECRETARY, protocol=text()).act("open_round", SECRETARY)


def test_the_hearing_comes_before_the_round_or_between_rounds() -> None:
    walk = Walk().to_round()
    with refused("round_is_open"):
        walk.act("record_hearing", SECRETARY, protocol=text())
    walk.voted(Choice.GRANT).pass_time(days=30)
    assert walk.case.open_round is None
    assert walk.act("record_hearing", SECRETARY, protocol=text("Again")).case.hearing == text("Again")
