"""An act about a label says by which edition it is judged; one of before says by words what held (decision 63)."""

import pytest

from schemas.label_acts import AskRenewal
from schemas.label_facts import RecordFacts
from tests.builders import APPLICANT
from tests.label_walk import LabelWalk
from workflows.rules.label import editions
from workflows.rules.label.editions import EDITION, Since, holds

WORDS = {
    "binds_standing": editions.BINDS_STANDING,
    "judges_stay_out": editions.STAYS_OUT,
    "names_ends": editions.NAMES_ENDS,
    "counts_reporters": editions.COUNTS_REPORTERS,
    "asks_undecided": editions.RENEWS_UNDECIDED,
}
RULES = {name: rule for name, rule in vars(editions).items() if isinstance(rule, Since)}


def act(**facts: object) -> AskRenewal:
    built = LabelWalk().build("ask_renewal", APPLICANT, new_application="case-2")
    return built.model_copy(update={"around": RecordFacts.model_validate(facts)})


def test_every_rule_holds_for_an_act_of_today() -> None:
    assert max(rule.edition for rule in RULES.values()) == EDITION
    assert all(holds(rule, act(edition=EDITION)) for rule in RULES.values())


@pytest.mark.parametrize("word", WORDS)
def test_an_act_of_before_is_judged_by_what_its_words_say_and_by_nothing_else(word: str) -> None:
    held = {name for name, rule in RULES.items() if holds(rule, act(**{word: True}))}
    assert [RULES[name] for name in held] == [WORDS[word]]


def test_an_act_without_facts_is_judged_by_no_rule_of_later() -> None:
    bare = LabelWalk().build("ask_renewal", APPLICANT, new_application="case-2").model_copy(update={"around": None})
    assert not any(holds(rule, bare) for rule in RULES.values())
