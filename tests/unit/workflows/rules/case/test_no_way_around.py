"""The rules that no one can get around: somebody who holds every role is refused by each, with its own code."""

from typing import Any

import pytest

from schemas.acts import ACTS
from schemas.errors import ConflictOfInterest
from schemas.people import PersonFacts, Role
from schemas.scheme import Tier
from schemas.stages import Choice, Outcome, Stage, Verdict
from tests.builders import APPLICANT, AREAS, MEMBERS, ORGANISATION, SECRETARY, THIRD_PARTY, Walk, scheme, text
from tests.unit.workflows.rules.refusals import refused
from workflows.rules.case import procedure

GRANT = Choice.GRANT


def everything(name: str = "admin", **more: Any) -> PersonFacts:
    """Somebody with every role, competent in every area."""
    return PersonFacts(person=name, roles=tuple(Role), areas=AREAS, **more)


def denied(walk: Walk, code: str, kind: str, who: PersonFacts, **content: Any) -> None:
    """Expect that an act is refused with this code, and that nothing else changed."""
    before, count = walk.case.model_dump_json(), len(walk.events)
    with refused(code):
        walk.act(kind, who, **content)
    assert (walk.case.model_dump_json(), len(walk.events)) == (before, count)


def ballot(walk: Walk, choice: Choice = GRANT) -> dict[str, Any]:
    vote = walk.case.rounds[-1]
    return {"round": vote.number, "choice": choice, "manifest_digest": vote.manifest_digest,
            "scheme_digest": vote.scheme_digest}  # fmt: skip


def voting(tier: Tier = Tier.MEDIUM) -> Walk:
    return Walk(tier, members=9, edition=2).to_round()


# 1. Nobody both evaluates and decides, advises and decides, decides and releases, or acts where they are tied.


def test_whoever_evaluated_does_not_decide() -> None:
    walk = voting()
    denied(walk, "reviewed_and_decides", "cast_ballot", everything("edda"), **ballot(walk))


def test_whoever_evaluated_is_not_made_rapporteur() -> None:
    walk = Walk(edition=2).to_recommendation()
    content = {"rapporteur": "edda", "people": {"edda": everything("edda")}}
    denied(walk, "reviewed_and_decides", "appoint_rapporteur", everything(), **content)


def test_whoever_advised_does_not_decide() -> None:
    walk = voting(Tier.CRITICAL)
    denied(walk, "advised_and_decides", "cast_ballot", everything(THIRD_PARTY.person), **ballot(walk))


def test_whoever_decided_does_not_release() -> None:
    walk = Walk(Tier.CRITICAL, members=9, edition=2).to_grant()
    denied(walk, "decides_and_releases", "release_label", everything("member-a"))


def test_whoever_voted_does_not_evaluate() -> None:
    walk = voting().voted(GRANT).pass_time(days=40)
    walk.act("declare_interests", everything("edda"), has_interest=True, statement=text())
    expert = PersonFacts(person="member-a", roles=(Role.EXPERT, Role.COMMISSIONER), areas=AREAS)
    content = {"reviewer": "member-a", "areas": ("ai_technical",), "people": {"member-a": expert}}
    denied(walk, "decides_and_reviews", "assign_reviewer", everything(), **content)


@pytest.mark.parametrize(
    ("facts", "code"),
    [({"organisation": ORGANISATION}, "own_organisation"), ({"tied_to": (ORGANISATION,)}, "tied_to_applicant")],
)
def test_whoever_belongs_or_is_tied_to_the_applicant_does_not_vote(facts: dict[str, Any], code: str) -> None:
    walk = voting()
    denied(walk, code, "cast_ballot", everything("member-b", **facts), **ballot(walk))


OF_THE_SECRETARIAT = (
    "accept_application", "decline_application", "ask_question", "assign_reviewer", "assign_reviewers", "approve_plan",
    "record_lookup", "appoint_rapporteur", "record_hearing", "open_round", "open_tier_round", "draw_third_party",
    "countersign", "relieve_reviewer", "confirm_undeclared_interest", "reject_undeclared_interest",
)  # fmt: skip


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"organisation": ORGANISATION}, "own_organisation"),
        ({"tied_to": (ORGANISATION,)}, "secretariat_tied"),
        ({"tied_to": ("org-sister",)}, "secretariat_tied"),
        ({"tied_to": ("org-rival",)}, "kept_away"),
    ],
)
@pytest.mark.parametrize("kind", OF_THE_SECRETARIAT)
def test_whoever_belongs_or_is_tied_to_the_applicant_keeps_none_of_its_cases(
    kind: str, facts: dict[str, Any], code: str
) -> None:
    case = Walk(edition=2, group=("org-sister",), kept_away=("org-rival",)).to_intake().case
    secretary = SECRETARY.model_copy(update=facts)

    refusal = procedure.may(kind, case, secretary, scheme().rules).refusal

    assert isinstance(refusal, ConflictOfInterest)
    assert refusal.code == code


def test_the_list_of_what_the_secretariat_does_is_whole() -> None:
    case, nobody = Walk(edition=2).to_intake().case, PersonFacts(person="nobody")
    kinds = {*ACTS, procedure.OPEN_TIER_ROUND} - {"lodge_application"}
    refusals = {kind: procedure.may(kind, case, nobody, scheme().rules).refusal for kind in kinds}
    assert {kind for kind, found in refusals.items() if "secretariat" in str(found)} == set(OF_THE_SECRETARIAT)


# 2. Interests are declared per case, and stay.


def test_nobody_votes_or_releases_before_declaring_interests() -> None:
    walk = Walk(Tier.MEDIUM, members=9, edition=2).to_decision().act("open_round", SECRETARY)
    denied(walk, "interests_not_declared", "cast_ballot", everything("member-i"), **ballot(walk))
    critical = Walk(Tier.CRITICAL, members=9, edition=2).to_grant()
    denied(critical, "interests_not_declared", "release_label", everything())


def test_an_interest_once_declared_is_not_taken_back() -> None:
    walk = voting().act("declare_interests", MEMBERS[1], has_interest=True, statement=text())
    denied(walk, "already_declared", "declare_interests", everything("member-b"), has_interest=False)
    denied(walk, "recused", "cast_ballot", everything("member-b"), **ballot(walk))


def test_a_round_does_not_go_on_over_the_interest_of_a_reviewer() -> None:
    walk = voting().act("declare_interests", everything("edda"), has_interest=True, statement=text())
    denied(walk, "reviewer_has_interest", "open_round", everything())


# 4. One decision stands behind a label: it needs its electorate, its criteria and its hearing.


def test_nobody_outside_the_electorate_votes_and_nobody_votes_twice() -> None:
    walk = voting()
    denied(walk, "not_in_electorate", "cast_ballot", _free(walk, everything()), **ballot(walk))
    walk.ballot(MEMBERS[0], GRANT)
    denied(walk, "already_voted", "cast_ballot", everything("member-a"), **ballot(walk, Choice.ABSTAIN))


def _free(walk: Walk, who: PersonFacts) -> PersonFacts:
    walk.act("declare_interests", who, has_interest=False)
    return who


def test_nobody_grants_against_an_open_criterion() -> None:
    walk = Walk(Tier.MEDIUM, members=9, edition=2).to_round(I_1_1_01=Verdict.NOT_MET)
    denied(walk, "grant_against_failed_criterion", "cast_ballot", everything("member-a"), **ballot(walk))


def test_nobody_opens_a_round_over_an_unheard_applicant() -> None:
    walk = Walk(edition=2).to_recommendation().recommended(recommends=Outcome.REFUSED)
    denied(walk, "hearing_missing", "open_round", everything())


def test_nobody_acts_for_the_applicant() -> None:
    walk = Walk(edition=2).to_correction()
    for kind in ("end_correction", "submit_correction"):
        denied(walk, "not_the_applicant", kind, everything())
    called = Walk(edition=2).to_recommendation().recommended(recommends=Outcome.REFUSED)
    denied(called, "not_the_applicant", "waive_hearing", everything())


def test_a_decided_case_is_not_decided_again() -> None:
    walk = Walk(Tier.CRITICAL, members=9, edition=2).to_grant()
    denied(walk, "wrong_stage", "open_round", everything())
    denied(walk, "wrong_stage", "cast_ballot", everything("member-a"), **ballot(walk))
    assert walk.case.stage == Stage.ATTESTATION


# 5. What was given is not changed behind its author's back.


def test_nobody_changes_the_verdict_of_another() -> None:
    walk = Walk(edition=2).to_correction()
    content = {"criterion": "I-1.1-01", "verdict": Verdict.MET, "reason": text()}
    denied(walk, "not_assigned", "revise_verdict", everything(), **content)


def test_frozen_evidence_is_not_changed_while_it_is_judged() -> None:
    walk = Walk(edition=2).to_evaluation()
    item = next(iter(walk.case.items))
    denied(walk, "wrong_stage", "withdraw_evidence", APPLICANT, item=item)
    denied(walk, "not_the_applicant", "withdraw_evidence", everything(), item=item)
