"""A case filled to all that the rules allow: every text and list at its maximum, as an attacker would leave it."""

from collections.abc import Iterator
from typing import Any

from certify.procedure import lodging
from schemas.case import Case, Countersignature, Lodged, TierConfirmation, TierRaise
from schemas.clocks import Reminded, Stop
from schemas.correction import Grade, Nonconformity
from schemas.decision import Ballot
from schemas.evidence import PROTOCOLS_CITED_MAX, PROTOCOLS_MAX, EvidenceItem, TextRef
from schemas.people import Role
from schemas.protocol import Protocol, ProtocolForm
from schemas.public_statement import (
    GROUP_MEASURES_MAX,
    PUBLIC_STATEMENT_BYTES_MAX,
    GroupMeasure,
    PublicStatement,
)
from schemas.questions import Question
from schemas.records import Ack
from schemas.review import Assignment, Finding, InterestReport, Interests, Proposed, Review, Revision
from schemas.scheme import Tier
from schemas.stages import Choice, Stage
from tests.builders import START, Walk, issued_label, sha256
from workflows.casework import CaseFile
from workflows.options import RECEIPTS_KEPT
from workflows.rules.case import (
    assignment,
    intake,
    interest_reports,
    interests,
    questions,
    revision,
    rounds,
    signed_acts,
    third_party,
)
from workflows.rules.case import evidence as evidence_rules

FULL_ORIGIN = "https://".ljust(300, "x")


def long_id(kind: str, number: int) -> str:
    """An identifier as long as one may be."""
    return f"{kind}-{number}-".ljust(64, "x")


def full_text() -> TextRef:
    return TextRef(digest=sha256("text"), length=40_000)


def full_items(case: Case) -> dict[str, EvidenceItem]:
    """All items that there may be, taken back or not, described at the length the rules still allow."""
    first = next(iter(case.evidence.values()))
    room = evidence_rules.room_for_items(case) // evidence_rules.ITEMS_EVER_MAX
    spare = room - len(first.model_copy(update={"file": ""}).model_dump_json().encode())
    items = {
        f"E{number}": first.model_copy(update={"id": f"E{number}", "file": f"{number}".rjust(spare, "f")})
        for number in range(9600, 9600 + evidence_rules.ITEMS_EVER_MAX)
    }
    taken = sum(len(item.model_dump_json()) for item in items.values())
    assert taken > evidence_rules.room_for_items(case) - evidence_rules.ITEMS_EVER_MAX
    return items


def full_statement() -> PublicStatement:
    """As much as one may state for the public page."""
    measures = tuple(
        GroupMeasure(measure=str(place).ljust(80, "ж"), group="ж" * 80, value="ж" * 40)
        for place in range(GROUP_MEASURES_MAX)
    )
    least = PublicStatement(main_limitations="x", group_measures=measures)
    spare = PUBLIC_STATEMENT_BYTES_MAX - len(least.model_dump_json().encode())
    return least.model_copy(update={"main_limitations": "x" + "€" * (spare // 3) + "x" * (spare % 3)})


def full_lodged(lodged: Lodged) -> Lodged:
    """What an application states, as long as lodging allows."""
    room = intake.BYTES_MAX - len(lodged.model_dump_json().encode())
    return lodged.model_copy(update={"ethics_officer": "o" * room})


def full_findings(case: Case) -> dict[str, Review]:
    """Three reviewers, each with every criterion of the critical tier, each citing fifty items."""
    cited = tuple(f"E{number}" for number in range(9800, 9850))
    findings = tuple(
        Finding(
            criterion=one.criterion,
            verdict="not_met",
            rationale=full_text(),
            cited=cited,
            grade=Grade.MAJOR,
            reliance=full_text(),
            manifest=16,
            protocols=tuple(f"P{number}" for number in range(1, PROTOCOLS_CITED_MAX + 1)),
        )
        for one in case.results
    )
    changed = tuple(
        Revision(
            criterion=one.criterion, before="not_applicable", after="partly_met", reason=full_text(), revised_at=START
        )
        for one in case.results[: revision.REVISIONS_MAX]
    )
    return {
        long_id("expert", number): Review(
            reviewer=long_id("expert", number), submitted_at=START, findings=findings, revisions=changed
        )
        for number in range(3)
    }


def full_rounds(case: Case, members: int, number: int) -> tuple[Any, ...]:
    """Rounds in which every member votes, signed, with reasons and twenty grounds."""
    vote = case.rounds[0]
    electorate = tuple(long_id("member", place) for place in range(members))
    ballots = {
        member: Ballot(
            member=member,
            round=number,
            choice=Choice.ABSTAIN,
            manifest_digest=vote.manifest_digest,
            scheme_digest=vote.scheme_digest,
            grounds=tuple(result.criterion for result in vote.results[:20]),
            reasons=full_text(),
            dissent=full_text(),
            proof=sha256("receipt"),
            cast_at=START,
        )
        for member in electorate
    }
    changes = {
        "electorate": electorate,
        "pool": electorate,
        "reserves": electorate[: rounds.RESERVES_MAX],
        "recused": (),
        "ballots": ballots,
        "set_aside": "third_party_has_interest",
        "origin": FULL_ORIGIN,
    }
    return tuple(vote.model_copy(update=changes) for _ in range(number))


def full_search(case: Case) -> dict[str, Any]:
    """All that questions, clocks, disputes and the search for people can leave in a case."""
    criteria = tuple(one.criterion for one in case.results)
    question = Question(
        number=40,
        asked_by=long_id("expert", 0),
        stage=Stage.EVALUATION,
        criteria=criteria[:20],
        text=full_text(),
        asked_at=START,
        due_at=START,
        answer=full_text(),
        answered_at=START,
    )
    answers = dict(case.lodged.answers)
    confirmation = TierConfirmation(
        reviewer=long_id("expert", 0),
        answers=answers,
        rationale=dict.fromkeys(answers, full_text()),
        assessment=case.assessment.model_copy(update={"applied": tuple(f"F{place}" for place in range(16))}),
        confirmed_at=START,
    )
    third = tuple(long_id("third", place) for place in range(third_party.POOL_MAX))
    clocks = [f"question/{place}" for place in range(40)] + [f"correction/{one}" for one in criteria]
    clocks += [f"assignment/{long_id('expert', place)}" for place in range(assignment.ASKED_MAX)]
    return {
        "questions": (question,) * questions.QUESTIONS_MAX,
        "confirmation": confirmation,
        "raises": (TierRaise(before=Tier.LOW, tier=Tier.MEDIUM, confirmation=confirmation),) * 3,
        "bench": (Proposed(reviewer=long_id("expert", 0), areas=("application_domain",) * 3),) * 40,
        "proposal": full_text(),
        "third_party_drawn": third[0],
        "third_party_pool": third,
        "third_party_seed": sha256("seed"),
        "third_party_refused": third,
        "stops": dict.fromkeys(("intake", "evaluation"), Stop(stopped_at=START, due_at=START)),
        "due": dict.fromkeys(("intake", "evaluation"), START),
        "resumed": dict.fromkeys(("intake", "evaluation"), START),
        "reminded": dict.fromkeys(clocks, Reminded(due_at=START, days=(7, 3, -1))),
    }


def full_corrections(case: Case) -> dict[str, Any]:
    """Every version of the manifest with all items, and a nonconformity of all reviewers under every criterion."""
    assert case.manifest is not None
    items = tuple(f"E{number}" for number in range(9600, 9600 + evidence_rules.ITEMS_MAX))
    ever = tuple(f"E{number}" for number in range(9600, 9600 + evidence_rules.ITEMS_EVER_MAX))
    criteria = tuple(one.criterion for one in case.results)
    named = {key: one.digest for key, one in full_protocols(case).items()}
    earlier = case.manifest.model_copy(
        update={"items": items, "reasons": {}, "reasons_changed": criteria, "protocols": {}}
    )
    by_rule = earlier.model_copy(update={"items": (), "reasons_changed": (), "handed_in": 16, "protocols": named})
    open_one = Nonconformity(
        criterion=criteria[0],
        grade=Grade.MAJOR,
        raised_by=tuple(long_id("expert", number) for number in range(3)),
        raised_at=START,
        due_at=START,
        extensions=1,
        closed_at=START,
    )
    return {
        # What corrections and the ways back to the applicant allow; of these and beyond, what protocols bring by
        # rule: entered once at least, each author leaving once.
        "manifests": (earlier,) * (evidence_rules.CORRECTIONS_MAX + evidence_rules.WAYS_BACK)
        + (by_rule,) * (PROTOCOLS_MAX + 2),
        "protocols": full_protocols(case),
        "manifest": earlier.model_copy(update={"protocols": named, "reasons": dict.fromkeys(criteria, full_text())}),
        "public_statement": full_statement(),
        "public_statement_handed_in": full_statement(),
        "set_aside": ever,
        "nonconformities": {one: open_one.model_copy(update={"criterion": one}) for one in criteria},
    }


def full_protocols(case: Case) -> dict[str, Protocol]:
    """As many protocols as a case takes, each under as many criteria as one may concern."""
    one = Protocol(
        id="P1",
        form=ProtocolForm.DEMONSTRATION,
        held_on=START.date(),
        participants=full_text(),
        criteria=tuple(one.criterion for one in case.results)[:20],
        shown=full_text(),
        observed=full_text(),
        item="E9800",
        recorded_by=long_id("expert", 0),
        recorded_at=START,
    )
    return {f"P{number}": one.model_copy(update={"id": f"P{number}"}) for number in range(1, PROTOCOLS_MAX + 1)}


def full_decisions(case: Case) -> dict[str, Any]:
    """As many reopened decisions as there can be rounds, the last one released, and all that was countersigned."""
    granted = case.decision
    assert granted is not None
    given = Countersignature(person=long_id("member", 0), round=12, by=long_id("secretary", 0), at=START)
    return {
        "reopened": (granted,) * rounds.ROUNDS_MAX,
        "hearing": full_text(),
        "hearing_due_at": START,
        "released_by": long_id("officer", 0),
        "release_proof": sha256("receipt"),
        "countersigns": (given,) * signed_acts.COUNTERSIGNS_MAX,
        "label": issued_label(case),
        "errands_done": ("register_label/0123456789ABCDEF",) * 3,
    }


def full_case(case: Case, members: int) -> Case:
    declared = Interests(person=long_id("person", 0), has_interest=True, statement=full_text(), declared_at=START)
    asked = Assignment(
        reviewer=long_id("expert", 0), areas=("application_domain",) * 3, assigned_at=START, answer_due_at=START
    )
    number = min(rounds.ROUNDS_MAX, rounds.BALLOTS_MAX // members)
    return case.model_copy(
        update={
            "lodged": full_lodged(case.lodged),
            "evidence": full_items(case),
            "not_applicable": {one.criterion: full_text() for one in case.results},
            "interest_reports": tuple(full_reports()),
            "interests": {long_id("person", place): declared for place in range(interests.DECLARATIONS_MAX)},
            "assignments": {long_id("expert", place): asked for place in range(assignment.ASKED_MAX)},
            "reviews": full_findings(case),
            "rounds": full_rounds(case, members, number),
            **full_search(case),
            **full_corrections(case),
            **full_decisions(case),
        }
    )


def full_reports() -> Iterator[InterestReport]:
    for place in range(interest_reports.REPORTS_MAX):
        yield InterestReport(
            person=long_id("person", place),
            role=Role.NEUTRAL_THIRD_PARTY,
            statement=full_text(),
            reported_by=long_id("person", 50 + place),
            reported_at=START,
            settled_by=long_id("person", 70 + place),
            settled_at=START,
            reasons=full_text(),
        )


def full_file(members: int) -> CaseFile:
    """All that a case of today's edition carries, where it needs a release and every ballot was countersigned."""
    walk = Walk(Tier.CRITICAL, members=9, edition=lodging.EDITION).to_grant()
    acks = (Ack(act_id=long_id("act", place), digest=sha256("act"), number=9999) for place in range(RECEIPTS_KEPT))
    return CaseFile(
        application="case-1",
        rules=walk.rules,
        case=full_case(walk.case, members),
        receipts={ack.act_id: ack for ack in acks},
    )
