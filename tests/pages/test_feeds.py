"""What is published about labels, and the checkpoints, as feeds (RFC 4287; security I7, T27)."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx2
import pytest
from defusedxml.ElementTree import fromstring

from certify.web.public import label_feed
from certify.web.public.atom import Feed, FeedEntry, written
from schemas.label_number import format_number
from tests.builders import APPLICANT, text
from tests.fakes import SeenByWitnesses
from tests.label_walk import ENGINE_ITSELF, LABEL_ID, NEW_LABEL
from tests.logged import Logged, key_set
from tests.pages.conftest import EVERYONE, HOST, House, name_of
from tests.pages.labels import label, save
from tests.pages.test_public import issued

ATOM = "{http://www.w3.org/2005/Atom}"
NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
async def anybody(house: House) -> AsyncIterator[httpx2.AsyncClient]:
    """A visitor without an account."""
    transport = httpx2.ASGITransport(app=house.app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url=HOST) as client:
        yield client


class Read:
    """A feed as a reader of feeds has it; what RFC 4287 asks for is there."""

    def __init__(self, answer: httpx2.Response) -> None:
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
        self.answer, root = answer, fromstring(answer.content)
        assert root.tag == f"{ATOM}feed"
        self.id, self.title, self.updated = (root.findtext(ATOM + name) for name in ("id", "title", "updated"))
        assert root.findtext(f"{ATOM}author/{ATOM}name")
        self.links = {link.get("rel"): link.get("href") for link in root.findall(f"{ATOM}link")}
        assert set(self.links) == {"self", "alternate"}
        self.entries = root.findall(f"{ATOM}entry")
        self.ids = [entry.findtext(f"{ATOM}id") for entry in self.entries]
        assert len(set(self.ids)) == len(self.ids)
        times = [entry.findtext(f"{ATOM}updated") or "" for entry in self.entries]
        assert times == sorted(times, reverse=True)
        assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", time) for time in (*times, self.updated))
        assert self.updated == max(times, default=self.updated)
        self.titles = [entry.findtext(f"{ATOM}title") for entry in self.entries]
        self.summaries = [entry.findtext(f"{ATOM}summary") or "" for entry in self.entries]
        self.kinds = [entry.find(f"{ATOM}category").get("term") for entry in self.entries]
        self.pages = [entry.find(f"{ATOM}link").get("href") for entry in self.entries]


async def read(client: httpx2.AsyncClient, address: str = "/labels.atom") -> Read:
    return Read(await client.get(address))


async def test_a_suspension_is_in_the_feed_within_the_minute(house: House, anybody: httpx2.AsyncClient) -> None:
    walk = await label(house)
    before = await read(anybody)
    await save(house, walk.suspended())
    after = await read(anybody)

    assert before.answer.headers["Cache-Control"] == after.answer.headers["Cache-Control"] == "public, max-age=60"
    assert before.titles == ["Label issued: Digit Reader 1.2.0"]
    assert after.titles == ["Label suspended: Digit Reader 1.2.0", *before.titles]
    assert after.summaries[0] == f"{format_number(LABEL_ID)}, Acme Vision. The mark was used in a way that misleads."
    assert after.kinds == ["suspended", "in_force"]
    assert after.ids == [f"{HOST}/{LABEL_ID}#2", f"{HOST}/{LABEL_ID}#1"]
    assert after.updated > before.updated
    assert (await anybody.get(after.pages[0])).status_code == 200


async def test_an_id_is_the_same_in_every_language_and_at_every_time(house: House, anybody: httpx2.AsyncClient) -> None:
    await save(house, (await label(house)).suspended())
    english, again, russian = [await read(anybody, f"/labels.atom{end}") for end in ("", "", "?lang=ru")]

    assert english.answer.content == again.answer.content
    assert (english.id, english.ids) == (russian.id, russian.ids)
    assert russian.titles[0] == "Действие знака приостановлено: Digit Reader 1.2.0"
    assert russian.links["self"] == f"{HOST}/labels.atom?lang=ru"
    tag = english.answer.headers["ETag"]
    assert (await anybody.get("/labels.atom", headers={"If-None-Match": tag})).status_code == 304
    assert (await anybody.head("/labels.atom")).content == b""


async def test_every_way_a_label_goes_has_its_words(house: House, anybody: httpx2.AsyncClient) -> None:
    await save(house, (await label(house)).act("supersede", ENGINE_ITSELF, successor=NEW_LABEL))
    assert (await read(anybody)).titles[0] == "Label replaced: Digit Reader 1.2.0"


async def test_the_end_by_the_holder_is_told(house: House, anybody: httpx2.AsyncClient) -> None:
    await save(house, (await label(house)).act("end_label", APPLICANT))
    assert (await read(anybody)).titles[0] == "Label ended by its holder: Digit Reader 1.2.0"


async def test_the_end_of_a_term_is_told_before_it_is_recorded(house: House, anybody: httpx2.AsyncClient) -> None:
    old = await issued(house, days_ago=800)
    told = await read(anybody)

    assert told.titles[0] == "Label expired: Digit Reader 1.2.0"
    assert told.ids == [f"{HOST}/{old.id}#2", f"{HOST}/{old.id}#1"]


async def test_nothing_private_is_in_it(house: House, anybody: httpx2.AsyncClient) -> None:
    await save(house, (await label(house)).suspended())
    content = (await anybody.get("/labels.atom")).text

    for somebody in EVERYONE:
        assert somebody.person not in content
        assert name_of(somebody) not in content
    for words in ("Misused.", "Because the evidence", "case-1", text().digest):
        assert words not in content


@pytest.mark.parametrize("lacking", ["unseen", "unreadable", "lost"])
async def test_a_label_that_may_not_be_told_to_be_in_force_is_not_told_to_be_issued(
    house: House, anybody: httpx2.AsyncClient, lacking: str
) -> None:
    one = await issued(house)
    assert isinstance(house.services.proofs, SeenByWitnesses)
    getattr(house.services.proofs, lacking).add(one.id)

    assert (await read(anybody)).ids == []


async def test_the_newest_steps_are_told_whatever_label_they_are_of(
    house: House, anybody: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    walk = await label(house, days_ago=300)
    await save(house, walk.suspended())
    monkeypatch.setattr(label_feed, "NEWEST", 1)

    assert (await read(anybody)).kinds == ["suspended"]


async def test_the_directory_leads_to_the_feeds(house: House, anybody: httpx2.AsyncClient) -> None:
    page = (await anybody.get("/labels?lang=ru")).text
    links = re.findall(r'<link rel="alternate" type="application/atom\+xml" title="([^"]+)" href="([^"]+)">', page)

    assert len(links) == 2
    assert links[1][0] == "Контрольные точки открытого журнала"
    assert (await read(anybody, links[0][1])).title == links[0][0] != "What became of labels"


# Checkpoints


async def test_the_last_checkpoint_that_witnesses_saw_is_a_feed_of_its_own(
    house: House, anybody: httpx2.AsyncClient
) -> None:
    assert (await anybody.get("/log/checkpoint.atom")).status_code == 404
    label_keys = tuple(house.services.keys().keys) if (await issued(house)) else ()
    assert house.services.settings.key_set_file is not None
    house.services.settings.key_set_file.write_text(key_set(*label_keys).as_json())
    log = Logged(house.services.published, house.services.settings.log_origin)
    log.add(seen_at=NOW - timedelta(hours=1))
    first = await read(anybody, "/log/checkpoint.atom")
    log.add(digest="f" * 64, seen_at=NOW)
    second = await read(anybody, "/log/checkpoint.atom")

    assert first.titles == [f"{house.services.settings.log_origin}, size 1"]
    assert second.summaries[0].strip() == (await anybody.get("/log/checkpoint")).text.strip()
    assert first.ids != second.ids
    assert first.updated < second.updated
    assert second.answer.headers["Access-Control-Allow-Origin"] == "*"
    house.services.published.write("log/checkpoint", b"damaged")
    assert (await anybody.get("/log/checkpoint.atom")).status_code == 503


def test_characters_that_xml_has_not_are_replaced() -> None:
    entry = FeedEntry(
        id="urn:1", title="a\x00<b>\ufffe", summary="&\ud800", page="https://v.example/", at=NOW, kind="issued"
    )
    feed = Feed(id="urn:f", address="urn:f", title="t", page="urn:p", author="Body", language="en", entries=(entry,))
    root = fromstring(written(feed))

    assert root.findtext(f"{ATOM}entry/{ATOM}title") == "a\ufffd<b>\ufffd"
    assert root.findtext(f"{ATOM}entry/{ATOM}summary") == "&\ufffd"
