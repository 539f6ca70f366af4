"""A label filled to all that the rules allow still travels: below 1 MB, and every rule refuses before a maximum."""

import json
from datetime import timedelta
from typing import Any, get_args

import pytest

from schemas.case import ORGANISATIONS_MAX
from schemas.evidence import EvidenceItem, TextRef
from schemas.label_life import ELECTORS_MAX, EVALUATORS_MAX, TOOK_PART_MAX, Change, LabelLife, ReportedInterest, Step
from schemas.matter import Motion, MotionBallot
from schemas.records import Ack
from schemas.review import ON_RECORD_MAX, Assignment, Finding, Interests, Review
from schemas.scheme import Tier
from schemas.scheme_common import AutomaticCheck
from schemas.scheme_tiers import SurveillanceAsk
from schemas.stages import Verdict
from schemas.surveillance import CheckResult, Judging, LiveCheck, LiveEvidence, Submission, Surveillance
from schemas.voting import Voice
from tests.builders import START, sha256, text
from tests.label_walk import SAFE_ANSWERS, LabelWalk
from workflows.matter_file import LabelFile
from workflows.options import RECEIPTS_KEPT
from workflows.rules import motions
from workflows.rules.case import interest_reports, interests
from workflows.rules.label import change as label_change
from workflows.rules.label import fold as fold_label
from workflows.rules.label import found_interests as label_found_interests
from workflows.rules.label import life as label_life
from workflows.rules.label import surveillance, surveillance_judging, surveillance_submission
from workflows.rules.label import suspension as label_suspension
from workflows.rules.label.carrying import carried
from workflows.rules.label.kernel import LABEL

INTERESTS_MAX = label_found_interests.INTERESTS_MAX + interest_reports.REPORTS_MAX
"""Those reported at the label, and those that came along from its case."""
OF_THE_CASE = 1
"""The review that answers all that came along."""


def long_id(kind: str, number: int) -> str:
    return f"{kind}-{number}-".ljust(64, "x")


def full_text() -> TextRef:
    return TextRef(digest=sha256("text"), length=40_000)


def full_items(life: LabelLife) -> dict[str, EvidenceItem]:
    first = next(iter(life.items.values()))
    room = surveillance_submission.BYTES_MAX // surveillance_submission.ITEMS_MAX
    spare = room - len(first.model_copy(update={"file": ""}).model_dump_json().encode())
    return {
        f"E{number}": first.model_copy(update={"id": f"E{number}", "file": "f" * spare})
        for number in range(9800, 9800 + surveillance_submission.ITEMS_MAX)
    }


def regular_at_most() -> int:
    """How many regular surveillances a label has by the clock, in the tier with the most of them."""
    tiers = LabelWalk().rules.tiers.values()
    return max((tier.validity_months - 1) // tier.surveillance.every_months for tier in tiers)


def full_surveillances(life: LabelLife) -> tuple[Surveillance, ...]:
    """All that can ever be opened: each of every criterion, judged, and waiting for a vote, as while suspended."""
    most = surveillance.SURVEILLANCES_MAX + label_found_interests.INTERESTS_MAX + OF_THE_CASE + regular_at_most()
    submission = {
        "declaration": full_text(), "build_digest": sha256("build"), "items_digest": sha256("items"),
        "submitted_by": long_id("person", 0), "submitted_at": START, "incidents": True, "incident_report": full_text(),
        "rescored": {"answers": SAFE_ANSWERS, "tier": "critical"},
    }  # fmt: skip
    checks = tuple(CheckResult(check=name, holds=False) for name in get_args(AutomaticCheck))
    items = [f"E{number}" for number in range(9800, 9800 + surveillance_submission.ITEMS_MAX)]
    one = life.surveillances[0].model_copy(
        update={
            "criteria": life.met, "sample": life.met[:5], "renew": life.met, "asks": tuple(SurveillanceAsk),
            "about": "x" * 64, "reasons": full_text(), "submission": Submission.model_validate(submission),
            "checks": checks, "review_due_at": START, "judged_at": START, "decision_due_at": START,
            "results": dict.fromkeys(life.met, Verdict.PARTLY_MET),
        }
    )  # fmt: skip
    return tuple(
        one.model_copy(update={"number": number, "items": tuple(items[number - 1 :: most])})
        for number in range(1, most + 1)
    )


def full_judging(life: LabelLife, surveillances: tuple[Surveillance, ...]) -> dict[int, Judging]:
    """Of each surveillance all who may be asked, and every finding, citing all it may, as the fold carries them."""
    cited = tuple(f"E{number}" for number in range(9800, 9800 + surveillance_judging.CITED_MAX))
    findings = tuple(
        Finding(criterion=criterion, verdict="partly_met", rationale=full_text(), cited=cited) for criterion in life.met
    )
    asked = {
        long_id("expert", place): Assignment(
            reviewer=long_id("expert", place), areas=life.areas, assigned_at=START, answer_due_at=START
        )
        for place in range(surveillance_judging.ASKED_MAX)
    }
    judges = list(asked)[: LabelWalk().rules.common.surveillance_judged_by.reviewers[Tier.CRITICAL]]
    judged = Judging(
        assignments={who: held.model_copy(update={"accepted": who in judges}) for who, held in asked.items()},
        reviews={who: Review(reviewer=who, submitted_at=START, findings=findings) for who in judges},
        live_checks=dict.fromkeys(judges, full_check()),
    )
    return carried({one.number: judged for one in surveillances}, surveillances)


def full_check() -> LiveCheck:
    said = full_text()
    return LiveCheck(held_on=START.date(), participants=said, shown=said, observed=said, recorded_at=START)


def full_motions(walk: LabelWalk, members: int) -> LabelLife:
    """Vote after vote of a large Commission, as the fold keeps them."""
    vote = walk.state.motions[0]
    electorate = tuple(long_id("member", place) for place in range(members))
    life = walk.state.model_copy(update={"motions": ()})
    for number in range(1, motions.MOTIONS_MAX + 1):
        opened = vote.model_copy(update={"number": number, "electorate": electorate, "pool": (), "closed_at": START})
        life = LABEL.evolve(life, walk.events[-1].model_copy(update={"motion": with_ballots(opened)}))
    return life


def with_ballots(vote: Motion) -> Motion:
    ballots = {
        member: MotionBallot(
            member=member,
            round=vote.number,
            choice=Voice.ABSTAIN,
            object_digest=vote.object_digest,
            reasons=full_text(),
            dissent=full_text(),
            cast_at=START,
        )
        for member in vote.electorate
    }
    return vote.model_copy(update={"ballots": ballots})


def full_life(members: int) -> LabelLife:
    walk = LabelWalk(Tier.CRITICAL).to_surveillance()
    walk.offer(walk.state.surveillances[0].criteria[0])
    walk.heard().act("put_scope_to_vote", _secretary(), scope=text(), reasons=text())
    life = full_motions(walk, members)
    surveillances = full_surveillances(life)
    declared = Interests(person=long_id("person", 0), has_interest=True, statement=full_text(), declared_at=START)
    step = life.steps[0].model_copy(update={"reasons": full_text(), "restoration": full_text(), "motion": 60})
    steps = 1 + 2 * label_suspension.SUSPENSIONS_MAX + len(surveillances)
    change = Change(changed=("data",), statement=full_text(), reported_by=long_id("p", 1), reported_at=START)
    live = LiveEvidence(item="E9000", type="risk_assessment", criteria=life.met[:20], expires=START.date())
    return life.model_copy(
        update={
            "items": full_items(life),
            "surveillances": surveillances,
            "judging": full_judging(life, surveillances),
            "interests": {long_id("person", place): declared for place in range(motions.DECLARATIONS_MAX)},
            "steps": tuple(Step(**{**dict(step), "version": number}) for number in range(1, steps + 1)),
            "changes": (change,) * label_change.CHANGES_MAX,
            "group": tuple(long_id("org", place) for place in range(ORGANISATIONS_MAX)),
            "kept_away": tuple(long_id("away", place) for place in range(ORGANISATIONS_MAX)),
            "reported_interests": (full_interest(),) * INTERESTS_MAX,
            "evidence": (live,) * 200,
            "electors": tuple(long_id("member", place) for place in range(ELECTORS_MAX - TOOK_PART_MAX)),
            "took_part": tuple(long_id("helper", place) for place in range(TOOK_PART_MAX)),
            "evaluators": tuple(long_id("judge", place) for place in range(EVALUATORS_MAX)),
            "voters": tuple(long_id("member", place) for place in range(fold_label.VOTERS_MAX - EVALUATORS_MAX)),
            "shares": {long_id("expert", place): life.met for place in range(30)},
            "appeals": {long_id("appeal", place): "w" * 40 for place in range(label_life.APPEALS_MAX)},
        }
    )


def full_interest() -> ReportedInterest:
    return ReportedInterest(
        person=long_id("person", 1),
        statement=full_text(),
        reported_by=long_id("person", 2),
        reported_at=START,
        takes_two=True,
        role="neutral_third_party",
        settled_by=long_id("person", 3),
        rejected=full_text(),
    )


def _secretary() -> Any:
    from tests.builders import SECRETARY  # noqa: PLC0415  # the one person needed here

    return SECRETARY


@pytest.mark.parametrize("members", [3, 9, 25, 60, 200])
@pytest.mark.parametrize("ended", [0, 20])
def test_a_label_filled_to_all_that_the_rules_allow_continues_as_new_below_one_megabyte(
    members: int, ended: int
) -> None:
    life = full_life(members)
    closed = {"closed_at": START, "outcome": "maintain"}
    looks = tuple(one.model_copy(update=closed) if one.number <= ended else one for one in life.surveillances)
    life = life.model_copy(update={"surveillances": looks, "judging": full_judging(life, looks)})
    LabelLife.model_validate_json(life.model_copy(update={"items": {}}).model_dump_json())
    acks = (Ack(act_id=long_id("act", place), digest=sha256("act"), number=9999) for place in range(RECEIPTS_KEPT))
    file = LabelFile(id=life.id, rules=LabelWalk().rules, state=life, receipts={ack.act_id: ack for ack in acks})
    dumped = life.model_dump(mode="json")
    parts = {name: len(json.dumps(value)) for name, value in dumped.items()}
    assert len(file.model_dump_json().encode()) < 1_000_000, sorted(parts.items(), key=lambda one: -one[1])[:8]


def test_the_last_votes_are_carried_whole_and_the_first_as_what_they_came_to() -> None:
    walk = LabelWalk().heard().act("put_scope_to_vote", _secretary(), scope=text(), reasons=text())
    life = full_motions(walk, 60)
    whole = [vote.number for vote in life.motions if vote.electorate]
    assert whole == list(range(motions.MOTIONS_MAX - len(whole) + 1, motions.MOTIONS_MAX + 1))
    assert 0 < len(whole) < motions.MOTIONS_MAX
    assert long_id("member", 0) in life.voters


def test_the_rules_refuse_before_a_maximum_of_the_label_is_passed() -> None:
    maxima = {
        name: next(part.max_length for part in field.metadata if hasattr(part, "max_length"))
        for name, field in LabelLife.model_fields.items()
        if any(hasattr(part, "max_length") for part in field.metadata)
    }
    regular = 23  # a label of 24 months looked at every month
    others = surveillance.SURVEILLANCES_MAX + label_found_interests.INTERESTS_MAX + OF_THE_CASE
    assert maxima["surveillances"] >= others + regular
    assert maxima["items"] >= surveillance_submission.ITEMS_MAX
    assert maxima["changes"] == label_change.CHANGES_MAX
    assert maxima["reported_interests"] == INTERESTS_MAX
    assert maxima["appeals"] == label_life.APPEALS_MAX
    assert maxima["motions"] == motions.MOTIONS_MAX
    assert ON_RECORD_MAX == interests.DECLARATIONS_MAX == motions.DECLARATIONS_MAX
    assert maxima["evaluators"] == 2 * motions.DECLARATIONS_MAX
    assert maxima["voters"] == fold_label.VOTERS_MAX
    assert maxima["steps"] >= 2 + 2 * label_suspension.SUSPENSIONS_MAX + 2 * (others + regular)


def test_a_real_label_travels_and_comes_back_the_same() -> None:
    walk = LabelWalk(Tier.CRITICAL).to_surveillance().handed_in().judged().suspended().pass_time(days=1)
    file = LabelFile(id=walk.subject, rules=walk.rules, state=walk.state)
    assert LabelFile.model_validate_json(file.model_dump_json()) == file
    assert walk.now - START > timedelta(days=90)
