"""For every act a case in which exactly this act may be done, by whom, and with what content."""

from collections.abc import Callable
from typing import Any

from schemas.act import ActInCase
from schemas.evidence_acts import OfferEvidence
from schemas.people import PersonFacts
from schemas.scheme import Tier
from schemas.stages import Choice, Outcome, Stage, Verdict
from tests.builders import (
    APPLICANT,
    EXPERTS,
    LABEL_OFFICER,
    MEMBERS,
    SECRETARY,
    THIRD_PARTY,
    Walk,
    amended,
    text,
)
from tests.protocols import protocol
from tests.statements import STATEMENT

Ready = tuple[Walk, PersonFacts, dict[str, Any]]
EXPERT = EXPERTS[0]
BEFORE_A_ROUND = (
    Stage.INTAKE,
    Stage.EVIDENCE,
    Stage.PLANNING,
    Stage.EVALUATION,
    Stage.CORRECTION,
    Stage.RECOMMENDATION,
)
COLLECTING = (Stage.INTAKE, Stage.EVIDENCE, Stage.CORRECTION)

BELONGS_TO: dict[str, tuple[Stage, ...]] = {
    "offer_evidence": COLLECTING,
    "withdraw_evidence": COLLECTING,
    "state_not_applicable": COLLECTING,
    "accept_application": (Stage.INTAKE,),
    "decline_application": (Stage.INTAKE,),
    "make_public_statement": COLLECTING,
    "submit_evidence": (Stage.EVIDENCE,),
    "withdraw_application": (*BEFORE_A_ROUND, Stage.DECISION),
    "assign_reviewer": (Stage.PLANNING,),
    "declare_interests": (*BEFORE_A_ROUND[2:], Stage.DECISION, Stage.ATTESTATION),
    "report_undeclared_interest": (*BEFORE_A_ROUND[2:], Stage.DECISION, Stage.ATTESTATION),
    "confirm_undeclared_interest": (*BEFORE_A_ROUND[2:], Stage.DECISION, Stage.ATTESTATION),
    "reject_undeclared_interest": (*BEFORE_A_ROUND[2:], Stage.DECISION, Stage.ATTESTATION),
    "answer_assignment": (Stage.PLANNING,),
    "relieve_reviewer": (Stage.PLANNING, Stage.EVALUATION, Stage.RECOMMENDATION, Stage.DECISION),
    "approve_plan": (Stage.PLANNING,),
    "record_lookup": (Stage.EVALUATION,),
    "submit_review": (Stage.EVALUATION,),
    "record_third_party_report": (Stage.EVALUATION, Stage.CORRECTION, Stage.RECOMMENDATION, Stage.DECISION),
    "appoint_rapporteur": (Stage.RECOMMENDATION,),
    "submit_recommendation": (Stage.RECOMMENDATION,),
    "record_hearing": (Stage.RECOMMENDATION, Stage.DECISION),
    "open_round": (Stage.DECISION,),
    "recuse": (Stage.DECISION,),
    "cast_ballot": (Stage.DECISION,),
    "release_label": (Stage.ATTESTATION,),
    "countersign": (Stage.DECISION, Stage.ATTESTATION),
    "ask_question": (Stage.INTAKE, Stage.EVALUATION),
    "answer_question": (Stage.INTAKE, Stage.EVALUATION),
    "amend_application": (Stage.INTAKE,),
    "confirm_answers": (Stage.EVALUATION,),
    "assign_reviewers": (Stage.PLANNING,),
    "draw_third_party": (Stage.EVALUATION, Stage.CORRECTION, Stage.RECOMMENDATION, Stage.DECISION),
    "submit_correction": (Stage.CORRECTION,),
    "extend_correction": (Stage.CORRECTION,),
    "end_correction": (Stage.CORRECTION,),
    "ask_for_hearing": (Stage.RECOMMENDATION, Stage.DECISION),
    "waive_hearing": (Stage.RECOMMENDATION, Stage.DECISION),
    "revise_verdict": (Stage.CORRECTION, Stage.RECOMMENDATION),
    "record_protocol": (Stage.EVALUATION,),
}
"""The stages of the procedure, as its table says; not read from the rules."""


def _offer() -> Ready:
    offer = Walk().to_intake().offer("I-1.1-01").sent[-1]
    content = offer.model_dump(include=set(OfferEvidence.model_fields) - set(ActInCase.model_fields))
    return Walk().to_intake(), APPLICANT, content


def _submit_evidence() -> Ready:
    walk = Walk().to_intake().act("accept_application", SECRETARY).with_evidence()
    return walk, APPLICANT, {}


def _answer() -> Ready:
    walk = Walk().to_planning().act("assign_reviewer", SECRETARY, reviewer=EXPERT.person, areas=("ethics_or_law",))
    return walk.act("declare_interests", EXPERT, has_interest=False), EXPERT, {"accepts": True}


def _approve() -> Ready:
    walk, *_ = _answer()
    return walk.act("answer_assignment", EXPERT, accepts=True), SECRETARY, {}


def _lookup() -> Ready:
    walk = Walk(Tier.MEDIUM).to_evaluation()
    assert walk.case.plan is not None
    criterion = walk.case.plan.lookups[0]
    cited = tuple(item.id for item in walk.case.evidence.values() if criterion in item.criteria)
    return walk, SECRETARY, {"criterion": criterion, "verdict": Verdict.MET, "rationale": text(), "cited": cited}


def _review() -> Ready:
    walk = Walk().to_evaluation()
    return walk, EXPERT, {"findings": walk.findings(EXPERT.person)}


def _report() -> Ready:
    walk = Walk().to_evaluation().act("declare_interests", THIRD_PARTY, has_interest=False)
    return walk, THIRD_PARTY, {"report": text()}


def _recommend() -> Ready:
    walk = Walk().to_recommendation()
    rapporteur = walk.members[0]
    walk.act("appoint_rapporteur", SECRETARY, rapporteur=rapporteur.person)
    walk.act("declare_interests", rapporteur, has_interest=False)
    return walk, rapporteur, {"recommends": Outcome.GRANTED, "reasons": text()}


def _declare() -> Ready:
    walk = Walk().to_planning()
    return walk, walk.members[0], {"has_interest": False}


def _recuse() -> Ready:
    walk = Walk().to_round()
    return walk, walk.voters()[0], {"reason": text()}


def _ballot() -> Ready:
    walk = Walk().to_round()
    vote = walk.case.rounds[-1]
    content = {"manifest_digest": vote.manifest_digest, "scheme_digest": vote.scheme_digest}
    return walk, walk.voters()[0], {"round": 1, "choice": Choice.GRANT, **content}


def _release() -> Ready:
    walk = Walk(Tier.CRITICAL).to_grant().act("declare_interests", LABEL_OFFICER, has_interest=False)
    return walk, LABEL_OFFICER, {}


def _confirm() -> Ready:
    walk = Walk(edition=2).to_evaluation()
    return walk, EXPERT, {"answers": walk.case.lodged.answers}


def _correction() -> Walk:
    return Walk(edition=2).to_correction()


def _corrected() -> Walk:
    return _correction().offer("I-1.1-01", file="corrected.pdf")


_REVISED: dict[str, Any] = {"criterion": "I-1.1-01", "verdict": Verdict.PARTLY_MET, "reason": text(), "cited": ("E1",)}


_PROTOCOL = protocol("I-1.1-01")


def _called() -> Walk:
    return Walk(edition=2).to_recommendation().recommended(recommends=Outcome.REFUSED)


def _report_of(whose: PersonFacts) -> dict[str, Any]:
    return {"person": whose.person, "statement": text(), "people": {whose.person: whose}}


def _reported() -> Walk:
    """A member's interest, reported by another of the secretariat."""
    other = SECRETARY.model_copy(update={"person": "sven"})
    return Walk().to_evaluation().act("report_undeclared_interest", other, **_report_of(MEMBERS[0]))


READY: dict[str, Callable[[], Ready]] = {
    "offer_evidence": _offer,
    "withdraw_evidence": lambda: (Walk().to_intake().offer("I-1.1-01"), APPLICANT, {"item": "E1"}),
    "state_not_applicable": lambda: (Walk().to_intake(), APPLICANT, {"criterion": "I-1.1-01", "reason": text()}),
    "accept_application": lambda: (Walk().to_intake(), SECRETARY, {}),
    "decline_application": lambda: (Walk().to_intake(), SECRETARY, {"reasons": text()}),
    "make_public_statement": lambda: (Walk(Tier.HIGH, edition=6).to_intake(), APPLICANT, {**STATEMENT}),
    "submit_evidence": _submit_evidence,
    "withdraw_application": lambda: (Walk().to_intake(), APPLICANT, {}),
    "assign_reviewer": lambda: (
        Walk().to_planning(),
        SECRETARY,
        {"reviewer": EXPERT.person, "areas": ("ethics_or_law",)},
    ),
    "declare_interests": _declare,
    "report_undeclared_interest": lambda: (Walk().to_evaluation(), SECRETARY, _report_of(MEMBERS[0])),
    "confirm_undeclared_interest": lambda: (_reported(), SECRETARY, {"person": MEMBERS[0].person}),
    "reject_undeclared_interest": lambda: (_reported(), SECRETARY, {"person": MEMBERS[0].person, "reasons": text()}),
    "answer_assignment": _answer,
    "relieve_reviewer": lambda: (
        Walk().to_evaluation(),
        SECRETARY,
        {"person": EXPERT.person, "reasons": text(), "people": {}},
    ),
    "approve_plan": _approve,
    "record_lookup": _lookup,
    "submit_review": _review,
    "record_third_party_report": _report,
    "appoint_rapporteur": lambda: (Walk().to_recommendation(), SECRETARY, {"rapporteur": "member-a"}),
    "submit_recommendation": _recommend,
    "record_hearing": lambda: (Walk().to_recommendation(), SECRETARY, {"protocol": text()}),
    "open_round": lambda: (Walk().to_decision(), SECRETARY, {}),
    "recuse": _recuse,
    "cast_ballot": _ballot,
    "release_label": _release,
    "countersign": lambda: (
        walk := Walk(edition=3).to_round(),
        SECRETARY,
        {"person": walk.voters()[0].person, "round": 1},
    ),
    "ask_question": lambda: (Walk(edition=2).to_intake(), SECRETARY, {"text": text()}),
    "amend_application": lambda: (Walk(edition=2).to_intake().asked(), APPLICANT, {"lodged": amended()}),
    "confirm_answers": _confirm,
    "assign_reviewers": lambda: (
        Walk(edition=2).to_planning(),
        SECRETARY,
        {"reviewers": ({"reviewer": EXPERT.person, "areas": ("ethics_or_law",)},)},
    ),
    "draw_third_party": lambda: (Walk(Tier.CRITICAL, edition=2).to_evaluation(), SECRETARY, {}),
    "answer_question": lambda: (Walk(edition=2).to_intake().asked(), APPLICANT, {"number": 1, "answer": text()}),
    "submit_correction": lambda: (_corrected(), APPLICANT, {}),
    "extend_correction": lambda: (_correction(), APPLICANT, {"criterion": "I-1.1-01", "reasons": text()}),
    "end_correction": lambda: (_correction(), APPLICANT, {}),
    "ask_for_hearing": lambda: (Walk(Tier.HIGH, edition=6).to_recommendation(), APPLICANT, {"statement": text()}),
    "waive_hearing": lambda: (_called(), APPLICANT, {}),
    "revise_verdict": lambda: (_correction(), EXPERT, {**_REVISED}),
    "record_protocol": lambda: (Walk(edition=2).to_evaluation(), EXPERT, {**_PROTOCOL}),
}
