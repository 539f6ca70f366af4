"""Images of holders stay as long as a certificate may have to be made with them, and no longer (decision 50)."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import delete, select

from certify.register import holder_images
from certify.register.clearing_images import WAITS, clear
from certify.register.database import Database
from certify.register.holder_images import HolderImage, ImageHandedIn
from labels.certificate.holder_image import reencoded
from tests.builders import ORGANISATION
from tests.unit.certify.register.certified import Body, founded
from tests.unit.certify.register.records import AT, append, entered
from tests.unit.certify.register.test_holder_images import FIRST, SECOND, at_issue, choose
from tests.unit.labels.certificate.conftest import picture

THIRD = reencoded(picture(size=(40, 40)))
LATER = AT + WAITS


@pytest.fixture
async def body(database: Database, tmp_path: Path) -> Body:
    return await founded(database, tmp_path)


async def left_after(database: Database, now: datetime = LATER) -> set[str]:
    """Clear, and return the digests of the images that are still here."""
    async with database.writing() as session:
        await clear(session, now)
    async with database.reading() as session:
        handed_in = set((await session.exec(select(ImageHandedIn.digest))).all())
        kept = set((await session.exec(select(HolderImage.digest))).all())
    assert handed_in <= kept
    return kept


async def test_what_stands_stays_and_what_it_replaced_goes(body: Body) -> None:
    first, second = await choose(body.database, FIRST), await choose(body.database, SECOND)
    assert await left_after(body.database) == {second}

    await choose(body.database, None)
    assert await left_after(body.database) == set()
    assert first != second
    assert await body.codes() == []


async def test_what_a_certificate_shows_stays_whatever_was_chosen_since(body: Body) -> None:
    await choose(body.database, FIRST)
    shown = await choose(body.database, SECOND)
    label = (await body.certified()).case.label
    await choose(body.database, THIRD)
    await choose(body.database, None)

    assert await left_after(body.database) == {shown}
    assert await at_issue(body.database, label) == shown
    assert await body.codes() == []


async def test_the_image_of_one_organisation_stays_though_another_replaced_it(body: Body) -> None:
    await append(body.database, "organisation/org-b", entered("org-b", name="Harbour AI"))
    shared = await choose(body.database, FIRST, "org-b")
    await choose(body.database, FIRST)
    second = await choose(body.database, SECOND)

    assert await left_after(body.database) == {shared, second}


async def test_an_image_waits_a_day_for_the_act_that_chooses_it_and_handing_it_in_again_begins_anew(body: Body) -> None:
    for at, now, stays in (
        (AT, LATER - timedelta(seconds=1), True),
        (AT + timedelta(hours=1), LATER, True),
        (AT, LATER, False),
    ):
        async with body.database.writing() as session:
            digest = await holder_images.keep(session, FIRST, at)
        assert await left_after(body.database, now) == ({digest} if stays else set())


async def test_an_image_of_before_days_were_kept_is_cleared_like_any_other(body: Body) -> None:
    await choose(body.database, FIRST)
    second = await choose(body.database, SECOND)
    async with body.database.writing() as session:
        await session.exec(delete(ImageHandedIn))

    assert await left_after(body.database, AT) == {second}


async def test_nothing_that_was_ever_chosen_goes_while_a_view_lacks_a_label(body: Body) -> None:
    await choose(body.database, FIRST)
    await body.certified()
    await choose(body.database, SECOND)
    await body.as_owner("DELETE FROM label")

    assert len(await left_after(body.database)) == 2


async def test_an_image_that_a_certificate_shows_is_missed_by_the_check(body: Body) -> None:
    digest = await choose(body.database, FIRST)
    await body.certified()
    await choose(body.database, None)
    async with body.database.writing() as session:
        await session.delete(await session.get(HolderImage, digest))

    assert await body.codes() == ["holder_image_missing"]
    assert ORGANISATION in str((await body.check())[0].where)
