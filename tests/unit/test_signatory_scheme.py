"""Signatories are assessed by the same engine with a scheme of their own: no code knows of it (procedure, I-2.8)."""

from functools import lru_cache

import pytest

from schemas.case import SchemePin, SystemFacts
from schemas.scheme import BUILT_IN, Scheme, Tier
from schemas.scheme_loading import load_scheme
from schemas.stages import Choice, Stage
from tests.builders import SECRETARY, Walk

ANSWERS = {
    Tier.LOW: (1, 0, 0, 0),
    Tier.MEDIUM: (2, 1, 1, 1),
    Tier.HIGH: (0, 3, 0, 0),
    Tier.CRITICAL: (2, 2, 0, 3),
}


@lru_cache
def signatories() -> Scheme:
    return load_scheme(BUILT_IN.parent / "code-signatory")


def assessed(tier: Tier) -> Walk:
    """An organisation lodges for itself."""
    scheme = signatories()
    walk = Walk(
        members=9,
        scheme=SchemePin(id=scheme.rules.id, version=scheme.rules.version, digest=scheme.digest),
        system=SystemFacts(
            name="Acme Vision", label_name="Acme Vision", version="2026", purpose="Develops AI systems.",
            deployment="In the whole organisation.", languages=("en",),
        ),
        gates={"G1": "yes", "G2": "no", "G3": "yes", "G5": "none known"},
        answers=dict(zip(scheme.rules.questions, ANSWERS[tier], strict=True)),
    )  # fmt: skip
    walk.rules = scheme.rules
    return walk


@pytest.mark.parametrize("tier", list(Tier))
def test_an_organisation_is_assessed_to_a_grant_by_a_scheme_of_its_own(tier: Tier) -> None:
    walk = assessed(tier).to_grant()
    assert (walk.case.tier, walk.case.stage) == (tier, Stage.ATTESTATION)
    judged = {result.criterion for result in walk.case.rounds[-1].results}
    assert judged <= set(signatories().rules.criteria)


def test_an_organisation_without_an_officer_does_not_pass() -> None:
    walk = assessed(Tier.LOW).to_decision()
    participant = walk.build("open_round", walk.members[0]).participant
    assert participant is not None
    nameless = participant.model_copy(update={"officer_named": False, "officer_reachable": False})
    walk.now = walk.now.replace(year=walk.now.year + 1)
    walk.act("open_round", SECRETARY, participant=nameless).all_declare()
    with pytest.raises(Exception, match="grant_against_failed_criterion"):
        walk.voted(Choice.GRANT)


def test_the_words_of_both_languages_speak_of_an_organisation() -> None:
    for text in (signatories().texts.meaning.en, signatories().texts.meaning.ru):
        assert "organisation" in text or "организаци" in text
