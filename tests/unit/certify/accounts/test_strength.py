"""Who needs a second factor, who counts as strongly signed in, and which acts ask again."""

from datetime import timedelta
from itertools import product
from typing import get_args

import pytest

from certify.accounts.principal import ALL_SCOPES, Authn, Principal
from certify.accounts.strength import (
    STEP_UP,
    STRONG_FOR,
    SignInRules,
    StepUpNeeded,
    is_staff,
    lacking,
    require_strong,
    strong_since,
)
from certify.config import Settings
from certify.procedure.matter_kinds import KINDS
from schemas.acts import ACTS
from schemas.people import PersonFacts, Role
from tests.unit.certify.accounts.conftest import NOW

REQUIRED, OFFERED, DEMO = SignInRules(), SignInRules(is_offered=True), SignInRules(is_demo=True)
WAYS: tuple[Authn, ...] = get_args(Authn)


def somebody(*roles: Role) -> PersonFacts:
    return PersonFacts(person="ada", roles=roles)


APPLICANT, EXPERT = somebody(Role.APPLICANT), somebody(Role.EXPERT)


def principal(authn: Authn = "passkey", *, minutes: float | None = 0, lacks: str = "") -> Principal:
    at = None if minutes is None else NOW - timedelta(minutes=minutes)
    return Principal.model_validate(
        {"facts": EXPERT, "name": "Ada", "authn": authn, "scopes": ALL_SCOPES, "strong_at": at, "lacks": lacks}
    )


@pytest.mark.parametrize("role", Role)
def test_everybody_but_an_applicant_is_staff(role: Role) -> None:
    assert is_staff(somebody(role)) == (role != Role.APPLICANT)
    assert is_staff(somebody(role, Role.APPLICANT)) == (role != Role.APPLICANT)


@pytest.mark.parametrize("authn", WAYS)
@pytest.mark.parametrize("rules", [REQUIRED, OFFERED, DEMO])
def test_a_password_alone_lacks_the_second_factor_of_whoever_has_one(authn: Authn, rules: SignInRules) -> None:
    needed = authn in {"session", "password"} and not rules.is_demo
    for person in (APPLICANT, EXPERT):
        assert lacking(authn, person, rules, has_factor=True) == ("second_factor" if needed else "")


def test_staff_without_one_are_to_set_one_up_where_it_is_required() -> None:
    assert lacking("password", EXPERT, REQUIRED, has_factor=False) == "enrolment"
    assert lacking("password", EXPERT, OFFERED, has_factor=False) == ""
    assert lacking("password", APPLICANT, REQUIRED, has_factor=False) == ""


STRONG = {("passkey", False), ("passkey", True), ("password_totp", False), ("password_totp", True)}


@pytest.mark.parametrize(("authn", "has_factor"), list(product(WAYS, (False, True))))
def test_only_two_factors_make_staff_strong(authn: Authn, has_factor: bool) -> None:  # of the table
    since = strong_since(authn, EXPERT, REQUIRED, proven_at=NOW, has_factor=has_factor, now=NOW)

    assert (since is not None) == ((authn, has_factor) in STRONG)


@pytest.mark.parametrize(("authn", "has_factor"), list(product(WAYS, (False, True))))
def test_a_password_makes_an_applicant_strong_who_has_nothing_else(
    authn: Authn,
    has_factor: bool,  # of the table
) -> None:
    since = strong_since(authn, APPLICANT, REQUIRED, proven_at=NOW, has_factor=has_factor, now=NOW)

    assert (since is not None) == ((authn, has_factor) in {*STRONG, ("password", False), ("session", False)})


@pytest.mark.parametrize("authn", ["link", "token"])
def test_links_and_tokens_pass_for_strong_in_the_demonstration_only(authn: Authn) -> None:
    strong = [
        strong_since(authn, EXPERT, rules, proven_at=None, has_factor=False, now=NOW) for rules in (REQUIRED, DEMO)
    ]

    assert strong == [None, NOW]


def test_an_installation_says_what_it_asks() -> None:
    assert SignInRules.of(Settings()) == REQUIRED
    assert SignInRules.of(Settings(strong_sign_in="offered")) == OFFERED
    assert SignInRules.of(Settings(demo=True)) == DEMO


@pytest.mark.parametrize("act", sorted(STEP_UP))
def test_an_act_of_the_table_asks_after_five_minutes(act: str) -> None:
    require_strong(principal(minutes=STRONG_FOR.total_seconds() / 60), act, NOW)

    for stale in (principal(minutes=5.1), principal(minutes=None)):
        with pytest.raises(StepUpNeeded) as asked:
            require_strong(stale, act, NOW)
        assert asked.value.code == "step_up_needed"
    with pytest.raises(StepUpNeeded) as refused:
        require_strong(principal("token", minutes=None), act, NOW)
    assert refused.value.code == "token_too_weak"


def test_other_acts_ask_nothing() -> None:
    require_strong(principal(minutes=None), "offer_evidence", NOW)


def test_whoever_has_no_second_factor_yet_may_set_one_up_and_nothing_more() -> None:
    for act in sorted(STEP_UP):
        newcomer = principal("password", minutes=None, lacks="enrolment")
        if act in {"add_passkey", "add_generator"}:
            require_strong(newcomer, act, NOW)
        else:
            with pytest.raises(StepUpNeeded):
                require_strong(newcomer, act, NOW)


OF_THE_WORK = {"approve_plan", "confirm_answers"}
"""Steps of an evaluation: nothing is decided by them, and a ballot on the outcome follows."""


def test_every_ballot_vote_release_and_second_word_is_in_the_table() -> None:
    acts = {*ACTS, *(act for kind in KINDS.values() for act in kind.kernel.acts)}

    grave = {act for act in acts if act.startswith(("cast_", "release_", "countersign", "approve_", "confirm_"))}

    assert grave >= {"cast_ballot", "cast_vote", "countersign", "release_label"}
    assert grave - OF_THE_WORK <= STEP_UP
