"""Builders: valid records, so that a test changes one thing.

case = Walk().to_decision().case          # a low-tier case before its first round
Walk(tier=Tier.HIGH).to_evaluation()      # three reviewers who have said yes
"""

import hashlib
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any, Self
from uuid import uuid4

from schemas.act import Act
from schemas.acts import ACTS
from schemas.case import Case, Lodged, SchemePin, SystemFacts
from schemas.event import Event
from schemas.evidence import Maker, TextRef
from schemas.label import IssuedLabel
from schemas.people import ParticipantFacts, PersonFacts, Role
from schemas.review import Finding
from schemas.scheme import BUILT_IN, Scheme, SchemeRules, Tier
from schemas.scheme_loading import load_scheme
from schemas.stages import Choice, Outcome, Stage, Verdict
from tests.protocols import protocol
from tests.receipts import SIGNED_AT, signed
from tests.statements import STATEMENT
from workflows.rules.case.evaluation import MANIFEST_NAMED_SINCE
from workflows.rules.case.evidence import missing, nothing_is_missing
from workflows.rules.case.fold import evolve
from workflows.rules.case.interests import is_confirmed
from workflows.rules.case.procedure import decide, due
from workflows.rules.case.signed_acts import SIGNED_SINCE
from workflows.rules.case.standing import outstanding, outstanding_lookups

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)  # a Monday
ORGANISATION = "org-acme"
TIER_ANSWERS = {
    Tier.LOW: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    Tier.MEDIUM: (1, 1, 1, 2, 1, 1, 1, 2, 0, 1, 1, 0),
    Tier.HIGH: (1, 3, 0, 1, 1, 2, 0, 3, 1, 0, 0, 0),
    Tier.CRITICAL: (1, 1, 0, 1, 3, 1, 1, 0, 0, 1, 1, 3),
}


@lru_cache
def scheme() -> Scheme:
    """The scheme for the AI Ethics Code, as it comes."""
    return load_scheme(BUILT_IN)


@lru_cache
def scheme_digest() -> str:
    """Its digest; computing it takes a tenth of a second."""
    return scheme().digest


def sha256(text: str) -> str:
    """A digest that belongs to a text."""
    return hashlib.sha256(text.encode()).hexdigest()


def text(words: str = "Because the evidence shows it.") -> TextRef:
    """A reference to a stored text."""
    return TextRef(digest=sha256(words), length=len(words))


def person(name: str, *roles: Role, organisation: str | None = None, areas: tuple[str, ...] = ()) -> PersonFacts:
    """Someone known to the record."""
    return PersonFacts(person=name, roles=roles, organisation=organisation, areas=areas, entry=1)


AREAS = ("ai_technical", "ethics_or_law", "application_domain")
APPLICANT = person("anna", Role.APPLICANT, organisation=ORGANISATION)
SECRETARY = person("sofia", Role.SECRETARIAT)
EXPERTS = tuple(person(name, Role.EXPERT, areas=AREAS) for name in ("edda", "emil", "enzo"))
MEMBERS = tuple(person(f"member-{letter}", Role.COMMISSIONER) for letter in "abcdefghi")
THIRD_PARTY = person("tilda", Role.NEUTRAL_THIRD_PARTY)
LABEL_OFFICER = person("laura", Role.LABEL_OFFICER)


def lodged(tier: Tier = Tier.LOW, **changes: Any) -> Lodged:
    """An application of a tier, without evidence."""
    rules = scheme().rules
    fields: dict[str, Any] = {
        "organisation": ORGANISATION,
        "organisation_name": "Acme Vision",
        "country": "EE",
        "reference": "A-1",
        "digest": sha256("application"),
        "scheme": SchemePin(id=rules.id, version=rules.version, digest=scheme_digest()),
        "system": SystemFacts(
            name="Digit Reader",
            label_name="Digit Reader",
            version="1.2.0",
            purpose="Reads digits.",
            deployment="On a desk.",
            languages=("en",),
        ),
        "roles": ("developer", "operator"),
        "ethics_officer": "Olga Officer",
        "gates": {"G1": "yes", "G2": "no", "G3": "yes", "G4": "no", "G5": "none known"},
        "answers": dict(zip(rules.questions, TIER_ANSWERS[tier], strict=True)),
        "statements": {"groups_people": 0},
        "agreement_accepted": True,
    }
    return Lodged(**{**fields, **changes})


def amended(tier: Tier = Tier.LOW, **changes: Any) -> Lodged:
    """The same application, corrected."""
    return lodged(tier, **{"digest": sha256("corrected"), "ethics_officer": "Olga O. Officer", **changes})


def issued_label(case: Case) -> IssuedLabel:
    """A label for a granted case, with no key behind it."""
    assert case.decision is not None
    return IssuedLabel(
        id="0123456789ABCDEF",
        token="T0KEN",
        kid="00000000",
        decision_number=case.decision.number,
        status_index=1,
        subject_digest=sha256("subject")[:24],
        name_version=f"{case.lodged.system.label_name} {case.lodged.system.version}",
        tier=case.tier.value,
        holder=case.lodged.organisation_name,
        issued_at=case.decision.decided_at,
        expires_at=case.decision.decided_at,
    )


class Walk:
    """Walks one case along the straight path through the pure rules; every step is an act of a person."""

    def __init__(self, tier: Tier = Tier.LOW, *, members: int = 7, edition: int = 1, **changes: Any) -> None:
        self.rules: SchemeRules = scheme().rules
        self.now = START
        self.lodged = lodged(tier, **changes)
        self.members = MEMBERS[:members]
        self.edition = edition
        self.events: list[Event] = []
        self.sent: list[Act] = []
        self._state: Case | None = None

    @property
    def case(self) -> Case:
        """The case as it stands."""
        assert self._state is not None
        return self._state

    def build(self, kind: str, who: PersonFacts, **content: Any) -> Act:
        """An act with its facts, as the procedure would send it."""
        facts: dict[str, Any] = {
            "act_id": str(uuid4()),
            "application": "case-1",
            "people": {one.person: one for one in (*EXPERTS, *self.members, THIRD_PARTY)},
            "seated": tuple(one.person for one in self.members) if kind == "open_round" else (),
            "participant": ParticipantFacts(
                organisation=ORGANISATION,
                entered_at=START,
                officer_named=True,
                officer_reachable=True,
                entry=1,
            ),
        }
        if kind in {"open_round", "draw_third_party"} and self.edition >= SIGNED_SINCE:
            facts["origin"] = SIGNED_AT
        if kind == "submit_review" and self.edition >= MANIFEST_NAMED_SINCE and self.case.manifest is not None:
            facts["manifest_digest"] = self.case.manifest.digest
        act = ACTS[kind](actor=who, **{**facts, **content})
        return act if "proof" in content or self._state is None else signed(act, self._state)

    def act(self, kind: str, who: PersonFacts, **content: Any) -> Self:
        """Do an act, signed where the case asks for it; raises as the rules do."""
        act = self.build(kind, who, **content)
        self.take(decide(self._state, act, self.now, self.rules))
        self.sent.append(act)
        return self

    def take(self, events: tuple[Event, ...]) -> Self:
        """Fold events that something brought about."""
        for event in events:
            self._state = evolve(self._state, event)
            self.events.append(event)
        return self

    def pass_time(self, **by: float) -> Self:
        """Let time pass and take what follows from it."""
        self.now += timedelta(**by)
        return self.take(due(self.case, self.now, self.rules))

    def to_intake(self) -> Self:
        """Lodge."""
        return self.act("lodge_application", APPLICANT, lodged=self.lodged, edition=self.edition)

    def asked(self, who: PersonFacts = SECRETARY, **content: Any) -> Self:
        """Ask the applicant something."""
        return self.act("ask_question", who, **{"text": text("What is it for?"), **content})

    def answered(self, number: int = 1) -> Self:
        """Answer a question."""
        return self.act("answer_question", APPLICANT, number=number, answer=text("For reading digits."))

    def offer(self, criterion: str, **changes: Any) -> Self:
        """Offer one file for one criterion."""
        name = changes.pop("file", f"{criterion}.pdf")
        content: dict[str, Any] = {
            "file": name,
            "type": self.rules.criteria[criterion].evidence[0],
            "criteria": (criterion,),
            "made_by": Maker(kind="applicant"),
            "effective": date(2026, 1, 10),
            "covers_version": "1.2.0",
            "confidentiality": "internal",
            "digest_of_file": sha256(name),
            "stored_digest": sha256(name),
            "size": 1000,
        }
        return self.act("offer_evidence", APPLICANT, **{**content, **changes})

    def with_evidence(self) -> Self:
        """Offer evidence for every mandatory criterion that needs it, and state what the public page asks for."""
        for criterion in missing(self.case, self.rules):
            self.offer(criterion)
        return self if nothing_is_missing(self.case, self.rules) else self.stated()

    def stated(self, **changes: Any) -> Self:
        """State limitations and a measure by group for the extended public page."""
        return self.act("make_public_statement", APPLICANT, **{**STATEMENT, **changes})

    def to_planning(self) -> Self:
        """Lodge, offer all, and be accepted: the manifest is frozen."""
        return self.to_intake().with_evidence().act("accept_application", SECRETARY)

    def to_evaluation(self) -> Self:
        """Have as many reviewers as the tier asks for say yes, and the plan approved."""
        self.to_planning()
        return self.staffed(*EXPERTS[: self.rules.tiers[self.case.tier].reviewers.count])

    def staffed(self, *experts: PersonFacts, areas: tuple[str, ...] = ()) -> Self:
        """Have these experts say yes, one area of the tier each unless said otherwise, and approve the plan."""
        wanted = self.rules.tiers[self.case.tier].reviewers.areas
        for place, expert in enumerate(experts):
            asked = {"reviewer": expert.person, "areas": areas or (wanted[place % len(wanted)],)}
            self.act("assign_reviewer", SECRETARY, **asked, people={expert.person: expert})
            self.act("declare_interests", expert, has_interest=False)
            self.act("answer_assignment", expert, accepts=True)
        return self.act("approve_plan", SECRETARY)

    def findings(self, reviewer: str, **verdicts: Verdict) -> tuple[Finding, ...]:
        """The findings a reviewer owes, or all: met where anything is shown, unless said otherwise (`I_1_1_01=…`)."""
        assert self.case.plan is not None
        by_criterion = {
            key.replace("_", "-", 1).replace("_", ".", 1).replace("_", "-"): verdict
            for key, verdict in verdicts.items()
        }
        return tuple(
            Finding(
                criterion=criterion,
                verdict=by_criterion.get(criterion, Verdict.MET if shown else Verdict.NOT_APPLICABLE),
                rationale=text(),
                cited=shown[:1],
            )
            for criterion in outstanding(self.case, reviewer) or self.case.plan.criteria[reviewer]
            for shown in [tuple(item.id for item in self.case.items.values() if criterion in item.criteria)]
        )

    def demonstrated(self, who: PersonFacts, *criteria: str, **changes: Any) -> Self:
        """Let a reviewer record a demonstration, under the first criterion they owe a finding on unless said."""
        owed = criteria or outstanding(self.case, who.person)[:1]
        return self.act("record_protocol", who, **protocol(*owed, **{"held_on": self.now.date(), **changes}))

    def reviewed(self, by: tuple[PersonFacts, ...] = EXPERTS, **verdicts: Verdict) -> Self:
        """Every reviewer hands in, and every lookup is recorded."""
        plan = self.case.plan
        assert plan is not None
        for criterion in outstanding_lookups(self.case):
            cited = tuple(item.id for item in self.case.items.values() if criterion in item.criteria)
            self.act(
                "record_lookup", SECRETARY, criterion=criterion, verdict=Verdict.MET, rationale=text(), cited=cited
            )
        if self.case.edition > 1:
            self.confirmed()
        for expert in by:
            if outstanding(self.case, expert.person):
                self.act("submit_review", expert, findings=self.findings(expert.person, **verdicts))
        return self

    def lead(self) -> PersonFacts:
        """The lead reviewer, one of the experts."""
        assert self.case.plan is not None
        return {one.person: one for one in EXPERTS}[self.case.plan.lead or ""]

    def proposed(self, tier: Tier) -> Self:
        """Open a round on a higher tier, whose electorate has no interest."""
        return self.act("open_round", SECRETARY, proposed_tier=tier).all_declare()

    def confirmed(self, tier: Tier | None = None, *, by: PersonFacts | None = None) -> Self:
        """Let the lead reviewer confirm the answers, or find those of another tier; nothing where that is done."""
        if tier is None and is_confirmed(self.case):
            return self
        stated = self.case.lodged.answers
        found = dict(zip(self.rules.questions, TIER_ANSWERS[tier], strict=True)) if tier else dict(stated)
        rationale = {question: text() for question in found if found[question] != stated[question]}
        return self.act("confirm_answers", by or self.lead(), answers=found, rationale=rationale)

    def to_correction(self, **verdicts: Verdict) -> Self:
        """Go on until nonconformities are raised: the first requirement is not met unless said otherwise."""
        return self.to_evaluation().reviewed(EXPERTS, **(verdicts or {"I_1_1_01": Verdict.NOT_MET}))

    def corrected(self, *criteria: str) -> Self:
        """Offer one more file for each of these criteria, and hand it in."""
        for criterion in criteria:
            self.offer(criterion, file=f"{criterion}-{self.case.items_numbered + 1}.pdf")
        return self.act("submit_correction", APPLICANT)

    def to_recommendation(self, **verdicts: Verdict) -> Self:
        """Go on until the findings meet, and the applicant lets the case go on with what they find missing."""
        self.to_evaluation().reviewed(EXPERTS, **verdicts)
        return self.act("end_correction", APPLICANT) if self.case.stage == Stage.CORRECTION else self

    def to_decision(self, **verdicts: Verdict) -> Self:
        """Go on until the rapporteur has recommended, with hearing and report where the tier asks for them."""
        return self.to_recommendation(**verdicts).advised(recommends=Outcome.REFUSED if verdicts else Outcome.GRANTED)

    def advised(self, recommends: Outcome = Outcome.GRANTED) -> Self:
        """Go on from the results until the rapporteur has recommended."""
        if self.rules.tiers[self.case.tier].neutral_third_party == "required":
            if self.case.edition > 1:
                self.act("draw_third_party", SECRETARY)
            self.act("declare_interests", THIRD_PARTY, has_interest=False)
            self.act("record_third_party_report", THIRD_PARTY, report=text("Report"), summary=text("Summary"))
        return self.recommended(recommends=recommends).act("record_hearing", SECRETARY, protocol=text("Protocol"))

    def recommended(self, by: PersonFacts | None = None, recommends: Outcome = Outcome.GRANTED) -> Self:
        """Appoint a rapporteur, who declares no interest and recommends."""
        rapporteur = by or self.members[0]
        if self.case.rapporteur != rapporteur.person:
            self.act("appoint_rapporteur", SECRETARY, rapporteur=rapporteur.person)
        self.act("declare_interests", rapporteur, has_interest=False)
        return self.act("submit_recommendation", rapporteur, recommends=recommends, reasons=text("Advice"))

    def to_round(self, **verdicts: Verdict) -> Self:
        """Go on until a round is open and its electorate has declared that it has no interest."""
        self.to_decision(**verdicts).act("open_round", SECRETARY)
        return self.all_declare()

    def all_declare(self) -> Self:
        """Let every member of the open round declare that they have no interest."""
        for member in self.voters():
            if not self.case.has_declared_none(member.person):
                self.act("declare_interests", member, has_interest=False)
        return self

    def voters(self) -> tuple[PersonFacts, ...]:
        """The members who may vote in the open round."""
        vote = self.case.open_round
        assert vote is not None
        return tuple(member for member in self.members if member.person in vote.base)

    def ballot(self, member: PersonFacts, choice: Choice, **changes: Any) -> Self:
        """Cast one ballot on what is voted on."""
        vote = self.case.rounds[-1]
        content: dict[str, Any] = {
            "round": vote.number,
            "choice": choice,
            "manifest_digest": vote.manifest_digest,
            "scheme_digest": vote.scheme_digest,
        }
        return self.act("cast_ballot", member, **{**content, **changes})

    def voted(self, *choices: Choice, **changes: Any) -> Self:
        """Let the voters vote in order."""
        for member, choice in zip(self.voters(), choices, strict=False):
            grounds = {"grounds": ("I-1.1-01",)} if choice == Choice.REFUSE else {}
            self.ballot(member, choice, **{**grounds, **changes})
        return self

    def raised(self, *more: PersonFacts) -> Self:
        """Go on from the evidence of a raised tier until the findings meet again, with more experts as needed."""
        self.with_evidence().act("submit_evidence", APPLICANT)
        wanted = self.rules.tiers[self.case.tier].reviewers.areas
        held = {area for one in self.case.assignments.values() if one.accepted for area in one.areas}
        lacking = [area for area in wanted if area not in held] or list(wanted)
        experts = more or tuple(one for one in EXPERTS if one.person not in self.case.assignments)
        for expert, area in zip(experts, lacking, strict=False):
            self.act(
                "assign_reviewer", SECRETARY, reviewer=expert.person, areas=(area,), people={expert.person: expert}
            )
            self.act("declare_interests", expert, has_interest=False).act("answer_assignment", expert, accepts=True)
        return self.act("approve_plan", SECRETARY).reviewed((*EXPERTS, *more))

    def to_grant(self, **ballots: Any) -> Self:
        """Go on until the Commission has granted."""
        return self.to_decision().granted(**ballots)

    def granted(self, **ballots: Any) -> Self:
        """Have a round of the Commission grant the label; `ballots` stands in each ballot."""
        self.act("open_round", SECRETARY).all_declare()
        return self.voted(*[Choice.GRANT] * len(self.voters()), **ballots)
