"""A round before the last decided nothing, whatever a record says came of it: signer and recomputation look."""

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from schemas.decision_record import DecisionRecord, record_of
from schemas.scheme import Tier
from schemas.stages import Choice, Outcome
from tests.builders import APPLICANT, MEMBERS, SECRETARY, Walk, text
from tests.small_scheme import SmallWalk, small
from tests.unit.workflows.rules.case.tampering import Document, changed, document_of, found_in
from tests.unit.workflows.rules.refusals import not_signed
from workflows.rules.case import rounds
from workflows.rules.case.grants import check_grant

GRANT, REFUSE, ABSTAIN, BACK = Choice.GRANT, Choice.REFUSE, Choice.ABSTAIN, Choice.SEND_BACK
FIRST = "I-1.1-01"
AFTER_ITS_TIME = "2026-04-10T09:00:00Z"
"""After the time of a first round that nobody looked at before forty days."""


def sent_back(*choices: Choice, edition: int = 2) -> Walk:
    """A grant on evidence that was supplemented after the first round."""
    walk = SmallWalk(Tier.MEDIUM, members=6, edition=edition).to_round().voted(*(choices or [BACK] * 6), reasons=text())
    walk.offer(FIRST, file="supplement.pdf").act("submit_evidence", APPLICANT).reviewed()
    return granted(walk.recommended())


def granted(walk: Walk) -> Walk:
    walk.act("open_round", SECRETARY).all_declare()
    return walk.voted(*[GRANT] * len(walk.voters()))


def by_a_tie() -> Walk:
    return sent_back(GRANT, GRANT, GRANT, REFUSE, REFUSE, ABSTAIN)


def sent_back_then_called_to_a_hearing() -> Walk:
    """Until edition 6 the call, which a recommendation to refuse led to, took the place of the reason."""
    walk = SmallWalk(Tier.MEDIUM, members=6, edition=2).to_round().voted(*[BACK] * 6, reasons=text())
    walk.offer(FIRST, file="supplement.pdf").act("submit_evidence", APPLICANT).reviewed()
    walk.recommended(recommends=Outcome.REFUSED)
    assert [vote.set_aside for vote in walk.case.rounds] == ["hearing_called"]
    return granted(walk.act("waive_hearing", APPLICANT))


def called_to_a_hearing() -> Walk:
    walk = SmallWalk(edition=2).to_recommendation().recommended().act("open_round", SECRETARY).all_declare()
    return granted(walk.voted(REFUSE, REFUSE, GRANT).act("waive_hearing", APPLICANT))


def reopened() -> Walk:
    walk = SmallWalk(Tier.CRITICAL, members=9, edition=2).to_grant()
    walk.act("declare_interests", MEMBERS[1], has_interest=True, statement=text())
    return granted(walk)


def without_quorum() -> Walk:
    return granted(SmallWalk(Tier.MEDIUM, members=6, edition=2).to_round().voted(GRANT).pass_time(days=40))


def voided() -> Walk:
    walk = SmallWalk(Tier.MEDIUM, edition=2).to_round().voted(GRANT)
    walk.act("declare_interests", MEMBERS[0], has_interest=True, statement=text())
    return granted(walk.recommended(by=MEMBERS[1]))


def kept() -> Walk:
    walk = SmallWalk(edition=2).to_evaluation().confirmed(Tier.HIGH).proposed(Tier.HIGH)
    return granted(walk.voted(REFUSE, REFUSE, REFUSE).reviewed().advised())


WAYS = (sent_back, by_a_tie, sent_back_then_called_to_a_hearing, called_to_a_hearing, reopened, without_quorum, voided)


@cache
def document(made: Callable[[], Walk]) -> Document:
    """The record of a decided case."""
    return document_of(record_of(made().case, small()))


def as_all_voted(record: Document, choice: str, **more: Any) -> Document:
    """A record in which everybody in the first round voted alike, and the tally says so."""
    other = changed(record, {f"/rounds/0/{name}": value for name, value in more.items()})
    first = other["rounds"][0]
    for ballot in first["ballots"].values():
        ballot["choice"] = choice
    key = {"grant": "in_favour", "refuse": "against", "send_back": "send_back"}[choice]
    none = {"in_favour": 0, "against": 0, "abstain": 0, "send_back": 0}
    first["tally"] |= {**none, key: len(first["ballots"]), "majority_reached": choice == "grant"}
    return other


@pytest.mark.parametrize("made", WAYS)
def test_a_case_that_an_earlier_round_left_undecided_is_signed_and_recomputed(made: Callable[[], Walk]) -> None:
    case = made().case

    assert len(case.rounds) == 2
    assert found_in(document(made)) == set()
    if case.tier != Tier.CRITICAL:
        check_grant(case, small().rules, small().digest)


@pytest.mark.parametrize("choice", ["refuse", "grant"])
@pytest.mark.parametrize("made", [sent_back, by_a_tie])
def test_a_round_on_other_evidence_that_decided_is_found(made: Callable[[], Walk], choice: str) -> None:
    record = as_all_voted(document(made), choice)

    assert ("/rounds/0", "decided_before") in found_in(record)
    refused_by_signer(record, "decided_before")


def refused_by_signer(record: Document, code: str) -> None:
    stated = DecisionRecord.model_validate(record).as_case()
    case = sent_back().case.model_copy(
        update={name: getattr(stated, name) for name in ("rounds", "sent_back", "reopened")}
    )
    with not_signed(code):
        check_grant(case, small().rules, small().digest)


@pytest.mark.parametrize("reason", ["hearing_called", "reopened", "sent_back", "reviewer_has_interest", "other", None])
def test_a_round_that_granted_is_excused_by_no_reason_without_its_decision(reason: str | None) -> None:
    assert ("/rounds/0", "decided_before") in found_in(as_all_voted(document(sent_back), "grant", set_aside=reason))
    assert ("/rounds/0", "decided_before") in found_in(as_all_voted(document(without_quorum), "grant",
                                                                    quorum="1/9", set_aside=reason))  # fmt: skip


def test_a_round_on_the_same_evidence_that_was_set_aside_for_nothing_decided() -> None:
    record = document(called_to_a_hearing)

    assert ("/rounds/0", "decided_before") in found_in(changed(record, {"/rounds/0/set_aside": "other"}))
    assert ("/rounds/0", "decided_before") in found_in(changed(record, {"/rounds/0/set_aside": None}))


@pytest.mark.parametrize(
    ("made", "changes", "place", "code"),
    [
        (sent_back, {"/sent_back": 0}, "/sent_back", "other_content"),
        (sent_back, {"/rounds/0/set_aside": "reopened"}, "/rounds/0/set_aside", "other_reason"),
        (sent_back, {"/rounds/0/set_aside": None}, "/rounds/0/set_aside", "other_reason"),
        (sent_back, {"/rounds/0/base_min": 1}, "/rounds/0/base_min", "other_quorum"),
        (sent_back, {"/rounds/0/majority": "1/9"}, "/rounds/0/majority", "other_quorum"),
        (sent_back, {"/rounds/0/scheme_digest": "a" * 64}, "/rounds/0/scheme_digest", "other_scheme"),
        (sent_back, {"/rounds/0/manifest_digest": "a" * 64}, "/rounds/0/manifest_digest", "other_manifest"),
        (sent_back, {"/rounds/0/closes_at": "2027-03-02T09:00:00Z"}, "/rounds/0/closes_at", "other_time"),
        (sent_back, {"/rounds/0/closed_at": "2025-03-02T09:00:00Z"}, "/rounds/0/closed_at", "other_time"),
        (sent_back, {"/rounds/1/opened_at": "2025-03-02T09:00:00Z"}, "/rounds/1/opened_at", "other_time"),
        (sent_back, {"/rounds/0/reserves": ["member-f"]}, "/rounds/0/electorate", "other_electorate"),
        (sent_back, {"/rounds/0/ballots/member-b/member": "member-c"}, "/rounds/0/ballots/member-b/member",
         "other_content"),
        (sent_back, {"/rounds/0/ballots/member-b/round": 2}, "/rounds/0/ballots/member-b/round", "other_content"),
        (sent_back, {"/rounds/0/ballots/member-b/manifest_digest": "a" * 64},
         "/rounds/0/ballots/member-b/manifest_digest", "other_manifest"),
        (sent_back, {"/rounds/0/ballots/member-b/scheme_digest": "a" * 64},
         "/rounds/0/ballots/member-b/scheme_digest", "other_scheme"),
        (sent_back, {"/rounds/0/ballots/member-b/cast_at": "2025-03-02T09:00:00Z"},
         "/rounds/0/ballots/member-b/cast_at", "other_time"),
        (sent_back, {"/rounds/0/recused": ["member-b"]}, "/rounds/0/ballots/member-b", "not_in_electorate"),
        (by_a_tie, {"/rounds/0/results/0/verdict": "not_met"}, "/rounds/0/ballots/member-a/choice", "no_such_choice"),
        (without_quorum, {"/rounds/0/closed_at": "2026-03-02T10:00:00Z"}, "/rounds/0/closed_at", "closed_too_early"),
        (without_quorum, {"/rounds/0/ballots/member-a/cast_at": AFTER_ITS_TIME}, "/rounds/0/ballots/member-a/cast_at",
         "other_time"),
        (voided, {"/rounds/0/set_aside": "other"}, "/rounds/0/set_aside", "other_reason"),
        (voided, {"/rounds/0/reserves": ["member-g"]}, "/rounds/0/electorate", "other_electorate"),
        (reopened, {"/reopened": []}, "/rounds/0", "decided_before"),
        (reopened, {"/reopened/0/round": 2}, "/reopened/0", "other_round"),
        (kept, {"/rounds/0/electorate/0": "other"}, "/rounds/0/electorate", "other_electorate"),
        (kept, {"/rounds/0/seed": None}, "/rounds/0/electorate", "other_electorate"),
        (kept, {"/rounds/0/ballots": {}, "/rounds/0/set_aside": "sent_back"}, "/rounds/0/set_aside", "other_reason"),
    ],
)  # fmt: skip
def test_what_is_changed_about_an_earlier_round_is_found(
    made: Callable[[], Walk], changes: dict[str, Any], place: str, code: str
) -> None:
    found = found_in(changed(document(made), changes))

    assert (place, code) in found, found


def test_a_round_that_carried_a_higher_tier_without_raising_it_is_found() -> None:
    assert ("/rounds/0", "other_tier") in found_in(as_all_voted(document(kept), "grant"))


def test_the_signer_reads_the_figures_of_earlier_rounds_too() -> None:
    refused_by_signer(changed(document(sent_back), {"/rounds/0/base_min": 1}), "other_quorum")


def test_a_round_after_one_that_ended_the_case_for_want_of_room_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    record = document_of(record_of(sent_back(edition=7).case, small()))
    assert found_in(record) == set()
    monkeypatch.setattr(rounds, "BALLOTS_MAX", 13)
    monkeypatch.setattr(rounds, "ROUNDS_MAX", 2)
    assert found_in(record) == set()
    monkeypatch.setattr(rounds, "BALLOTS_MAX", 11)
    assert ("/rounds/0", "too_many_rounds") in found_in(record)
