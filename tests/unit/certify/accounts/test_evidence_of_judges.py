"""Evidence of a label is open to whoever judges a surveillance now, and to nobody who did (security T12)."""

from collections.abc import Callable

import pytest

from certify.accounts.matter_parts import MatterPart, parts_in_label
from certify.accounts.policy import MatterFacts, admit, decide, permit
from certify.accounts.principal import ALL_SCOPES, Principal
from schemas.people import PersonFacts, Role
from schemas.scheme import Tier
from tests.builders import SECRETARY, text
from tests.label_walk import JUDGES, LabelWalk
from tests.unit.workflows.rules.case.test_relieving import OVERDUE, relieve
from tests.unit.workflows.rules.case.test_third_party import POOL, critical
from workflows.rules.label.kernel import LABEL

JUDGE = JUDGES[0]


def opens(walk: LabelWalk, who: PersonFacts = JUDGE) -> bool:
    principal = Principal(facts=who, name="Somebody", authn="passkey", scopes=ALL_SCOPES)
    asked = MatterFacts(LABEL, walk.state)
    return bool(admit(principal, "read_label_evidence")) and bool(
        decide(principal, "read_label_evidence", asked, walk.now)
    )


def judging() -> LabelWalk:
    return LabelWalk(Tier.HIGH).to_surveillance().handed_in().staffed(JUDGE)


def test_whoever_judges_a_surveillance_opens_it() -> None:
    assert opens(judging())


def _relieved(walk: LabelWalk) -> LabelWalk:
    return walk.act("answer_surveillance_assignment", JUDGE, surveillance=1, accepts=False, reason=text())


def _ended(walk: LabelWalk) -> LabelWalk:
    return LabelWalk(Tier.HIGH).to_surveillance().handed_in().judged().maintained()


def _in_a_later_one(walk: LabelWalk) -> LabelWalk:
    return _ended(walk).to_surveillance().handed_in()


def _interested(walk: LabelWalk) -> LabelWalk:
    return walk.act("declare_matter_interests", JUDGE, has_interest=True, statement=text("They hired me."))


@pytest.mark.parametrize("then", [_relieved, _ended, _in_a_later_one, _interested])
def test_afterwards_it_is_closed(then: Callable[[LabelWalk], LabelWalk]) -> None:
    assert not opens(then(judging()))


def test_it_is_closed_to_whose_role_ended_or_who_is_tied() -> None:
    assert not opens(judging(), JUDGE.model_copy(update={"roles": (Role.AUDITOR,)}))
    assert not opens(judging(), JUDGE.model_copy(update={"tied_to": (judging().state.organisation,)}))


@pytest.mark.parametrize("how", ["says no", "is relieved"])
def test_a_third_party_who_left_opens_nothing_while_nobody_else_is_drawn(how: str) -> None:
    one = POOL[0]
    walk = critical().act("draw_third_party", SECRETARY, people={one.person: one})
    walk.act("declare_interests", one, has_interest=False)
    principal = Principal(facts=one, name="Somebody", authn="passkey", scopes=ALL_SCOPES)
    assert permit(principal, "read_evidence", walk.case)
    if how == "says no":
        walk.act("answer_assignment", one, accepts=False, reason=text("No."))
    else:
        relieve(walk.pass_time(days=OVERDUE), one)
    assert not permit(principal, "read_evidence", walk.case)


@pytest.mark.parametrize("change", [{"roles": (Role.AUDITOR,)}, {"tied_to": ("org-acme",)}, {"interest": True}])
def test_who_judged_once_reads_on_what_was_found_only_while_they_may_judge(change: dict[str, object]) -> None:
    walk, who = _ended(judging()), JUDGE
    assert MatterPart.JUDGE in parts_in_label(walk.state, who)
    if change.pop("interest", False):
        walk = _interested(walk)
    elif "tied_to" in change:
        change["tied_to"] = (walk.state.organisation,)
    assert not {MatterPart.JUDGE, MatterPart.ASKED} & parts_in_label(walk.state, who.model_copy(update=change))
