"""What a granted case tells others, once each and in their order."""

from schemas.case import Case
from schemas.errand import ErrandDone
from schemas.scheme import Tier
from tests.builders import START, Walk
from tests.label_walk import NEW_LABEL, begin_content, granted
from workflows.rules.case.fold import evolve
from workflows.rules.label.case_errands import errand_of


def case(**changes: object) -> Case:
    made = granted(Tier.LOW).case
    lodged = made.lodged.model_copy(update={key: value for key, value in changes.items() if key == "renews"})
    return made.model_copy(
        update={"edition": 2, "lodged": lodged, **{k: v for k, v in changes.items() if k != "renews"}}
    )


def told(before: Case, key: str) -> Case:
    return evolve(before, ErrandDone(at=START, actor="engine", key=key))


def test_a_granted_case_begins_the_life_of_its_label_once() -> None:
    errand = errand_of(case())
    assert errand is not None
    assert (errand.to, errand.subject, errand.act) == ("label", case().label.id, "begin_life")
    assert errand.content == begin_content(Tier.LOW)
    assert errand_of(told(case(), errand.key)) is None


def test_a_label_that_is_renewed_is_replaced_before_the_life_of_the_new_one_begins() -> None:
    renewing = case(renews=NEW_LABEL)
    errand = errand_of(renewing)
    assert errand is not None
    assert (errand.subject, errand.act, errand.content) == (NEW_LABEL, "supersede", {"successor": renewing.label.id})
    following = errand_of(told(renewing, errand.key))
    assert following is not None
    assert (following.subject, following.act) == (renewing.label.id, "begin_life")
    assert errand_of(told(told(renewing, errand.key), following.key)) is None


def test_a_case_without_a_label_tells_nobody() -> None:
    assert errand_of(Walk(Tier.LOW, edition=2).to_intake().case) is None
