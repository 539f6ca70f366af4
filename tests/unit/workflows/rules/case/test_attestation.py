"""Stage 9: a label comes only from a grant; in the critical tier a second person releases it."""

import pytest

from schemas.people import Role
from schemas.scheme import Tier
from schemas.stages import Choice, Stage
from tests.builders import AREAS, LABEL_OFFICER, MEMBERS, Walk, issued_label, person, text
from tests.unit.workflows.rules.refusals import refused
from workflows.rules.case.attestation import attest, awaits_signature


@pytest.mark.parametrize("tier", list(Tier))
def test_only_the_critical_tier_waits_for_a_release(tier: Tier) -> None:
    walk = Walk(tier).to_grant()
    assert awaits_signature(walk.case) == (tier != Tier.CRITICAL)
    if tier == Tier.CRITICAL:
        walk.act("declare_interests", LABEL_OFFICER, has_interest=False).act("release_label", LABEL_OFFICER)
        assert walk.case.released_by == "laura"
        assert awaits_signature(walk.case)


@pytest.mark.parametrize(
    "walk",
    [Walk().to_round(), Walk().to_round().voted(*[Choice.REFUSE] * 3), Walk().to_round().voted(*[Choice.ABSTAIN] * 3)],
    ids=["open", "refused", "all abstained"],
)
def test_without_a_grant_nothing_waits_for_the_signer(walk: Walk) -> None:
    assert not awaits_signature(walk.case)


def test_a_release_where_none_is_needed_or_a_second_one_is_refused() -> None:
    low = Walk().to_grant().act("declare_interests", LABEL_OFFICER, has_interest=False)
    with refused("no_release_needed"):
        low.act("release_label", LABEL_OFFICER)

    critical = Walk(Tier.CRITICAL).to_grant()
    with refused("interests_not_declared"):
        critical.act("release_label", LABEL_OFFICER)
    critical.act("declare_interests", LABEL_OFFICER, has_interest=False).act("release_label", LABEL_OFFICER)
    with refused("already_released"):
        critical.act("release_label", LABEL_OFFICER)


def test_whoever_could_decide_does_not_release_also_when_they_recused_themselves() -> None:
    walk = Walk(Tier.CRITICAL, members=9).to_round().act("recuse", MEMBERS[8], reason=text())
    walk.voted(*[Choice.GRANT] * 8)
    for member in (MEMBERS[0], MEMBERS[8]):
        both = member.model_copy(update={"roles": (Role.COMMISSIONER, Role.LABEL_OFFICER)})
        with refused("decides_and_releases"):
            walk.act("release_label", both)


def test_whoever_evaluated_does_not_release() -> None:
    walk = Walk(Tier.CRITICAL).to_grant()
    with refused("reviewed_and_decides"):
        walk.act("release_label", person("edda", Role.EXPERT, Role.LABEL_OFFICER, areas=AREAS))


def test_the_label_ends_the_case_as_granted() -> None:
    walk = Walk().to_grant()
    issued = issued_label(walk.case)
    walk.take((attest(walk.case, issued, walk.now),))
    assert (walk.case.stage, walk.case.label, walk.case.ended_at) == (Stage.GRANTED, issued, walk.now)
    assert walk.events[-1].actor == "engine"
