"""Opening a round: what must precede it, who votes, and the answers of the Register."""

from datetime import timedelta

import pytest

from schemas.people import ParticipantFacts
from schemas.scheme import Tier
from schemas.stages import Choice, Outcome, Stage, Verdict
from tests.builders import MEMBERS, ORGANISATION, SECRETARY, START, Walk, sha256, text
from tests.small_scheme import SmallWalk
from tests.unit.workflows.rules.refusals import refused
from workflows.rules.case import rounds
from workflows.rules.case.rounds import panel_seed
from workflows.rules.deadlines import working_days_after
from workflows.rules.draws import drawn

SIXTY_DAYS = timedelta(days=60)


def participant(**changes: object) -> ParticipantFacts:
    facts = {"organisation": ORGANISATION, "entered_at": START, "officer_named": True, "officer_reachable": True}
    return ParticipantFacts.model_validate({**facts, **changes})


def register_says(walk: Walk) -> dict[str, Verdict]:
    return {one.criterion: one.verdict for one in walk.case.rounds[-1].results if one.source == "register"}


@pytest.mark.parametrize("tier", list(Tier))
def test_a_round_freezes_figures_results_and_digests(tier: Tier) -> None:
    walk = Walk(tier, members=9).to_decision().act("open_round", SECRETARY)
    vote, case, rules = walk.case.rounds[0], walk.case, walk.rules.tiers[tier]
    assert case.manifest is not None
    assert (vote.number, vote.opened_at) == (1, walk.now)
    assert vote.closes_at == working_days_after(walk.now, rules.sla_working_days.decision, walk.rules.clocks.calendar)
    assert (vote.manifest_digest, vote.scheme_digest) == (case.manifest.digest, case.lodged.scheme.digest)
    assert vote.results[: len(case.results)] == case.results
    assert register_says(walk) == dict.fromkeys(("II-2.1-01", "II-2.2-01", "II-2.2-02"), Verdict.MET)
    assert len(vote.electorate) == (3 if tier == Tier.LOW else 9)


def test_only_one_round_is_open_at_a_time() -> None:
    with refused("round_is_open"):
        Walk().to_round().act("open_round", SECRETARY)


def test_the_critical_tier_waits_for_the_third_partys_report_and_for_the_hearing() -> None:
    walk = Walk(Tier.CRITICAL).to_recommendation().recommended()
    with refused("third_party_report_missing"):
        walk.act("open_round", SECRETARY)
    with refused("hearing_missing"):
        reported = walk.case.model_copy(update={"third_party_report": text()})
        walk._state = reported
        walk.act("open_round", SECRETARY)


def test_a_failed_criterion_means_the_applicant_is_heard_first_and_in_low_tier_nothing_else_does() -> None:
    Walk().to_recommendation().recommended().act("open_round", SECRETARY)
    with refused("hearing_missing"):
        Walk().to_recommendation(I_1_1_01=Verdict.NOT_MET).recommended(recommends=Outcome.REFUSED).act(
            "open_round", SECRETARY
        )


@pytest.mark.parametrize(
    "facts", [None, participant(entered_at=None), participant(organisation="org-elsewhere")], ids=str
)
def test_no_decision_is_made_before_the_entry_in_the_register(facts: ParticipantFacts | None) -> None:
    with refused("not_in_register"):
        Walk().to_decision().act("open_round", SECRETARY, participant=facts)


@pytest.mark.parametrize(
    ("facts", "passed", "verdicts"),
    [
        (participant(), SIXTY_DAYS, (Verdict.MET, Verdict.MET)),
        (participant(officer_reachable=False), SIXTY_DAYS, (Verdict.MET, Verdict.NOT_MET)),
        (participant(officer_named=False), SIXTY_DAYS, (Verdict.NOT_MET, Verdict.NOT_MET)),
        # While the two months run, the contact named in the application is enough (Code, II-2.2).
        (participant(officer_named=False, officer_reachable=False), timedelta(days=59), (Verdict.MET, Verdict.MET)),
        (participant(officer_named=False, officer_reachable=False), SIXTY_DAYS, (Verdict.NOT_MET, Verdict.NOT_MET)),
    ],
    ids=str,
)
def test_the_register_answers_for_the_ethics_officer(
    facts: ParticipantFacts, passed: timedelta, verdicts: tuple[Verdict, Verdict]
) -> None:
    walk = Walk().to_decision()
    walk.now = START + passed
    walk.act("open_round", SECRETARY, participant=facts)
    said = register_says(walk)
    assert (said["II-2.2-01"], said["II-2.2-02"]) == verdicts


def test_an_officer_not_named_in_time_leaves_only_a_refusal_after_a_hearing() -> None:
    late = participant(officer_named=False)
    unheard = Walk().to_recommendation().recommended()
    unheard.now = START + SIXTY_DAYS
    with refused("hearing_missing"):
        unheard.act("open_round", SECRETARY, participant=late)

    unheard.act("record_hearing", SECRETARY, protocol=text()).act("open_round", SECRETARY, participant=late)
    unheard.all_declare()
    with refused("grant_against_failed_criterion"):
        unheard.voted(Choice.GRANT)
    unheard.voted(*[Choice.REFUSE] * 3)
    assert unheard.case.decision is not None
    assert {"II-2.2-01", "II-2.2-02"} <= set(unheard.case.decision.grounds)


def test_an_electorate_below_the_tiers_least_opens_no_round() -> None:
    for tier, enough in ((Tier.LOW, 3), (Tier.MEDIUM, 5)):
        Walk(tier, members=enough).to_round()
        with refused("electorate_too_small"):
            Walk(tier, members=enough - 1).to_decision().act("open_round", SECRETARY)


def test_a_member_named_twice_or_unknown_to_the_record_has_one_place_or_none() -> None:
    seated = (*(member.person for member in MEMBERS[:5]), "member-a", "nobody")
    walk = Walk(Tier.MEDIUM).to_decision().act("open_round", SECRETARY, seated=seated)
    assert walk.case.rounds[0].electorate == tuple(member.person for member in MEMBERS[:5])


def test_who_recused_in_an_earlier_round_is_not_in_the_electorate_of_the_next() -> None:
    walk = Walk(Tier.MEDIUM).to_round().act("recuse", MEMBERS[2], reason=text())
    walk.pass_time(days=30).act("open_round", SECRETARY)
    assert "member-c" not in walk.case.rounds[1].electorate
    assert len(walk.case.rounds[1].electorate) == 6


def test_a_case_takes_a_bounded_number_of_rounds_and_ballots(monkeypatch: pytest.MonkeyPatch) -> None:
    walk = Walk(Tier.MEDIUM).to_round().pass_time(days=30)
    monkeypatch.setattr(rounds, "BALLOTS_MAX", 13)
    with refused("too_many_rounds"):
        walk.act("open_round", SECRETARY)
    monkeypatch.setattr(rounds, "BALLOTS_MAX", 14)
    monkeypatch.setattr(rounds, "ROUNDS_MAX", 1)
    with refused("too_many_rounds"):
        walk.act("open_round", SECRETARY)


def test_a_panel_can_be_drawn_again_from_the_record_alone() -> None:
    walk = Walk(members=9).to_round()
    case, vote = walk.case, walk.case.rounds[0]
    assert vote.seed == panel_seed(case, 1)
    assert vote.pool == tuple(member.person for member in walk.members)
    assert vote.electorate == drawn(vote.pool, vote.seed, 3)


def test_the_seed_rests_on_case_manifest_findings_advice_and_round() -> None:
    case = Walk().to_decision().case
    assert case.manifest is not None
    assert case.recommendation is not None
    others = [
        case.model_copy(update={"id": "case-2"}),
        case.model_copy(update={"manifest": case.manifest.model_copy(update={"digest": sha256("other")})}),
        case.model_copy(update={"reviews": {}}),
        case.model_copy(
            update={"recommendation": case.recommendation.model_copy(update={"reasons": text("Other advice")})}
        ),
    ]
    seeds = {panel_seed(case, 1), panel_seed(case, 2), *(panel_seed(other, 1) for other in others)}
    assert len(seeds) == 6


def test_the_panel_leaves_out_who_reviewed_or_is_tied() -> None:
    walk = Walk(members=5).to_decision()
    walk.act("declare_interests", MEMBERS[1], has_interest=True, statement=text())
    own = MEMBERS[2].model_copy(update={"organisation": ORGANISATION})
    facts = {member.person: member for member in walk.members} | {"member-c": own}
    walk.act("open_round", SECRETARY, people=facts)
    assert walk.case.rounds[0].pool == walk.case.rounds[0].electorate == ("member-a", "member-d", "member-e")


def test_a_panel_that_fell_below_three_gives_no_decision_and_the_next_is_drawn_among_the_others() -> None:
    walk = Walk(members=9).to_round()
    gone = walk.voters()[0]
    walk.act("recuse", gone, reason=text())

    first = walk.case.rounds[0]
    assert (first.is_open, walk.case.stage, walk.case.decision) == (False, Stage.DECISION, None)
    walk.act("open_round", SECRETARY)
    second = walk.case.rounds[1]
    assert gone.person not in second.pool
    assert second.seed == panel_seed(walk.case, 2) != first.seed


@pytest.mark.parametrize(
    ("tier", "edition", "public"),
    [(Tier.CRITICAL, 5, True), (Tier.CRITICAL, 4, False), (Tier.HIGH, 5, False)],
)
def test_a_round_says_whether_separate_opinions_are_for_everybody(tier: Tier, edition: int, public: bool) -> None:
    walk = SmallWalk(tier, members=9, edition=edition).to_round()

    assert walk.case.rounds[0].opinions_public is public
