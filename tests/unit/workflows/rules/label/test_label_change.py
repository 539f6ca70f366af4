"""What leads to a surveillance out of turn: a change, a draw, an incident, a complaint, an interest (I14)."""

import pytest

from schemas.label_facts import SampleFacts
from schemas.people import PersonFacts, Role
from schemas.scheme import Tier
from tests.builders import APPLICANT, EXPERTS, MEMBERS, ORGANISATION, SECRETARY, person, sha256, text
from tests.label_walk import BUILD, ENGINE_ITSELF, LabelWalk
from tests.unit.workflows.rules.refusals import refused
from workflows.rules.label.change import criteria_for
from workflows.rules.label.surveillance import sample_of

STRANGER = person("zora", Role.APPLICANT, organisation="org-other")


def test_a_change_is_evaluated_again_in_the_criteria_it_touches() -> None:
    walk = LabelWalk(Tier.HIGH).act("report_change", APPLICANT, changed=("languages",), statement=text("Now in Sami."))
    one = walk.state.surveillances[0]
    articles = {walk.rules.criteria[criterion].article for criterion in one.criteria}

    assert (one.cause, one.about, one.sample) == ("change", "change 1", ())
    assert articles == {"I-1.1", "I-1.2", "I-1.4", "I-2.4", "I-2.5", "I-6.1"}
    assert set(one.criteria) < set(walk.state.met)
    assert walk.state.changes[0].statement == text("Now in Sami.")


def test_several_changes_touch_what_each_of_them_touches() -> None:
    walk = LabelWalk(Tier.HIGH)
    both = criteria_for(walk.state, ("data", "languages"), walk.rules)
    assert set(both) == {
        criterion for part in ("data", "languages") for criterion in criteria_for(walk.state, (part,), walk.rules)
    }


def test_where_the_scheme_says_nothing_every_criterion_is_evaluated_again() -> None:
    walk = LabelWalk(Tier.HIGH)
    common = walk.rules.common.model_copy(update={"change_reevaluates": ()})
    rules = walk.rules.model_copy(update={"common": common})
    assert criteria_for(walk.state, ("languages",), rules) == walk.state.met


def test_a_change_that_touches_no_criterion_of_the_label_touches_all() -> None:
    walk = LabelWalk(met=("I-6.1-01",))
    assert criteria_for(walk.state, ("data",), walk.rules) == ("I-6.1-01",)


def test_a_missed_answer_to_a_change_suspends_as_any_surveillance() -> None:
    walk = LabelWalk().act("report_change", APPLICANT, changed=("model",), statement=text()).pass_time(days=30)
    assert walk.standings == ["in_force", "suspended"]


def test_only_the_holder_reports_a_change() -> None:
    with refused("not_the_holder"):
        LabelWalk().act("report_change", STRANGER, changed=("data",), statement=text())


@pytest.mark.parametrize("who", [SECRETARY, APPLICANT, EXPERTS[0]], ids=lambda who: who.person)
def test_who_holds_keeps_or_judged_a_label_reports_another_build_with_its_statement(who: PersonFacts) -> None:
    walk = LabelWalk(Tier.HIGH).act("report_build", who, build_digest=sha256("other"), statement=text("Seen in use."))
    assert walk.state.changes[0].reported_by == who.person
    assert walk.state.surveillances[0].criteria == criteria_for(walk.state, ("model",), walk.rules)


def test_a_stranger_opens_no_surveillance_that_the_holder_must_answer() -> None:
    for stranger in (STRANGER, person("other", Role.APPLICANT, organisation="org-elsewhere")):
        with refused("no_part_in_matter"):
            LabelWalk().act("report_build", stranger, build_digest=sha256("other"), statement=text())


def test_the_certified_build_is_no_change_and_another_is_reported_once() -> None:
    walk = LabelWalk()
    with refused("same_build"):
        walk.act("report_build", SECRETARY, build_digest=BUILD, statement=text())
    walk.act("report_build", SECRETARY, build_digest=sha256("other"), statement=text())
    with refused("already_reported"):
        walk.act("report_build", SECRETARY, build_digest=sha256("other"), statement=text())
    with refused("no_build_certified"):
        LabelWalk(build_digest=None).act("report_build", SECRETARY, build_digest=sha256("x"), statement=text())


def test_reports_are_bounded() -> None:
    walk = LabelWalk()
    for _ in range(4):
        walk.act("report_change", APPLICANT, changed=("data",), statement=text())
    with refused("too_many_surveillances"):
        walk.act("report_change", APPLICANT, changed=("data",), statement=text())
    many = walk.state.changes * 2
    walk.state = walk.state.model_copy(update={"changes": many})
    with refused("too_many_changes"):
        walk.act("report_change", APPLICANT, changed=("data",), statement=text())


def test_changes_that_a_holder_reports_keep_no_complaint_or_incident_from_being_looked_at() -> None:
    walk = LabelWalk()
    for _ in range(4):
        walk.act("report_change", APPLICANT, changed=("data",), statement=text())
    for number in range(1, 4):
        walk.act("open_review", ENGINE_ITSELF, complaint=f"complaint-{number}")
    incident = {"cause": "incident", "reasons": text("It misread a dose."), "criteria": walk.state.met[:1]}
    walk.act("open_extraordinary_surveillance", SECRETARY, **incident)

    for act, who, content in (
        ("open_review", ENGINE_ITSELF, {"complaint": "complaint-4"}),
        ("open_extraordinary_surveillance", SECRETARY, incident),
        ("report_change", APPLICANT, {"changed": ("data",), "statement": text()}),
    ):
        with refused("too_many_surveillances"):
            walk.act(act, who, **content)


def test_a_label_drawn_in_a_quarter_is_looked_at_with_the_seed_of_the_draw() -> None:
    walk = LabelWalk(Tier.HIGH)
    walk.sample = SampleFacts(quarter="2026-Q2", seed=sha256("draw"), is_drawn=True)
    walk.act("open_extraordinary_surveillance", SECRETARY, cause="sample", quarter="2026-Q2")
    one = walk.state.surveillances[0]

    assert (one.cause, one.about, one.seed) == ("sample", "2026-Q2", sha256("draw"))
    assert one.criteria == sample_of(walk.state.met, sha256("draw"), walk.rules)
    with refused("already_sampled"):
        walk.act("open_extraordinary_surveillance", SECRETARY, cause="sample", quarter="2026-Q2")


@pytest.mark.parametrize(
    "sample",
    [
        None,
        SampleFacts(quarter="2026-Q2", seed=sha256("draw"), is_drawn=False),
        SampleFacts(quarter="2026-Q3", seed=sha256("draw"), is_drawn=True),
    ],
)
def test_a_label_that_was_not_drawn_is_not_looked_at_as_a_sample(sample: SampleFacts | None) -> None:
    walk = LabelWalk()
    walk.sample = sample
    with refused("not_drawn"):
        walk.act("open_extraordinary_surveillance", SECRETARY, cause="sample", quarter="2026-Q2")


def test_a_regular_surveillance_of_the_quarter_is_enough() -> None:
    walk = LabelWalk().to_surveillance()
    walk.sample = SampleFacts(quarter="2027-Q1", seed=sha256("draw"), is_drawn=True)
    with refused("looked_at_already"):
        walk.act("open_extraordinary_surveillance", SECRETARY, cause="sample", quarter="2027-Q1")


def test_an_incident_is_looked_at_in_the_criteria_the_secretariat_names() -> None:
    walk = LabelWalk()
    criterion = walk.state.met[0]
    content = {"cause": "incident", "criteria": (criterion,), "reasons": text("A wrong answer hurt someone.")}
    walk.act("open_extraordinary_surveillance", SECRETARY, **content)
    assert walk.state.surveillances[0].criteria == (criterion,)

    with refused("reasons_missing"):
        walk.act("open_extraordinary_surveillance", SECRETARY, **{**content, "reasons": None})
    with refused("unknown_criterion"):
        walk.act("open_extraordinary_surveillance", SECRETARY, **{**content, "criteria": ("II-2.6-01",)})
    with refused("role_missing"):
        walk.act("open_extraordinary_surveillance", APPLICANT, **content)


def test_a_complaint_opens_one_review() -> None:
    walk = LabelWalk().act("open_review", ENGINE_ITSELF, complaint="complaint-1")
    assert (walk.state.surveillances[0].cause, walk.state.surveillances[0].about) == ("complaint", "complaint 1")
    assert walk.state.complaints == ("complaint-1",)
    assert len(walk.state.surveillances[0].sample) == 5
    with refused("already_opened"):
        walk.act("open_review", ENGINE_ITSELF, complaint="complaint-1")


def test_the_secretariat_of_the_holder_keeps_nothing() -> None:
    own = person("sofia", Role.SECRETARIAT, organisation=ORGANISATION)
    with refused("own_organisation"):
        LabelWalk().act("open_extraordinary_surveillance", own, cause="incident", reasons=text())


@pytest.mark.parametrize("who", [SECRETARY, MEMBERS[0]])
def test_nobody_tied_to_the_holder_or_a_competitor_it_keeps_away_reports_a_build(who: PersonFacts) -> None:
    """The holder must answer what it opens; whom no other act of the label is open to opens none either."""
    walk = LabelWalk(Tier.HIGH, kept_away=("org-rival",))
    for organisation in (ORGANISATION, "org-rival"):
        tied = who.model_copy(update={"tied_to": (organisation,)})
        with refused("no_part_in_matter"):
            walk.act("report_build", tied, build_digest=sha256("other"), statement=text())
