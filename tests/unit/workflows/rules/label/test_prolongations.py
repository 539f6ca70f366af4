"""What the signer checks again before it prolongs, by the numbers of `check_prolongation`; each test tampers once."""

from datetime import timedelta
from functools import cache
from typing import Any

import pytest

from schemas.case import Case
from schemas.label import Standing
from schemas.label_life import LabelLife, ReportedInterest
from schemas.scheme import Tier
from schemas.stages import Stage
from schemas.voting import Voice
from tests.builders import SECRETARY, START, Walk, scheme, scheme_digest, sha256, text
from tests.label_walk import NEW_LABEL, LabelWalk, granted
from tests.matters import OPENED
from tests.unit.workflows.rules.refusals import not_signed
from workflows.rules.label.prolongations import check_prolongation
from workflows.rules.quorum import tally

RULES = scheme().rules


@cache
def label_case() -> Case:
    return granted(Tier.LOW).case


@cache
def decided() -> LabelLife:
    """A label whose prolongation waits for its signature."""
    walk = LabelWalk(decision=label_case().decision.number).renewal_asked()
    walk.kept_until(walk.state.expires_at - timedelta(days=10))
    return walk.act("put_prolongation_to_vote", SECRETARY, days=30).carried().state


@cache
def renewal() -> Case:
    """The application that is to renew it, in evaluation."""
    case = Walk(renews=decided().id).to_evaluation().case
    return case.model_copy(update={"id": "case-2"})


def check(**changes: Any) -> None:
    fields = {"life": decided(), "case": label_case(), "renewal": renewal(), **changes}
    check_prolongation(**{"begun": OPENED, **fields}, rules=RULES, scheme_digest=scheme_digest())


def but(**changes: Any) -> LabelLife:
    return decided().model_copy(update=changes)


def but_in_vote(**changes: Any) -> LabelLife:
    """The label with another last vote, counted again so that only the change itself is wrong."""
    vote = decided().motions[-1].model_copy(update=changes)
    counted = vote.model_copy(update={"tally": tally(vote)})
    return but(motions=(*decided().motions[:-1], counted))


def but_in_decision(**changes: Any) -> LabelLife:
    return but(prolongation=decided().prolongation.model_copy(update=changes))


def first_ballot() -> Any:
    return next(iter(decided().motions[-1].ballots.values()))


def test_a_true_prolongation_is_signed_also_after_the_end_of_the_label() -> None:
    check()
    check(life=but(standing=Standing.EXPIRED))


@pytest.mark.parametrize(
    ("life", "code"),
    [
        (but(prolongation=None), "not_prolonged"),  # (1)
        (but_in_decision(refused="too_long"), "not_prolonged"),  # (1)
        (but(id=NEW_LABEL), "other_label"),  # (2)
        (but(decision="case-1/1"), "other_label"),  # (2)
        (but(application="case-9"), "other_label"),  # (2)
        (but(prolongs=NEW_LABEL), "other_label"),  # (2)
        (but(standing=Standing.SUSPENDED), "not_in_force"),  # (2)
        (but(standing=Standing.WITHDRAWN), "not_in_force"),  # (2)
        (but(scheme_digest=sha256("other")), "other_scheme"),  # (3)
        (but(renewal=None), "renewal_not_asked"),  # (4)
        (but(renewal=decided().renewal.model_copy(update={"asked_at": START})), "renewal_not_asked"),  # (4)
        (but_in_decision(decided_at=START), "not_at_the_end"),  # (4)
        (but_in_decision(until=decided().expires_at + timedelta(days=91)), "too_long"),  # (5)
        (but_in_decision(motion=1), "other_vote"),  # (6)
        (but_in_vote(closes_at=decided().expires_at + timedelta(days=1)), "not_at_the_end"),  # (6)
        (but_in_vote(quorum="1"), "other_quorum"),  # (6)
        (but_in_vote(base_min=1), "other_quorum"),  # (6)
        (but_in_vote(ballots={}), "no_majority"),  # (6)
        (but_in_vote(seed=sha256("chosen")), "other_panel"),  # (6)
        (but_in_vote(drawn_from=None), "other_panel"),  # (6)
        (but_in_vote(drawn_from=sha256("chosen")), "other_panel"),  # (6)
        (but_in_vote(pool=decided().motions[-1].pool[:1]), "other_panel"),  # (6)
        (but(interests={}), "ballot_barred"),  # (6)
        (but(shares={first_ballot().member: ("I-1.1-01",)}), "ballot_barred"),  # (6)
    ],
)
def test_one_thing_that_is_wrong_is_enough(life: LabelLife, code: str) -> None:
    with not_signed(code):
        check(life=life)


@pytest.mark.parametrize(("since", "is_signed"), [(-1, True), (0, False), (1, False)])
def test_a_label_that_was_suspended_since_the_vote_opened_is_not_prolonged_though_it_was_restored(
    since: int, is_signed: bool
) -> None:
    opened_at = decided().motions[-1].opened_at
    step = (
        decided()
        .steps[-1]
        .model_copy(update={"standing": Standing.SUSPENDED, "at": opened_at + timedelta(seconds=since)})
    )
    restored = decided().steps[-1].model_copy(update={"at": opened_at + timedelta(seconds=since + 1)})
    life = but(steps=(*decided().steps, step, restored))
    if is_signed:
        check(life=life)
    else:
        with not_signed("not_in_force"):
            check(life=life)


def test_a_ballot_cast_on_something_else_or_against_carries_nothing() -> None:
    ballots, one = decided().motions[-1].ballots, first_ballot()
    other = one.model_copy(update={"object_digest": sha256("other")})
    with not_signed("ballot_barred"):
        check(life=but_in_vote(ballots={**ballots, one.member: other}))
    against = {who: ballot.model_copy(update={"choice": Voice.AGAINST}) for who, ballot in ballots.items()}
    with not_signed("no_majority"):
        check(life=but_in_vote(ballots=against))


def test_a_voter_whose_interest_was_reported_bars_their_ballot() -> None:
    found = ReportedInterest(person=first_ballot().member, statement=text(), reported_by="sofia", reported_at=START)
    with not_signed("ballot_barred"):
        check(life=but(reported_interests=(found,)))


@pytest.mark.parametrize(
    ("case", "code"),
    [
        (None, "other_renewal"),
        (renewal().model_copy(update={"id": "case-3"}), "other_renewal"),
        (renewal().model_copy(update={"lodged": Walk().lodged}), "other_renewal"),
        (
            renewal().model_copy(update={"lodged": renewal().lodged.model_copy(update={"organisation": "org-other"})}),
            "other_renewal",
        ),
        (renewal().model_copy(update={"stage": Stage.REFUSED}), "renewal_decided"),
        (renewal().model_copy(update={"stage": Stage.ATTESTATION}), "renewal_decided"),
    ],
)
def test_a_renewal_that_is_another_one_or_decided_bridges_nothing(case: Case | None, code: str) -> None:
    with not_signed(code):
        check(renewal=case)


def test_a_case_that_was_granted_another_label_or_none_is_not_prolonged() -> None:
    for label in (None, label_case().label.model_copy(update={"id": NEW_LABEL})):
        with not_signed("other_label"):
            check(case=label_case().model_copy(update={"label": label}))
