"""Cases at every stage with the same cast, and everyone who may look at them."""

import hashlib
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from certify.accounts.principal import ALL_SCOPES, Principal
from schemas.case import Case, Lodged, SchemePin, SystemFacts, TierAssessment, TierConfirmation
from schemas.correction import Grade, Nonconformity
from schemas.decision import Ballot, Decision, Round
from schemas.evidence import EvidenceItem, Maker, Manifest, TextRef
from schemas.people import PersonFacts, Role
from schemas.questions import Question
from schemas.review import Assignment, Finding, Interests, Plan, Recommendation, Result, Review
from schemas.scheme import BUILT_IN, SchemeRules, Tier
from schemas.scheme_loading import load_scheme
from schemas.stages import Choice, Outcome, Stage, Verdict
from workflows.rules.quorum import tally

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
CRITERION = "I-1.3-01"
REVIEWERS = ("expert-ada", "expert-ben")
MEMBERS = ("member-cid", "member-dov", "member-eli")
RAPPORTEUR = "member-dov"
APPLICANT_ORGANISATION = "organisation-acme"

PEOPLE = {
    "applicant": PersonFacts(
        person="applicant-zoe", roles=(Role.APPLICANT,), organisation=APPLICANT_ORGANISATION, entry=1
    ),
    "applicant elsewhere": PersonFacts(
        person="applicant-yan", roles=(Role.APPLICANT,), organisation="organisation-other", entry=2
    ),
    "secretariat": PersonFacts(person="officer-fay", roles=(Role.SECRETARIAT,), entry=3),
    "secretariat tied": PersonFacts(
        person="officer-gil", roles=(Role.SECRETARIAT,), tied_to=(APPLICANT_ORGANISATION,), entry=12
    ),
    "auditor": PersonFacts(person="auditor-gus", roles=(Role.AUDITOR,), entry=4),
    "expert": PersonFacts(person=REVIEWERS[0], roles=(Role.EXPERT,), areas=("ethics_or_law",), entry=5),
    "expert not asked": PersonFacts(person="expert-hal", roles=(Role.EXPERT,), areas=("ethics_or_law",), entry=6),
    "commissioner": PersonFacts(person=MEMBERS[0], roles=(Role.COMMISSIONER,), entry=7),
    "commissioner undeclared": PersonFacts(person="member-ida", roles=(Role.COMMISSIONER,), entry=8),
    "third party": PersonFacts(person="third-jon", roles=(Role.NEUTRAL_THIRD_PARTY,), entry=9),
    "label officer": PersonFacts(person="release-kim", roles=(Role.LABEL_OFFICER,), entry=10),
    "operator": PersonFacts(person="operator-lea", roles=(Role.OPERATOR,), entry=11),
}

_ORDER = (
    Stage.INTAKE, Stage.EVIDENCE, Stage.PLANNING, Stage.EVALUATION, Stage.CORRECTION, Stage.RECOMMENDATION,
    Stage.DECISION, Stage.ATTESTATION,
)  # fmt: skip
STAGES = (*_ORDER, Stage.GRANTED, Stage.REFUSED)


@cache
def rules() -> SchemeRules:
    return load_scheme(BUILT_IN).rules


def principal(facts: PersonFacts, **changes: Any) -> Principal:
    return Principal(
        **{"facts": facts, "name": facts.person.title(), "authn": "session", "scopes": ALL_SCOPES} | changes
    )


def digest(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()


def text(words: str) -> TextRef:
    return TextRef(digest=digest(words), length=len(words))


def declared(person: str, *, has_interest: bool = False) -> Interests:
    return Interests(person=person, has_interest=has_interest, declared_at=NOW, statement=text(f"interest of {person}"))


def assigned(person: str, *, accepted: bool | None = True) -> Assignment:
    return Assignment(reviewer=person, areas=("ethics_or_law",), assigned_at=NOW, accepted=accepted)


def review_by(person: str, verdict: Verdict = Verdict.MET) -> Review:
    finding = Finding(criterion=CRITERION, verdict=verdict, rationale=text(f"rationale of {person}"), cited=("E1",))
    return Review(reviewer=person, submitted_at=NOW, findings=(finding,))


def ballot_of(member: str, choice: Choice) -> Ballot:
    return Ballot(
        member=member,
        round=1,
        choice=choice,
        manifest_digest=digest("manifest"),
        scheme_digest=digest("scheme"),
        reasons=text(f"reasons of {member}"),
        cast_at=NOW,
    )


def open_round(*, ballots: tuple[Ballot, ...] = (), electorate: tuple[str, ...] = MEMBERS) -> Round:
    return Round(
        number=1,
        opened_at=NOW,
        closes_at=NOW + timedelta(days=14),
        electorate=electorate,
        base_min=3,
        quorum="2/3",
        majority="2/3",
        manifest_digest=digest("manifest"),
        scheme_digest=digest("scheme"),
        results=(_result(),),
        ballots={ballot.member: ballot for ballot in ballots},
    )


def closed(vote: Round) -> Round:
    return vote.model_copy(update={"closed_at": NOW, "tally": tally(vote)})


def _result() -> Result:
    return Result(criterion=CRITERION, verdict=Verdict.MET, source="review", mandatory=True)


def case_at(stage: Stage, *, tier: Tier = Tier.CRITICAL, **changes: Any) -> Case:
    """Return a case in a stage: two experts reviewed it, three members vote on it, all declared no interest."""
    steps = _ORDER if stage in {Stage.GRANTED, Stage.REFUSED} else _ORDER[: _ORDER.index(stage) + 1]
    found: dict[str, Any] = {}
    for step in steps:
        found |= _CAME_TO_BE[step]()
    case = Case(
        id="case-one",
        entry=20,
        stage=stage,
        lodged=_lodged(),
        lodged_by="applicant-zoe",
        lodged_at=NOW,
        assessment=TierAssessment(tier=tier, base=20, band=tier),
        not_applicable={"II-1.3-01": text("why it does not apply")},
        evidence={"E1": _item()},
        **found,
    )
    return case.model_copy(update=changes)


def _planned() -> dict[str, Any]:
    people = (*REVIEWERS, "third-jon")
    return {
        "manifest": Manifest(version=1, digest=digest("manifest"), items=("E1",)),
        "assignments": {person: assigned(person) for person in REVIEWERS},
        "interests": {person: declared(person) for person in people},
    }


def asked(number: int, by: str, stage: Stage) -> Question:
    return Question(
        number=number,
        asked_by=by,
        stage=stage,
        text=text(f"question of {by}"),
        asked_at=NOW,
        due_at=NOW + timedelta(days=30),
    )


def confirmed(by: str = REVIEWERS[0], tier: Tier = Tier.CRITICAL) -> TierConfirmation:
    return TierConfirmation(
        reviewer=by,
        answers=dict.fromkeys(rules().questions, 2),
        rationale={"Q1": text("rationale of an answer")},
        assessment=TierAssessment(tier=tier, base=24, band=tier),
        confirmed_at=NOW,
    )


def _evaluated() -> dict[str, Any]:
    return {
        "questions": (asked(1, "officer-fay", Stage.INTAKE), asked(2, REVIEWERS[0], Stage.EVALUATION)),
        "confirmation": confirmed(),
        "plan": Plan(criteria=dict.fromkeys(REVIEWERS, (CRITERION,)), digest=digest("plan")),
        "reviews": {person: review_by(person) for person in REVIEWERS},
        "lookups": {"II-1.3-01": Finding(criterion="II-1.3-01", verdict=Verdict.MET, rationale=text("looked up"))},
        "third_party": "third-jon",
        "third_party_report": text("report of the third party"),
    }


def _failed() -> dict[str, Any]:
    one = Nonconformity(
        criterion=CRITERION, grade=Grade.MAJOR, raised_by=REVIEWERS, raised_at=NOW, due_at=NOW + timedelta(days=90)
    )
    failed = _result().model_copy(update={"verdict": Verdict.NOT_MET})
    return {**_closed(), "rapporteur": None, "results": (failed,), "nonconformities": {CRITERION: one}}


def _closed() -> dict[str, Any]:
    interests = _planned()["interests"] | {person: declared(person) for person in (*MEMBERS, "release-kim")}
    return {"results": (_result(),), "rapporteur": RAPPORTEUR, "interests": interests, "nonconformities": {}}


def _voting() -> dict[str, Any]:
    given = Recommendation(
        rapporteur=RAPPORTEUR, recommends=Outcome.GRANTED, reasons=text("recommended"), submitted_at=NOW
    )
    return {
        "recommendation": given,
        "hearing": text("heard"),
        "rounds": (open_round(ballots=(ballot_of(MEMBERS[1], Choice.ABSTAIN),)),),
    }


def _decided() -> dict[str, Any]:
    ballots = [ballot_of(MEMBERS[0], Choice.GRANT), ballot_of(MEMBERS[1], Choice.ABSTAIN)]
    vote = closed(open_round(ballots=(*ballots, ballot_of(MEMBERS[2], Choice.GRANT))))
    assert vote.tally is not None
    decision = Decision(
        number="case-one/20",
        outcome=Outcome.GRANTED,
        round=1,
        tally=vote.tally,
        quorum=vote.quorum,
        majority=vote.majority,
        manifest_digest=vote.manifest_digest,
        scheme_digest=vote.scheme_digest,
        decided_at=NOW,
    )
    return {"rounds": (vote,), "decision": decision}


_CAME_TO_BE = {
    Stage.INTAKE: dict,
    Stage.EVIDENCE: lambda: {"accepted_at": NOW, "evidence_due_at": NOW + timedelta(days=30)},
    Stage.PLANNING: _planned,
    Stage.EVALUATION: _evaluated,
    Stage.CORRECTION: _failed,
    Stage.RECOMMENDATION: _closed,
    Stage.DECISION: _voting,
    Stage.ATTESTATION: _decided,
}


def _lodged() -> Lodged:
    return Lodged(
        organisation=APPLICANT_ORGANISATION,
        organisation_name="Acme",
        country="RS",
        reference="acme-1",
        digest=digest("application"),
        scheme=SchemePin(id="ai-ethics-code", version="1", digest=digest("scheme")),
        system=SystemFacts(
            name="Reader",
            label_name="Reader",
            version="1.0",
            purpose="reads digits",
            deployment="cloud",
            languages=("en",),
        ),
        roles=("developer", "operator"),
        ethics_officer="Zoe Acme",
        gates={"G1": "yes", "G2": "no", "G3": "yes", "G4": "no", "G5": "nothing"},
        answers=dict.fromkeys(rules().questions, 2),
        agreement_accepted=True,
    )


def _item() -> EvidenceItem:
    return EvidenceItem(
        id="E1",
        file="facts.pdf",
        type=rules().criteria[CRITERION].evidence[0],
        criteria=(CRITERION,),
        made_by=Maker(kind="applicant"),
        effective=date(2026, 1, 1),
        received_at=NOW,
        covers_version="1.0",
        confidentiality="internal",
        digest=digest("file"),
        stored_digest=digest("file"),
        size=4,
    )
