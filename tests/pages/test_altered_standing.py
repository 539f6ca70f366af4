"""Whoever writes into the database brings no ended label back into force: the signed lists, made of the log, say so."""

from datetime import UTC, date, datetime

import httpx2
import pytest

from certify.register.label_lives import LabelLifeRecord
from certify.register.labels import LabelRecord
from labels.key_set import KeySet, LabelKey, TrustedKey, Use
from labels.status import Shard, signed_list
from schemas.label import IssuedLabel, Standing
from tests.logged import key
from tests.pages.conftest import HOST, House
from tests.pages.test_public import HTML, JSON, OURS, issued

LISTS = key("status")
FROM, TO = date(2020, 1, 1), date(2099, 12, 31)


async def withdrawn(house: House) -> IssuedLabel:
    """A label that the log tells as withdrawn; in the database somebody put it back into force."""
    label = await issued(house)
    path = house.services.settings.key_set_file
    assert path is not None
    keys = (LabelKey(OURS.public_key, FROM, TO), TrustedKey(LISTS.public_key, FROM, TO, Use.STATUS))
    path.write_text(KeySet(keys).as_json())
    listed = bytes(Shard([(label.status_index, Standing.WITHDRAWN)]))
    url = house.services.settings.public_url
    content = signed_list(listed, address=f"{url}/s/0", version=9, at=datetime.now(UTC), signer=LISTS)
    house.services.published.write("s/0", content)
    async with house.services.database.reading() as session:
        life = await session.get(LabelLifeRecord, label.id)
    assert life is None or life.standing == Standing.IN_FORCE
    return label


@pytest.mark.parametrize("way", ["number", "token"])
async def test_the_answer_is_that_it_could_not_be_checked(house: House, way: str) -> None:
    label = await withdrawn(house)
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=house.app), base_url=HOST) as anybody:
        address = f"/{label.id}.json" if way == "number" else f"/C/{label.token}"
        answer = await anybody.get(address, headers=JSON)
        page = await anybody.get(address.removesuffix(".json"), headers={**HTML, "Accept-Language": "ru"})

        assert (answer.status_code, answer.json()["standing"]) == (503, "could_not_check")
        assert "signed list of standings" in answer.json()["reason"]
        assert answer.json()["authenticity"] == (None if way == "number" else "authentic")
        assert "подписанный список состояний" in page.text


async def test_no_list_feed_figure_or_badge_tells_it_as_in_force(house: House) -> None:
    label = await withdrawn(house)
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=house.app), base_url=HOST) as anybody:
        listed, feed, badge = [
            (await anybody.get(path)).text for path in ("/labels?lang=en", "/labels.atom", f"/{label.id}.badge.svg")
        ]
        figures = (await anybody.get("/api/statistics")).json()["labels"]

    assert "Could not check" in listed
    assert label.id not in feed
    assert "In force" not in badge
    assert figures["in_force"] == 0


async def test_a_later_end_in_the_database_keeps_no_label_in_force(house: House) -> None:
    label = await issued(house, days_ago=3 * 365)
    told = f'{{"id": "{label.id}"}}'
    row = LabelLifeRecord(
        id=label.id, organisation="", tier=label.tier, standing="in_force", version=1, since=label.issued_at,
        expires_at=datetime(2099, 1, 1, tzinfo=UTC), life=told,
    )  # fmt: skip
    async with house.services.database.reading() as session:
        found = await session.get_one(LabelRecord, label.id)
    found.life = row
    assert found.standing_at(datetime.now(UTC)) == Standing.EXPIRED
