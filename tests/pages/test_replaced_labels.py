"""A complaint that is upheld about a label which another one has replaced: that one is looked at (17065, 7.13)."""

from datetime import timedelta

import pytest

from certify.procedure.label_facts import with_label_facts
from certify.procedure.matters import Matters
from certify.register import matters
from schemas.act import Act
from schemas.errand import Errand
from schemas.errors import OutOfOrder, Unavailable
from schemas.label_events import LabelExpired, ProlongationDecided
from schemas.label_life import LabelLife, Prolongation
from tests.builders import SECRETARY
from tests.label_walk import LABEL_ID, NEW_LABEL, LabelWalk, granted
from tests.pages.complaints import filed
from tests.pages.conftest import FakeSending, House
from tests.pages.labels import label, save
from workflows.rules.label.beginnings import begin_life_content

COMPLAINT = "C7K2M9QX"
LAST = "YY23456789ABCDEF"


async def told(house: House, act: str, subject: str = LABEL_ID, **content: object) -> None:
    errand = Errand(key=act, to="label", subject=subject, act=act, content=content)
    await house.services.procedure.matters.engine_act(errand, sent_by=f"complaint/{COMPLAINT}/{subject}")


async def upheld(house: House) -> None:
    """Tell the label that the complaint is about that it is to be looked at again."""
    await told(house, "open_review", complaint=COMPLAINT, criteria=[])


async def begun(house: House, subject: str, prolongs: str) -> None:
    await told(house, "begin_life", subject, **{**begin_life_content(granted().case), "prolongs": prolongs})


async def life(house: House, subject: str) -> LabelLife:
    async with house.services.database.reading() as session:
        found = await matters.find(session, LabelLife, "label", subject)
    assert found is not None
    return found


async def test_review_is_opened_at_the_label_in_force_however_often_the_first_was_replaced(house: House) -> None:
    await label(house)
    await begun(house, NEW_LABEL, LABEL_ID)
    await begun(house, LAST, NEW_LABEL)
    await told(house, "supersede", successor=NEW_LABEL)
    await told(house, "supersede", NEW_LABEL, successor=LAST)

    await upheld(house)
    await upheld(house)

    assert [one.cause for one in (await life(house, LAST)).surveillances] == ["complaint"]
    assert [(await life(house, one)).surveillances for one in (LABEL_ID, NEW_LABEL)] == [(), ()]


async def test_review_waits_for_the_life_of_the_label_that_replaces_the_one_it_is_about(house: House) -> None:
    await label(house)
    await told(house, "supersede", successor=NEW_LABEL)
    with pytest.raises(Unavailable, match="not on record yet"):
        await upheld(house)
    await begun(house, NEW_LABEL, LABEL_ID)
    await upheld(house)
    assert (await life(house, NEW_LABEL)).complaints == (COMPLAINT,)


async def test_review_waits_while_a_label_that_ended_is_still_to_be_prolonged(house: House) -> None:
    walk = await label(house)
    decided = Prolongation(
        number=f"label/{LABEL_ID}/9", motion=1, decided_at=walk.now, until=walk.now + timedelta(days=90)
    )
    walk.take((ProlongationDecided(at=walk.now, actor="engine", prolongation=decided),))
    await save(house, walk.take((LabelExpired(at=walk.now, actor="engine"),)))
    with pytest.raises(Unavailable, match="not on record yet"):
        await upheld(house)


async def test_review_of_a_label_that_nothing_replaced_is_refused_for_good(house: House) -> None:
    walk = await label(house)
    await save(house, walk.take((LabelExpired(at=walk.now, actor="engine"),)))
    with pytest.raises(OutOfOrder, match="ended"):
        await upheld(house)


async def test_review_that_was_opened_before_the_label_was_replaced_went_on_with_it(house: House) -> None:
    await label(house)
    await upheld(house)
    await told(house, "supersede", successor=NEW_LABEL)
    await begun(house, NEW_LABEL, LABEL_ID)
    await upheld(house)
    assert (await life(house, NEW_LABEL)).complaints == ()


class AheadOfTheRecord(FakeSending):
    """The label's workflow has just replaced it, and the record does not say so yet."""

    async def to_running(self, act: Act, name: str, **_: object) -> None:
        raise OutOfOrder("matter_ended", f"{name} has ended; {act.kind} comes too late.")


async def test_label_that_ends_as_it_is_told_is_asked_again_once_the_record_says_so(house: House) -> None:
    services = house.services
    await label(house)
    services.procedure.matters = Matters(AheadOfTheRecord(services.database), services.database, services.vault)
    with pytest.raises(Unavailable, match="does not say so yet"):
        await upheld(house)


async def test_complaints_about_both_labels_count_for_the_one_that_carries_on(house: House) -> None:
    walk = await label(house)
    for about in (LABEL_ID, NEW_LABEL):
        await filed(house, about, secret=about * 2)
    carried_on = LabelWalk(subject=NEW_LABEL, begun_at=walk.now, prolongs=LABEL_ID)
    async with house.services.database.reading() as session:
        acts = [
            await with_label_facts(session, one.build(kind, SECRETARY, **content), one.state)
            for one in (walk, carried_on)
            for kind, content in (
                ("put_maintain_to_vote", {"surveillance": 1}),
                ("put_prolongation_to_vote", {"days": 9}),
            )
        ]
    assert [act.around.open_complaints for act in acts] == [1, 1, 2, 2]
