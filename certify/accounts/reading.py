"""The one place that narrows a case to what somebody may see: for the API, the pages and the exports alike."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import TypeVar

from pydantic import BaseModel

from certify.accounts.parts import Part, parts_in
from certify.accounts.policy import CASE_PERMISSIONS, permit, require_readable
from certify.accounts.principal import Principal
from certify.accounts.reading_clocks import clocks_for
from certify.accounts.reading_correction import (
    nonconformities_in,
    separate_opinions_in,
    to_be_supplemented_in,
    versions_in,
)
from certify.accounts.reading_parts import (
    BallotReading,
    CaseClock,
    ConfirmationReading,
    InterestReportReading,
    NonconformityReading,
    OwnPart,
    Participants,
    ProtocolReading,
    QuestionReading,
    ReadingPart,
    RecommendationReading,
    RequirementReading,
    ReviewReading,
    RoundReading,
    TierStep,
    VersionReading,
)
from certify.accounts.reading_people import interest_reports_for, participants_of
from certify.accounts.reading_protocols import protocols_for
from schemas.case import Case, SchemePin, SystemFacts, TierAssessment
from schemas.clocks import Clock
from schemas.correction import Difference
from schemas.decision import Decision, Round
from schemas.evidence import EvidenceItem, TextRef
from schemas.identifiers import CriterionId, Digest, Identifier, ItemId, Name, RuleId
from schemas.label import IssuedLabel
from schemas.public_statement import PublicStatement
from schemas.review import Finding, Result, ReviewerAgreement
from schemas.scheme import SchemeRules, Tier
from schemas.stages import Stage
from workflows.rules.case.agreement import agreement
from workflows.rules.case.clocks import clocks_of
from workflows.rules.case.evidence import missing, requirements_of
from workflows.rules.case.expiry import went_back_for
from workflows.rules.case.hearing import is_heard
from workflows.rules.case.public_statement import statement_is_there
from workflows.rules.case.rounds import ended_without_decision
from workflows.rules.case.standing import not_handed_in, outstanding, outstanding_lookups
from workflows.rules.clocks import EVALUATION

T = TypeVar("T")


class CaseReading(ReadingPart):
    """A case as one person may see it; None or empty is what is not there, or not there for them.

    Attributes:
        parts: what the reader is to the case.
        application_digest: the lodged application's text, for those who may open it.
        evidence: what was handed in; `may_open_evidence` tells whether the files themselves may be opened.
        set_aside: items of an earlier version of the manifest that are not in the present one.
        protocols: of demonstrations and interviews; those of others once a manifest has named them.
        public_statement: for an extended public page, as last stated; `public_statement_handed_in` as it was
            frozen. Without one evidence is not handed in where `public_statement_missing`.
        agreement: how far reviewers agree, for those who recommend, decide and keep the case.
        to_be_supplemented: what the ballots that sent the case back ask for, without their members.
        separate_opinions: dissents of the deciding round, where the scheme publishes them.
        ran_out: items that had expired when the case went back to its applicant, who hands in what is in force; told
            to whom differences are told.
        without_decision: the case ended because it took all its rounds and none of them decided.
        sent_back: how often the applicant was let supplement the file; `reopened` how many decisions were set aside.
        differences: what each later version of the manifest changed; `not_handed_in` what was changed since. Who has
            still to judge for the first time is told of neither: it would say what others found.
        may: for every kind of act None where the case would take it now, else the code of what stands in the way.
    """

    id: Identifier
    reference: Name
    stage: Stage
    tier: Tier
    assessment: TierAssessment
    system: SystemFacts
    organisation: Identifier
    organisation_name: Name
    scheme: SchemePin
    clock: CaseClock
    clocks: tuple[Clock, ...]
    raises: tuple[TierStep, ...]
    disputed_tier: Tier | None
    parts: tuple[Part, ...]
    own: OwnPart
    rule: RuleId | None
    manifest_digest: Digest | None
    manifest_version: int | None
    decision: Decision | None
    label: IssuedLabel | None
    rounds: tuple[RoundReading, ...]
    application_digest: Digest | None
    requirements: tuple[RequirementReading, ...]
    missing: tuple[CriterionId, ...]
    not_applicable: dict[CriterionId, TextRef]
    evidence: tuple[EvidenceItem, ...]
    set_aside: tuple[ItemId, ...]
    protocols: tuple[ProtocolReading, ...]
    public_statement: PublicStatement | None
    public_statement_handed_in: PublicStatement | None
    public_statement_missing: bool
    may_open_evidence: bool
    lookups: tuple[CriterionId, ...]
    lookups_outstanding: tuple[CriterionId, ...]
    lookup_findings: tuple[Finding, ...]
    reviews: tuple[ReviewReading, ...]
    results: tuple[Result, ...]
    agreement: tuple[ReviewerAgreement, ...]
    nonconformities: tuple[NonconformityReading, ...]
    differences: tuple[VersionReading, ...]
    not_handed_in: tuple[Difference, ...]
    third_party_report: TextRef | None
    third_party_summary: TextRef | None
    recommendation: RecommendationReading | None
    hearing_asked: TextRef | None
    hearing: TextRef | None
    hearing_waived: bool
    to_be_supplemented: tuple[TextRef, ...]
    separate_opinions: tuple[TextRef, ...]
    ran_out: tuple[ItemId, ...]
    without_decision: bool
    sent_back: int
    reopened: int
    reason: TextRef | None
    questions: tuple[QuestionReading, ...]
    confirmation: ConfirmationReading | None
    participants: Participants | None
    interest_reports: tuple[InterestReportReading, ...]
    may: dict[str, str | None]

    @property
    def texts(self) -> frozenset[str]:
        """Digests of the texts this reader may open: exactly those the reading names."""
        return frozenset(ref.digest for ref in _text_refs(self))

    def due_by(self, clock: str) -> datetime | None:
        """Return by when a clock that runs is due, None while none of that name runs."""
        return next((one.due_at for one in self.clocks if one.name == clock and one.stopped_at is None), None)

    def item(self, digest: str) -> EvidenceItem | None:
        """Return the item with a file's digest, if this reader may open it."""
        if not self.may_open_evidence:
            return None
        return next((item for item in self.evidence if item.digest == digest), None)


def reading_of(case: Case | None, principal: Principal, rules: SchemeRules) -> CaseReading:
    """Return what somebody may see of a case.

    Raises:
        NotFound: `unknown_application`, whether there is none or it is not for them.
        NotPermitted: `scope_missing`.
    """
    case = require_readable(principal, case)
    system = case.lodged.system

    def one(action: str, found: Callable[[], T | None]) -> T | None:
        return found() if permit(principal, action, case) else None

    def many(action: str, found: Callable[[], Iterable[T]]) -> tuple[T, ...]:
        return tuple(found()) if permit(principal, action, case) else ()

    return CaseReading(
        id=case.id,
        reference=case.lodged.reference,
        stage=case.stage,
        tier=case.tier,
        assessment=case.assessment,
        system=system,
        organisation=case.lodged.organisation,
        organisation_name=case.lodged.organisation_name,
        scheme=case.lodged.scheme,
        clock=_clock(case, rules),
        clocks=clocks_for(case, principal, rules),
        raises=tuple(TierStep(before=step.before, tier=step.tier, round=step.round) for step in case.raises),
        disputed_tier=case.disputed_tier,
        parts=tuple(sorted(parts_in(case, principal.facts, principal.hears))),
        own=_own_part(case, principal.person),
        rule=case.rule,
        manifest_digest=case.manifest.digest if case.manifest else None,
        manifest_version=case.manifest.version if case.manifest else None,
        decision=case.decision,
        label=case.label,
        rounds=tuple(_round(case, vote, principal) for vote in case.rounds),
        application_digest=one("read_application_text", lambda: case.lodged.digest),
        requirements=many("read_evidence_list", lambda: _requirements(case, rules)),
        missing=many("read_evidence_list", lambda: missing(case, rules)),
        not_applicable=one("read_evidence_list", lambda: case.not_applicable) or {},
        evidence=many("read_evidence_list", case.evidence.values),
        set_aside=many("read_evidence_list", lambda: case.set_aside),
        protocols=protocols_for(case, principal),
        public_statement=one("read_evidence_list", lambda: case.public_statement),
        public_statement_missing=not statement_is_there(case, rules),
        public_statement_handed_in=one("read_evidence_list", lambda: case.public_statement_handed_in),
        may_open_evidence=bool(permit(principal, "read_evidence", case)),
        lookups=many("read_participants", lambda: case.plan.lookups if case.plan else ()),
        lookups_outstanding=many("read_participants", lambda: outstanding_lookups(case)),
        lookup_findings=_lookups(case, principal),
        reviews=_reviews(case, principal),
        results=many("read_results", lambda: _results(case)),
        agreement=many("read_agreement", lambda: agreement(case)),
        nonconformities=many("read_results", lambda: nonconformities_in(case)),
        differences=many("read_differences", lambda: versions_in(case)),
        not_handed_in=many("read_differences", lambda: not_handed_in(case) if case.manifest else ()),
        third_party_report=one("read_third_party_report", lambda: case.third_party_report),
        third_party_summary=one("read_third_party_report", lambda: case.third_party_summary),
        recommendation=one("read_recommendation", lambda: _recommendation(case)),
        hearing_asked=one("read_hearing", lambda: case.hearing_asked),
        hearing=one("read_hearing", lambda: case.hearing),
        hearing_waived=case.hearing_waived,
        to_be_supplemented=many("read_hearing", lambda: to_be_supplemented_in(case)),
        separate_opinions=many("read_separate_opinions", lambda: separate_opinions_in(case, rules)),
        ran_out=many("read_differences", lambda: went_back_for(case)),
        without_decision=ended_without_decision(case),
        sent_back=case.sent_back,
        reopened=len(case.reopened),
        reason=one("read_reason", lambda: case.reason),
        questions=_questions(case, principal),
        confirmation=_confirmation(case, principal),
        participants=one("read_participants", lambda: participants_of(case)),
        interest_reports=many("read_interest_reports", lambda: interest_reports_for(case, principal, rules)),
        may={kind: _refusal(principal, kind, case, rules) for kind in CASE_PERMISSIONS},
    )


def _refusal(principal: Principal, kind: str, case: Case, rules: SchemeRules) -> str | None:
    refusal = permit(principal, kind, case, rules).refusal
    return refusal.code if refusal is not None else None


def _clock(case: Case, rules: SchemeRules) -> CaseClock:
    vote = case.open_round
    moved = {clock.name: clock.due_at for clock in clocks_of(case, rules)}
    return CaseClock(
        lodged_at=case.lodged_at,
        accepted_at=case.accepted_at,
        evidence_due_at=case.evidence_due_at if case.stage == Stage.EVIDENCE else None,
        evaluation_due_at=moved.get(EVALUATION),
        round_closes_at=vote.closes_at if vote else None,
        hearing_due_at=case.hearing_due_at if case.stage == Stage.DECISION and not is_heard(case) else None,
        ended_at=case.ended_at,
    )


def _own_part(case: Case, person: str) -> OwnPart:
    vote = case.open_round
    return OwnPart(
        assignment=case.assignments.get(person),
        interests=case.interests.get(person),
        criteria=case.plan.criteria.get(person, ()) if case.plan else (),
        outstanding=outstanding(case, person),
        review=case.reviews.get(person),
        is_rapporteur=case.rapporteur == person,
        is_elector=vote is not None and person in vote.base,
        has_voted=vote is not None and person in vote.ballots,
        is_lead=case.plan is not None and case.plan.lead == person,
    )


def _requirements(case: Case, rules: SchemeRules) -> tuple[RequirementReading, ...]:
    lacking = missing(case, rules)
    return tuple(
        RequirementReading(
            criterion=one.criterion,
            status=one.status.value,
            mandatory=one.mandatory,
            source=one.source,
            covered=one.criterion not in lacking,
        )
        for one in requirements_of(case, rules)
    )


def _reviews(case: Case, principal: Principal) -> tuple[ReviewReading, ...]:
    """Return the reviews this reader may see: their own always, the others when and as the policy says."""
    all_of_them = permit(principal, "read_reviews", case)
    with_names = permit(principal, "read_participants", case)
    return tuple(
        ReviewReading(
            reviewer=reviewer if with_names or reviewer == principal.person else None,
            findings=review.findings
            if with_names or reviewer == principal.person
            else _unblinded(case, review.findings),
            revisions=review.revisions,
        )
        for reviewer, review in case.reviews.items()
        if all_of_them or reviewer == principal.person
    )


def _unblinded(case: Case, findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings that others may see: while a later version is judged, only those on earlier ones."""
    if case.stage != Stage.EVALUATION or case.manifest is None:
        return tuple(findings)
    # A version that protocols alone made is judged with the one before it.
    judged = case.manifest.handed_in or case.manifest.version
    return tuple(finding for finding in findings if finding.manifest < judged)


def _lookups(case: Case, principal: Principal) -> tuple[Finding, ...]:
    if not permit(principal, "read_reviews", case):
        return ()
    with_names = permit(principal, "read_participants", case)
    return tuple(case.lookups.values()) if with_names else _unblinded(case, case.lookups.values())


def _questions(case: Case, principal: Principal) -> tuple[QuestionReading, ...]:
    """Return the questions this reader may see; while reviewers are blind to each other, of theirs their own."""
    of_intake = permit(principal, "read_questions", case)
    of_reviewers = permit(principal, "read_reviewers_questions", case)
    with_names = bool(permit(principal, "read_participants", case))
    return tuple(
        QuestionReading.of(one, with_name=with_names or one.asked_by == principal.person)
        for one in case.questions
        if one.asked_by == principal.person or (of_intake if one.stage == Stage.INTAKE else of_reviewers)
    )


def _confirmation(case: Case, principal: Principal) -> ConfirmationReading | None:
    found = case.confirmation
    if found is None or not (permit(principal, "read_confirmation", case) or found.reviewer == principal.person):
        return None
    return ConfirmationReading(**{name: getattr(found, name) for name in ConfirmationReading.model_fields})


def _results(case: Case) -> tuple[Result, ...]:
    """Return the results, with what the Register answered when the last round on the label was opened."""
    voted_on = case.rounds_on_label[-1].results if case.rounds_on_label else ()
    known = {one.criterion for one in case.results}
    return (*case.results, *(one for one in voted_on if one.criterion not in known))


def _recommendation(case: Case) -> RecommendationReading | None:
    given = case.recommendation
    if given is None:
        return None
    return RecommendationReading(recommends=given.recommends, reasons=given.reasons, submitted_at=given.submitted_at)


def _round(case: Case, vote: Round, principal: Principal) -> RoundReading:
    # A round that was voided was never counted: its ballots stay as hidden as those of an open one.
    with_choices = vote.tally is not None and permit(principal, "read_ballots", case)
    with_people = permit(principal, "read_participants", case)
    cast = [ballot for member, ballot in vote.ballots.items() if member in vote.base]
    return RoundReading(
        number=vote.number,
        opened_at=vote.opened_at,
        closes_at=vote.closes_at,
        closed_at=vote.closed_at,
        base=len(vote.base),
        cast=len(cast),
        recused=len(vote.recused),
        proposed_tier=vote.proposed_tier,
        quorum=vote.quorum,
        majority=vote.majority,
        manifest_digest=vote.manifest_digest,
        scheme_digest=vote.scheme_digest,
        tally=vote.tally,
        set_aside=vote.set_aside,
        ballots=tuple(BallotReading.of(ballot) for ballot in cast) if with_choices else None,
        electorate=vote.electorate if with_people else None,
        voted=tuple(sorted(ballot.member for ballot in cast)) if with_people else None,
    )


def _text_refs(part: object) -> Iterator[TextRef]:
    """Yield every reference to a text anywhere in a reading."""
    if isinstance(part, TextRef):
        yield part
    elif isinstance(part, BaseModel):
        for _, value in part:
            yield from _text_refs(value)
    elif isinstance(part, tuple):
        for value in part:
            yield from _text_refs(value)
    elif isinstance(part, dict):
        yield from _text_refs(tuple(part.values()))
