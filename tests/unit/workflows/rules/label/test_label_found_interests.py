"""An interest found after the label was signed: a review at once, and two people to keep somebody out (I14)."""

import pytest

from schemas.case import Case
from schemas.people import PersonFacts, Role
from schemas.scheme import Tier
from tests.builders import APPLICANT, EXPERTS, MEMBERS, ORGANISATION, SECRETARY, Walk, person, text
from tests.label_walk import ENGINE_ITSELF, JUDGES, LABEL_ID, LabelWalk, granted
from tests.unit.workflows.rules.refusals import refused
from workflows.rules.label.beginnings import begin_life_content
from workflows.rules.label.found_interests import may_report_interest
from workflows.rules.label.people import barred, keeps

STRANGER = person("zora", Role.APPLICANT, organisation="org-other")
OTHER_SECRETARY = person("sven", Role.SECRETARIAT)


def test_an_interest_of_a_reviewer_lets_others_judge_their_share_and_asks_nothing_of_the_holder() -> None:
    walk = LabelWalk(Tier.HIGH)
    reviewer = EXPERTS[0].person
    walk.act("report_interest", SECRETARY, person=reviewer, statement=text("Worked for them."))
    one = walk.state.surveillances[0]

    assert one.criteria == tuple(sorted(set(walk.state.shares[reviewer]) & set(walk.state.met)))
    assert (one.cause, one.needs_holder) == ("interest", False)
    assert reviewer not in (one.about or "")
    walk.pass_time(days=40)
    assert walk.standings == ["in_force"]
    walk.judged().maintained()
    assert walk.state.surveillances[0].outcome == "maintain"


def test_an_interest_of_a_member_is_reviewed_by_a_sample_and_keeps_them_out() -> None:
    walk = LabelWalk()
    member = next(one for one in MEMBERS if one.person in walk.state.electors)
    walk.act("report_interest", JUDGES[0].model_copy(update={"person": walk.state.electors[0]}),
             person=member.person, statement=text())  # fmt: skip
    walk.act("confirm_interest", SECRETARY, person=member.person)
    assert len(walk.state.surveillances[0].sample) == 5
    with refused("interest_reported"):
        walk.act("propose_suspension", member, because="mark_misused", reasons=text(), restoration=text())


def test_a_member_whose_interest_is_confirmed_during_a_vote_leaves_it() -> None:
    walk = LabelWalk(Tier.MEDIUM).to_surveillance().handed_in().judged()
    walk.heard().act("put_scope_to_vote", SECRETARY, scope=text("Less."), reasons=text()).all_declare()
    voter = next(one for one in walk.voters() if one.person in walk.state.electors)
    walk.vote(voter).act("report_interest", SECRETARY, person=voter.person, statement=text())
    assert voter.person in walk.state.motions[-1].ballots
    walk.act("confirm_interest", OTHER_SECRETARY, person=voter.person)
    assert voter.person not in walk.state.motions[-1].base
    assert voter.person not in walk.state.motions[-1].ballots


def test_a_judge_whose_interest_is_confirmed_judges_no_more() -> None:
    walk = LabelWalk().to_surveillance().handed_in().judged()
    walk.act("report_interest", SECRETARY, person=JUDGES[0].person, statement=text())
    assert walk.state.surveillances[0].judged_at is not None
    walk.act("confirm_interest", OTHER_SECRETARY, person=JUDGES[0].person)
    assert walk.state.surveillances[0].judged_at is None
    with refused("interest_reported"):
        walk.act(
            "assign_surveillance_reviewer", SECRETARY,
            surveillance=2, reviewer=JUDGES[0].person, areas=("ethics_or_law",),
        )  # fmt: skip


def test_one_person_reports_no_more_than_two_interests_unless_they_are_confirmed_and_leaves_room_for_others() -> None:
    walk = LabelWalk(Tier.CRITICAL)
    known = [*walk.state.electors, *walk.state.shares]
    for whose in known[:2]:
        walk.act("report_interest", SECRETARY, person=whose, statement=text())
    assert may_report_interest(walk.state, SECRETARY, walk.rules).refusal.code == "too_many_interests"
    walk.act("reject_interest", OTHER_SECRETARY, person=known[0], reasons=text())
    with refused("too_many_interests"):
        walk.act("report_interest", SECRETARY, person=known[2], statement=text())
    walk.act("report_interest", OTHER_SECRETARY, person=known[2], statement=text())

    walk.act("confirm_interest", OTHER_SECRETARY, person=known[1])
    walk.act("report_interest", SECRETARY, person=known[3], statement=text())


def test_reports_of_one_person_that_were_taken_before_they_were_counted_stay_taken() -> None:
    walk = LabelWalk(Tier.CRITICAL)
    for whose in walk.state.electors[:3]:
        walk.act("report_interest", SECRETARY, person=whose, statement=text(), around={})
    assert len(walk.state.reported_interests) == 3


def test_reviews_that_reports_of_interests_led_to_keep_no_upheld_complaint_waiting() -> None:
    walk = LabelWalk(Tier.CRITICAL)
    for place, whose in enumerate(walk.state.electors[:6]):
        walk.act("report_interest", person(f"s{place}", Role.SECRETARIAT), person=whose, statement=text())
    walk.act("open_review", ENGINE_ITSELF, complaint="complaint-1")
    assert [one.cause for one in walk.state.open_surveillances] == ["interest"] * 6 + ["complaint"]


def test_an_interest_is_reported_once_by_those_who_know_and_of_those_who_took_part() -> None:
    walk = LabelWalk()
    readers = (person("axel", Role.AUDITOR), person("ines", Role.IMPARTIALITY_MEMBER))
    for outsider in (STRANGER, APPLICANT, person("xenia", Role.EXPERT), *readers):
        with refused("no_part_in_matter"):
            walk.act("report_interest", outsider, person=EXPERTS[0].person, statement=text())
    with refused("had_no_part"):
        walk.act("report_interest", SECRETARY, person="nobody", statement=text())
    walk.act("report_interest", SECRETARY, person=EXPERTS[0].person, statement=text())
    with refused("already_reported"):
        walk.act("report_interest", SECRETARY, person=EXPERTS[0].person, statement=text())


def test_a_report_alone_keeps_nobody_out() -> None:
    walk = LabelWalk()
    member = next(one for one in MEMBERS if one.person in walk.state.electors)
    walk.act("report_interest", SECRETARY, person=member.person, statement=text())
    assert walk.state.interested == frozenset()
    assert walk.state.surveillances[0].cause == "interest"
    walk.act("confirm_interest", OTHER_SECRETARY, person=member.person)
    assert walk.state.interested == {member.person}


def test_a_rejected_report_keeps_nobody_out_and_may_be_made_again() -> None:
    walk = LabelWalk()
    whose = EXPERTS[0].person
    walk.act("report_interest", SECRETARY, person=whose, statement=text())
    walk.act("reject_interest", OTHER_SECRETARY, person=whose, reasons=text("Another person."))
    assert (walk.state.interested, walk.state.reported_interests[0].rejected) == (frozenset(), text("Another person."))
    walk.act("report_interest", SECRETARY, person=whose, statement=text())
    assert len(walk.state.reported_interests) == 2


@pytest.mark.parametrize("kind", ["confirm_interest", "reject_interest"])
@pytest.mark.parametrize(
    ("by", "code"),
    [
        (SECRETARY, "another_settles"),
        (None, "another_settles"),
        (EXPERTS[1], "role_missing"),
        (APPLICANT, "role_missing"),
        (person("sven", Role.SECRETARIAT, organisation=ORGANISATION), "own_organisation"),
    ],
    ids=lambda part: part if isinstance(part, str) else part.person if part else "meant",
)
def test_nobody_settles_who_reported_is_meant_or_belongs_to_the_holder(
    kind: str, by: PersonFacts | None, code: str
) -> None:
    walk = LabelWalk()
    member = next(one for one in MEMBERS if one.person in walk.state.electors)
    walk.act("report_interest", SECRETARY, person=member.person, statement=text())
    content = {"reasons": text()} if kind == "reject_interest" else {}
    with refused(code):
        walk.act(kind, by or member, person=member.person, **content)


def test_without_a_report_there_is_nothing_to_settle() -> None:
    walk = LabelWalk()
    with refused("nothing_reported"):
        walk.act("confirm_interest", SECRETARY, person=EXPERTS[0].person)
    walk.act("report_interest", SECRETARY, person=EXPERTS[0].person, statement=text())
    with refused("unknown_report"):
        walk.act("confirm_interest", OTHER_SECRETARY, person=EXPERTS[1].person)


@pytest.fixture(scope="module")
def critical() -> Case:
    """A critical case of an edition in which lookups name who recorded them."""
    return granted(Tier.CRITICAL, edition=6).case


def begun(case: Case) -> LabelWalk:
    return LabelWalk.from_content(LABEL_ID, begin_life_content(case))


def helpers(case: Case) -> dict[str, str]:
    """Who had a part in a critical case besides those who evaluated it and its electorates."""
    return {
        "third_party": case.third_party,
        "released": case.released_by,
        "looked_up": next(iter(case.lookups_by.values())),
        "confirmed": case.confirmation.reviewer,
        "recommended": case.recommendation.rapporteur,
    }


@pytest.mark.parametrize("part", ["third_party", "released", "looked_up", "confirmed", "recommended"])
def test_interest_of_whoever_else_took_part_in_the_case_opens_a_review(critical: Case, part: str) -> None:
    walk = begun(critical)
    found = helpers(critical)[part]
    walk.act("report_interest", OTHER_SECRETARY, person=found, statement=text("They were paid by the holder."))

    (one,) = walk.state.surveillances
    assert walk.kinds()[-2:] == ["interest_reported", "surveillance_opened"]
    assert (one.cause, one.needs_holder, found not in (one.about or "")) == ("interest", False, True)
    assert set(one.sample if found not in walk.state.shares else one.criteria) <= set(walk.state.met)


def test_rapporteur_who_belonged_to_no_electorate_is_of_those_who_took_part() -> None:
    case = granted().case
    rapporteur = case.recommendation.rapporteur
    walk = begun(case)
    assert rapporteur not in walk.state.electors
    walk.act("report_interest", SECRETARY, person=rapporteur, statement=text())
    assert walk.state.surveillances[0].cause == "interest"


def test_sample_stands_for_the_share_of_whoever_found_no_criterion_met(critical: Case) -> None:
    walk = begun(critical)
    walk.act("report_interest", SECRETARY, person=critical.third_party, statement=text())
    assert len(walk.state.surveillances[0].sample) == 5


@pytest.mark.parametrize("left_behind", ["reviews", "confirmation", "protocols"])
def test_reviewer_who_recorded_something_and_left_is_of_those_who_took_part(critical: Case, left_behind: str) -> None:
    lead = critical.confirmation.reviewer
    shares = {who: share for who, share in critical.plan.criteria.items() if who != lead}
    others = {who: review for who, review in critical.reviews.items() if who != lead}
    recorded = Walk(edition=2).to_evaluation().demonstrated(EXPERTS[0]).case.protocols
    nothing = {"reviews": others, "confirmation": None, "protocols": {}}
    everything = {
        "reviews": critical.reviews,
        "confirmation": critical.confirmation,
        "protocols": {key: one.model_copy(update={"recorded_by": lead}) for key, one in recorded.items()},
    }
    plan = critical.plan.model_copy(update={"criteria": shares})
    left = {"plan": plan, **nothing, left_behind: everything[left_behind]}
    walk = begun(critical.model_copy(update=left))
    assert lead not in walk.state.shares
    assert barred(walk.state, person(lead, Role.COMMISSIONER)).refusal.code == "reviewed_and_decides"
    walk.act("report_interest", SECRETARY, person=lead, statement=text())
    assert walk.state.surveillances[0].cause == "interest"


def test_third_party_and_who_looked_something_up_decide_about_the_label_no_more_than_in_its_case(
    critical: Case,
) -> None:
    walk = begun(critical)
    for who in (critical.third_party, *critical.lookups_by.values()):
        assert barred(walk.state, person(who, Role.COMMISSIONER)).refusal.code == "reviewed_and_decides"
    assert barred(walk.state, person(critical.recommendation.rapporteur, Role.COMMISSIONER))


def test_secretary_who_looked_something_up_keeps_the_label_no_more_once_their_interest_is_confirmed(
    critical: Case,
) -> None:
    walk = begun(critical)
    (looked_up,) = set(critical.lookups_by.values())
    assert looked_up == SECRETARY.person
    walk.act("report_interest", OTHER_SECRETARY, person=looked_up, statement=text())
    assert keeps(walk.state, SECRETARY)
    walk.act("confirm_interest", person("stella", Role.SECRETARIAT), person=looked_up)
    assert keeps(walk.state, SECRETARY).refusal.code == "interest_reported"


def test_label_of_before_knows_of_nobody_else_who_took_part(critical: Case) -> None:
    walk = LabelWalk.from_content(LABEL_ID, {**begin_life_content(critical), "took_part": (), "evaluators": ()})
    assert {"took_part", "evaluators"}.isdisjoint(walk.events[0].model_dump(mode="json"))
    with refused("had_no_part"):
        walk.act("report_interest", SECRETARY, person=critical.third_party, statement=text())


def test_what_somebody_judged_in_a_surveillance_that_ended_is_judged_again() -> None:
    walk = LabelWalk(Tier.MEDIUM).to_surveillance().handed_in().judged().maintained()
    judge = next(iter(walk.state.judging[1].reviews))
    walk.act("report_interest", SECRETARY, person=judge, statement=text("Paid by them."))
    first, second = walk.state.surveillances
    assert {*first.criteria} <= {*second.criteria}


def test_whose_interest_waits_to_be_settled_judges_nothing_of_the_label() -> None:
    """Neither is the review that the report opened theirs, nor does the panel rest on what they judged before."""
    walk = LabelWalk()
    reviewer = next(one for one in EXPERTS if one.person in walk.state.shares)
    walk.act("report_interest", SECRETARY, person=reviewer.person, statement=text("Paid by them."))
    asked = {"surveillance": 1, "reviewer": reviewer.person, "areas": ("ethics_or_law",)}
    with refused("interest_unsettled"):
        walk.act("assign_surveillance_reviewer", SECRETARY, **asked, people={reviewer.person: reviewer})
    walk.act("reject_interest", OTHER_SECRETARY, person=reviewer.person, reasons=text("It ended years ago."))
    walk.act("assign_surveillance_reviewer", SECRETARY, **asked, people={reviewer.person: reviewer})


def test_a_label_is_not_maintained_on_what_somebody_judged_whose_interest_waits_to_be_settled() -> None:
    walk = LabelWalk().to_surveillance().handed_in().judged()
    (judge,) = walk.state.judging[1].reviews
    walk.act("report_interest", SECRETARY, person=judge, statement=text("Paid by them."))
    with refused("interest_unsettled"):
        walk.act("put_maintain_to_vote", SECRETARY, surveillance=1)
    walk.act("reject_interest", OTHER_SECRETARY, person=judge, reasons=text("It ended years ago."))
    walk.act("put_maintain_to_vote", SECRETARY, surveillance=1).carried()
    assert walk.state.surveillances[0].outcome == "maintain"


def test_who_recommended_or_released_the_label_judges_none_of_its_surveillances() -> None:
    walk = LabelWalk().to_surveillance()
    (first, *_) = walk.state.took_part
    both = person(first, Role.COMMISSIONER, Role.EXPERT, areas=("ethics_or_law",))
    asked = {"surveillance": 1, "reviewer": both.person, "areas": ("ethics_or_law",), "people": {both.person: both}}
    with refused("decided_and_reviews"):
        walk.act("assign_surveillance_reviewer", SECRETARY, **asked)


def test_a_member_whose_interest_two_people_put_on_record_settles_and_reports_none() -> None:
    walk = LabelWalk()
    one, other = [member for member in MEMBERS if member.person in walk.state.electors][:2]
    walk.act("report_interest", SECRETARY, person=one.person, statement=text("Owns shares of the holder."))
    walk.act("confirm_interest", OTHER_SECRETARY, person=one.person)
    walk.act("report_interest", SECRETARY, person=other.person, statement=text("Her husband works there."))
    with refused("interest_reported"):
        walk.act("reject_interest", one, person=other.person, reasons=text("Nonsense."))
    with refused("interest_reported"):
        walk.act("report_interest", one, person=JUDGES[0].person, statement=text())


def test_an_interest_of_a_member_who_only_votes_on_the_label_can_be_reported() -> None:
    walk = LabelWalk()
    walk.heard().act("put_scope_to_vote", SECRETARY, scope=text("Less."), reasons=text()).all_declare()
    voter = next(one for one in walk.voters() if one.person not in walk.state.electors)
    walk.act("report_interest", SECRETARY, person=voter.person, statement=text("His wife owns the holder."))
    walk.act("confirm_interest", OTHER_SECRETARY, person=voter.person)
    assert voter.person not in walk.state.motions[-1].base
