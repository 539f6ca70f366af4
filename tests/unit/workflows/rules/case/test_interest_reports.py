"""An interest that somebody did not declare: two people, and then it counts as declared (procedure, rule 2)."""

import pytest

from schemas.clocks import Party, Waiting
from schemas.people import PersonFacts, Role
from schemas.review import Interests
from schemas.scheme import Tier
from schemas.stages import Choice, Stage
from tests.builders import APPLICANT, EXPERTS, MEMBERS, SECRETARY, Walk, person, text
from tests.unit.workflows.rules.refusals import refused
from workflows.rules.case.fold import fold
from workflows.rules.case.interest_reports import REPORTS_EACH_MAX, REPORTS_MAX, may_settle_one
from workflows.rules.case.interests import DECLARATIONS_MAX
from workflows.rules.case.procedure import decide
from workflows.rules.case.waiting import waiting

GRANT = Choice.GRANT
EDDA, MEMBER = EXPERTS[0], MEMBERS[1]
ELSEWHERE = EXPERTS[2]
OTHER_SECRETARY = person("sven", Role.SECRETARIAT)
SAID = "She is married to the director."


def voting() -> Walk:
    return Walk(Tier.MEDIUM, edition=3).to_round().voted(GRANT, GRANT)


def reported(walk: Walk, whose: PersonFacts = MEMBER, *, by: PersonFacts = SECRETARY) -> Walk:
    people = {whose.person: whose}
    return walk.act("report_undeclared_interest", by, person=whose.person, statement=text(SAID), people=people)


def confirmed(walk: Walk, whose: PersonFacts = MEMBER, *, by: PersonFacts = OTHER_SECRETARY) -> Walk:
    return walk.act("confirm_undeclared_interest", by, person=whose.person)


def test_a_report_alone_takes_nothing_from_anybody() -> None:
    walk = reported(voting())
    assert [event.kind for event in walk.events][-1] == "undeclared_interest_reported"
    assert MEMBER.person in walk.case.rounds[0].ballots
    assert walk.case.has_declared_none(MEMBER.person)


@pytest.mark.parametrize("by", [OTHER_SECRETARY, MEMBERS[0]], ids=lambda who: who.person)
def test_once_a_second_person_confirms_it_the_members_ballot_leaves_the_round(by: PersonFacts) -> None:
    walk = confirmed(reported(voting()), by=by)
    kinds = [event.kind for event in walk.events][-3:]
    assert kinds == ["undeclared_interest_confirmed", "interests_declared", "member_recused"]
    assert set(walk.case.rounds[0].ballots) == {"member-a"}
    assert walk.case.interests[MEMBER.person].statement == text(SAID)
    assert walk.case.interest_reports[0].settled_by == by.person
    assert fold(walk.events) == walk.case


def test_a_confirmed_interest_of_a_reviewer_voids_the_round_on_their_work() -> None:
    walk = confirmed(reported(voting(), EDDA), EDDA)
    assert walk.case.rounds[0].set_aside == "reviewer_has_interest"
    with refused("reviewer_has_interest"):
        walk.act("open_round", SECRETARY)


def test_a_confirmed_interest_reopens_a_decision_before_its_label_is_signed() -> None:
    walk = Walk(Tier.CRITICAL, members=9, edition=3).to_grant()
    confirmed(reported(walk))
    assert [event.kind for event in walk.events][-2:] == ["interests_declared", "decision_reopened"]
    assert (walk.case.decision, walk.case.stage) == (None, Stage.DECISION)


def test_a_secretary_with_a_confirmed_interest_keeps_the_case_no_more() -> None:
    walk = confirmed(reported(Walk(edition=3).to_decision(), OTHER_SECRETARY), OTHER_SECRETARY, by=MEMBERS[0])
    with refused("has_interest"):
        walk.act("open_round", OTHER_SECRETARY)


def test_a_rejected_report_changes_nothing_but_the_record_and_may_be_made_again() -> None:
    walk = reported(voting())
    before = walk.case
    walk.act("reject_undeclared_interest", OTHER_SECRETARY, person=MEMBER.person, reasons=text("Another person."))
    settled = walk.case.interest_reports[0]
    assert (settled.settled_by, settled.reasons) == (OTHER_SECRETARY.person, text("Another person."))
    assert walk.case.model_copy(update={"interest_reports": before.interest_reports, "entry": before.entry}) == before
    assert len(reported(walk).case.interest_reports) == 2


@pytest.mark.parametrize("kind", ["confirm_undeclared_interest", "reject_undeclared_interest"])
@pytest.mark.parametrize(
    ("by", "code"),
    [
        (SECRETARY, "another_settles"),
        (MEMBER, "another_settles"),
        (EDDA, "role_missing"),
        (APPLICANT, "role_missing"),
        (PersonFacts(person="tied", roles=(Role.SECRETARIAT,), tied_to=("org-1",)), "secretariat_tied"),
        (PersonFacts(person="new", roles=(Role.COMMISSIONER,)), "interests_not_declared"),
    ],
    ids=lambda part: part if isinstance(part, str) else part.person,
)
def test_nobody_settles_a_report_who_made_it_is_meant_or_is_not_free(kind: str, by: PersonFacts, code: str) -> None:
    walk = reported(voting())
    by = by.model_copy(update={"tied_to": (walk.lodged.organisation,)}) if by.tied_to else by
    content = {"reasons": text()} if kind.startswith("reject") else {}
    with refused(code):
        walk.act(kind, by, person=MEMBER.person, **content)


def test_who_made_the_only_report_is_told_so_before_acting() -> None:
    walk = reported(voting())
    only = walk.case.interest_reports[0]
    assert not may_settle_one(walk.case, only, SECRETARY, walk.rules)
    assert may_settle_one(walk.case, only, OTHER_SECRETARY, walk.rules)


@pytest.mark.parametrize(
    ("whose", "by", "code"),
    [
        (SECRETARY, SECRETARY, "own_interest"),
        (APPLICANT, SECRETARY, "had_no_part"),
        (ELSEWHERE, SECRETARY, "had_no_part"),
        (MEMBER, APPLICANT, "no_part_in_case"),
        (MEMBER, ELSEWHERE, "no_part_in_case"),
    ],
    ids=lambda part: part if isinstance(part, str) else part.person,
)
def test_only_interests_of_others_with_a_part_are_reported_and_only_from_within(
    whose: PersonFacts, by: PersonFacts, code: str
) -> None:
    with refused(code):
        reported(voting(), whose, by=by)


def test_what_is_known_reported_or_settled_is_not_taken_again() -> None:
    walk = reported(voting())
    with refused("already_reported"):
        reported(walk, by=OTHER_SECRETARY)
    confirmed(walk)
    with refused("interest_known"):
        reported(walk)
    with refused("nothing_reported"):
        confirmed(walk)
    reported(walk, EDDA)
    with refused("unknown_report"):
        confirmed(walk)


def test_a_person_nobody_knows_is_not_reported() -> None:
    with refused("unknown_person"):
        voting().act("report_undeclared_interest", SECRETARY, person="nobody", statement=text(), people={})


def test_one_person_takes_only_so_much_of_the_room_for_reports_unless_they_were_right() -> None:
    walk = voting()
    for _ in range(REPORTS_EACH_MAX):
        reported(walk).act("reject_undeclared_interest", OTHER_SECRETARY, person=MEMBER.person, reasons=text())
    with refused("too_many_reports"):
        reported(walk)
    assert confirmed(reported(walk, by=OTHER_SECRETARY), by=SECRETARY).case.has_interest(MEMBER.person)


def test_a_case_takes_so_many_reports_and_no_more() -> None:
    walk = voting()
    for place in range(REPORTS_MAX):
        by = person(f"sonja-{place}", Role.SECRETARIAT)
        reported(walk, by=by).act("reject_undeclared_interest", SECRETARY, person=MEMBER.person, reasons=text())
    with refused("too_many_reports"):
        reported(walk)


def test_who_has_an_interest_reports_none_of_others() -> None:
    walk = confirmed(reported(voting(), EDDA), EDDA)
    with refused("has_interest"):
        reported(walk, by=EDDA)
    tied = SECRETARY.model_copy(update={"tied_to": (walk.lodged.organisation,)})
    with refused("secretariat_tied"):
        reported(walk, by=tied)


@pytest.mark.parametrize("by", [MEMBERS[0], EXPERTS[1]], ids=lambda who: who.person)
def test_nobody_but_the_secretariat_learns_from_the_answer_who_reviews(by: PersonFacts) -> None:
    walk = Walk(Tier.MEDIUM, edition=3).to_round()
    assert by.person not in walk.case.assignments or by != EDDA
    for whose in (EDDA, ELSEWHERE):
        with refused("had_no_part"):
            reported(walk, whose, by=by)
    reported(walk, EDDA)
    with refused("nothing_reported"):
        confirmed(walk, EDDA, by=MEMBERS[0])
    assert confirmed(walk, EDDA).case.has_interest(EDDA.person)


def test_a_case_with_room_for_no_declaration_takes_no_confirmation_either() -> None:
    walk = reported(voting(), OTHER_SECRETARY)
    one = Interests(person="x", has_interest=False, declared_at=walk.now)
    many = {f"x-{place}": one for place in range(DECLARATIONS_MAX - len(walk.case.interests))}
    full = walk.case.model_copy(update={"interests": {**walk.case.interests, **many}})
    act = walk.build("confirm_undeclared_interest", MEMBERS[0], person=OTHER_SECRETARY.person)
    with refused("too_many_declarations"):
        decide(full, act, walk.now, walk.rules)


def test_while_a_report_is_open_a_second_person_is_waited_for() -> None:
    walk = voting()
    before = waiting(walk.case, walk.rules)
    assert set(waiting(reported(walk).case, walk.rules)) - set(before) == {Waiting(waits_for=Party.SECRETARIAT)}
    assert waiting(confirmed(walk).case, walk.rules) == before


def test_nothing_is_reported_once_the_case_is_over() -> None:
    walk = Walk(edition=3).to_intake().act("withdraw_application", APPLICANT)
    with refused("wrong_stage"):
        reported(walk)
