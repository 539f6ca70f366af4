"""What an applicant states for an extended public page, and what rests on it (scheme, `public_page`; decision 69)."""

from datetime import UTC, datetime
from functools import cache
from typing import Any

import pytest

from certify.register.labels import facts_of
from schemas.case import Case
from schemas.decision_record import record_of
from schemas.public_statement import GROUP_MEASURES_MAX, PUBLIC_STATEMENT_BYTES_MAX, PublicStatement
from schemas.scheme import Tier
from schemas.stages import Outcome, Stage
from tests.builders import APPLICANT, EXPERTS, SECRETARY, Walk, text
from tests.small_scheme import SmallWalk, small
from tests.statements import STATEMENT
from tests.unit.workflows.rules.refusals import not_signed, refused
from workflows.rules.case import evidence
from workflows.rules.case.grants import check_grant
from workflows.rules.case.public_statement import ROOM, STATED_SINCE
from workflows.rules.case.recomputation import recompute

FIRST = "I-1.1-01"
OTHER = {**STATEMENT, "main_limitations": "Not for cheques."}
EXTENDED = {Tier.LOW: False, Tier.MEDIUM: False, Tier.HIGH: True, Tier.CRITICAL: True}


def walk(tier: Tier = Tier.HIGH, edition: int = STATED_SINCE) -> SmallWalk:
    return SmallWalk(tier, edition=edition)


def offered(walked: Walk) -> Walk:
    """Offer evidence for all that is missing, and state nothing."""
    for criterion in evidence.missing(walked.case, walked.rules):
        walked.offer(criterion)
    return walked


def said(content: dict[str, Any]) -> PublicStatement:
    return PublicStatement.model_validate(content)


def test_complete_evidence_without_a_statement_is_neither_frozen_nor_handed_in() -> None:
    walked = offered(walk().to_intake()).act("accept_application", SECRETARY)
    assert (walked.case.stage, walked.case.manifest) == (Stage.EVIDENCE, None)

    with refused("public_statement_missing"):
        walked.act("submit_evidence", APPLICANT)
    walked.stated().act("submit_evidence", APPLICANT)

    assert walked.case.stage == Stage.PLANNING
    assert walked.case.public_statement_handed_in == said(STATEMENT)


def test_what_is_missing_of_the_evidence_is_said_first() -> None:
    with refused("evidence_incomplete"):
        walk().to_intake().act("accept_application", SECRETARY).act("submit_evidence", APPLICANT)


def test_stated_at_the_intake_it_is_frozen_with_the_acceptance() -> None:
    walked = offered(walk().to_intake().stated()).act("accept_application", SECRETARY)
    assert walked.case.stage == Stage.PLANNING


@pytest.mark.parametrize("tier", Tier)
def test_only_where_the_page_is_extended_it_is_asked_for_and_taken(tier: Tier) -> None:
    walked = offered(walk(tier).to_intake())
    if not EXTENDED[tier]:
        with refused("page_not_extended"):
            walked.stated()
    walked.act("accept_application", SECRETARY)
    assert walked.case.stage == (Stage.EVIDENCE if EXTENDED[tier] else Stage.PLANNING)


def test_cases_of_earlier_editions_go_on_without_it() -> None:
    walked = offered(walk(edition=STATED_SINCE - 1).to_intake())
    with refused("earlier_edition"):
        walked.stated()
    assert walked.act("accept_application", SECRETARY).case.stage == Stage.PLANNING


def test_a_tier_raised_to_one_with_an_extended_page_asks_for_it() -> None:
    walked = walk(Tier.MEDIUM).to_evaluation().confirmed(Tier.HIGH)
    offered(walked)
    with refused("public_statement_missing"):
        walked.act("submit_evidence", APPLICANT)
    assert walked.stated().act("submit_evidence", APPLICANT).case.stage != Stage.EVIDENCE


def test_only_the_applicant_states_it_and_only_while_evidence_is_collected() -> None:
    with refused("not_the_applicant"):
        walk().to_intake().act("make_public_statement", SECRETARY, **STATEMENT)
    with refused("wrong_stage"):
        walk().to_planning().stated()


def test_the_manifest_is_bound_to_what_is_stated() -> None:
    one, other = (offered(walk().to_intake()).act("make_public_statement", APPLICANT, **each) for each in
                  (STATEMENT, OTHER))  # fmt: skip
    digests = {each.act("accept_application", SECRETARY).case.manifest.digest for each in (one, other)}
    assert len(digests) == 2
    assert one.case.manifest.public_statement == said(STATEMENT).digest


def test_a_manifest_without_a_statement_has_the_digest_it_always_had() -> None:
    low = walk(Tier.LOW).to_planning().case
    assert low.manifest.digest == evidence.manifest_digest(low.items, low.not_applicable, {})


def corrected(walked: SmallWalk) -> SmallWalk:
    walked.act("make_public_statement", APPLICANT, **OTHER)
    return walked


def test_a_correction_hands_in_what_was_stated_anew_and_reviewers_know_of_it() -> None:
    walked = corrected(walk().to_correction()).corrected(FIRST)
    assert walked.case.public_statement_handed_in == said(OTHER)
    assert [one.public_statement for one in walked.case.manifests] == [said(STATEMENT).digest]


def test_another_statement_alone_corrects_nothing() -> None:
    with refused("nothing_corrected"):
        corrected(walk().to_correction()).act("submit_correction", APPLICANT)


def test_what_was_stated_and_not_handed_in_does_not_count() -> None:
    walked = corrected(walk().to_correction()).act("end_correction", APPLICANT)
    assert walked.case.public_statement == walked.case.public_statement_handed_in == said(STATEMENT)


LONG = ({"measure": "😀" * 80, "group": f"{place:02}" + "😀" * 78, "value": "😀" * 40} for place in range(12))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"group_measures": ()}, "group_measures_missing"),
        ({"no_group_measures": "None apply."}, "group_measures_and_reason"),
        ({"group_measures": STATEMENT["group_measures"] * 2}, "group_measure_twice"),
        ({"group_measures": tuple(LONG), "main_limitations": "x" * 2000}, "public_statement_too_long"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_statement_says_one_thing_once_and_briefly(changes: dict[str, Any], code: str) -> None:
    walked = walk().to_intake()
    with refused(code):
        walked.stated(**changes)
    assert walked.case.public_statement is None


def test_the_reason_why_there_are_no_measures_stands_for_them() -> None:
    walked = walk().to_intake().stated(group_measures=(), no_group_measures="It sorts parcels, not people.")
    assert walked.case.public_statement.no_group_measures == "It sorts parcels, not people."


def test_more_measures_than_there_is_room_for_are_no_act() -> None:
    many = tuple({"measure": "Errors", "group": str(place), "value": "1"} for place in range(GROUP_MEASURES_MAX + 1))
    with pytest.raises(ValueError, match="group_measures"):
        walk().to_intake().stated(group_measures=many)


def test_evidence_leaves_room_for_two_statements() -> None:
    now, before = walk().to_intake().case, walk(edition=STATED_SINCE - 1).to_intake().case
    assert evidence.room_for_items(before) == evidence.BYTES_MAX
    assert evidence.BYTES_MAX - evidence.room_for_items(now) == ROOM >= 2 * PUBLIC_STATEMENT_BYTES_MAX


@cache
def granted() -> Case:
    walked = walk().to_recommendation().recommended(recommends=Outcome.GRANTED)
    walked.act("record_hearing", SECRETARY, protocol=text("Protocol"))
    return walked.granted().case


def test_a_granted_label_tells_what_was_handed_in() -> None:
    assert facts_of(granted()).holder_statement == said(STATEMENT)


def test_nothing_is_signed_without_the_statement_or_with_another() -> None:
    case, rules, digest = granted(), small().rules, small().digest
    check_grant(case, rules, digest)
    with not_signed("other_manifest"):
        check_grant(case.model_copy(update={"public_statement": said(OTHER)}), rules, digest)
    bare = case.manifest.model_copy(update={"public_statement": None})
    with not_signed("public_statement_missing"):
        check_grant(case.model_copy(update={"manifest": bare}), rules, digest)


def test_an_outsider_finds_that_nothing_was_stated() -> None:
    record = record_of(granted(), small())
    assert recompute(record).differences == ()
    bare = record.manifest.model_copy(update={"public_statement": None})
    found = recompute(record.model_copy(update={"manifest": bare})).differences
    assert "public_statement_missing" in {one.code for one in found}


def test_a_demonstration_enters_a_manifest_that_names_the_statement_still() -> None:
    walked = walk()
    walked.now = datetime.now(UTC)
    walked.to_evaluation().demonstrated(EXPERTS[0]).reviewed()
    assert walked.case.manifest.protocols
    walked.recommended().act("record_hearing", SECRETARY, protocol=text()).granted()
    check_grant(walked.case, small().rules, small().digest)
