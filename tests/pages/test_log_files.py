"""The log and the lists as anybody fetches them, and a label that is not in force before witnesses saw it."""

from collections.abc import AsyncIterator

import httpx2
import pytest

from certify.vault.published import label_file
from certify.vault.published_paths import BUNDLE, STATUS_INDEX, proof_of
from tests.fakes import SeenByWitnesses
from tests.pages.conftest import HOST, House
from tests.pages.labels import label, save
from tests.pages.test_public import issued

Client = httpx2.AsyncClient
FILES = {
    "/log/checkpoint": ("log/checkpoint", "text/plain; charset=utf-8", "max-age=5"),
    "/log/tile/0/000": ("log/tile/0/000", "application/octet-stream", "immutable"),
    "/log/tile/0/x001/x234/067.p/255": ("log/tile/0/x001/x234/067.p/255", "application/octet-stream", "immutable"),
    "/log/tile/entries/000.p/1": ("log/tile/entries/000.p/1", "application/octet-stream", "immutable"),
    "/s/0": ("s/0", "application/statuslist+cwt", "max-age=5"),
    "/s": (STATUS_INDEX, "application/json", "max-age=5"),
    "/offline.bundle": (BUNDLE, "application/json", "max-age=5"),
}


@pytest.fixture
async def anybody(house: House) -> AsyncIterator[Client]:
    """A visitor without an account."""
    transport = httpx2.ASGITransport(app=house.app, raise_app_exceptions=False)
    async with Client(transport=transport, base_url=HOST) as client:
        yield client


def seen(house: House) -> SeenByWitnesses:
    """What witnesses saw."""
    assert isinstance(house.services.proofs, SeenByWitnesses)
    return house.services.proofs


@pytest.mark.parametrize("address", FILES)
async def test_a_published_file_is_given_out_as_it_lies_there(house: House, anybody: Client, address: str) -> None:
    path, media_type, kept = FILES[address]
    assert (await anybody.get(address)).status_code == 404
    house.services.published.write(path, b"the file")
    answer = await anybody.get(address)

    assert (answer.status_code, answer.content) == (200, b"the file")
    assert answer.headers["Content-Type"] == media_type
    assert kept in answer.headers["Cache-Control"]
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "set-cookie" not in answer.headers
    assert (await anybody.head(address)).content == b""


@pytest.mark.parametrize(
    "address",
    [
        "/log/head", "/log/tile/64/000", "/log/tile/00/000", "/log/tile/0/0", "/log/tile/0/000.p/0",
        "/log/tile/0/000.p/256", "/log/tile/0/000.p/01", "/log/tile/entries/../../../certify.db", "/log/tile/0/x001",
        "/log/tile/0/%2e%2e/000", "/s/00", "/s/-1", "/s/1/2", "/s/index.json", "/s/999999", "/labels/proved",
    ],
)  # fmt: skip
async def test_nothing_else_of_the_folder_can_be_asked_for(house: House, anybody: Client, address: str) -> None:
    for path in ("log/head", "labels/proved", STATUS_INDEX, "log/tile/64/000"):
        house.services.published.write(path, b"not for you")
    assert (await anybody.get(address)).status_code == 404


async def test_the_proof_of_a_label_is_given_out_under_its_number(house: House, anybody: Client) -> None:
    one = await issued(house)
    assert (await anybody.get(f"/{one.id}.tlog-proof")).status_code == 404
    house.services.published.write(proof_of(one.id), b"the proof")
    assert (await anybody.get(f"/{one.id}.tlog-proof")).content == b"the proof"
    assert (await anybody.get("/0000-0000-0000-0000-1.tlog-proof")).status_code == 404


async def test_a_label_is_not_in_force_before_witnesses_saw_it(house: House, anybody: Client) -> None:
    one = await issued(house)
    seen(house).unseen.add(one.id)
    for address in (f"/{one.id}.json", f"/C/{one.token}"):
        told = (await anybody.get(address, headers={"Accept": "application/json"})).json()
        assert told["standing"] == "not_yet", address
        assert "independent witness" in told["reason"]
        assert told["label"]["history"] == []
        assert told["token"] is None
    assert "Not in force yet" in (await anybody.get(f"/{one.id}")).text
    assert "Not yet in force" in (await anybody.get("/labels")).text
    assert "Not in force yet" in (await anybody.get(f"/{one.id}.badge.svg")).text


@pytest.mark.parametrize("state", ["unseen", "lost"])
@pytest.mark.parametrize("file", [".png", ".svg", "/print", ".pdf", ".jsonld", ".vc.jwt", ".dcc.jwt", ".cose"])
async def test_nobody_is_given_a_picture_or_a_paper_of_a_label_that_is_not_proved(
    house: House, anybody: Client, state: str, file: str
) -> None:
    one = await issued(house)
    for name in ("open-badge.jwt", "conformity.jwt", "certificate.cose", "certificate.en.pdf"):
        house.services.published.write(label_file(one.id, name), b"made by somebody")
    getattr(seen(house), state).add(one.id)
    answer = await anybody.get(f"/{one.id}{file}")
    assert answer.status_code == 404
    assert "witness" in answer.text or "certificate is being made" in answer.text
    assert one.token not in (await anybody.get(f"/{one.id}", headers={"Accept": "text/html"})).text

    getattr(seen(house), state).clear()
    assert (await anybody.get(f"/{one.id}{file}")).status_code == 200


async def test_a_proof_that_does_not_hold_is_no_answer_about_the_label(house: House, anybody: Client) -> None:
    one = await issued(house)
    seen(house).unreadable.add(one.id)
    answer = await anybody.get(f"/{one.id}.json")
    assert (answer.status_code, answer.json()["standing"]) == (503, "could_not_check")
    listed = (await anybody.get("/labels")).text
    assert "Digit Reader" in listed


async def test_a_label_that_is_out_of_force_is_told_so_without_its_proof(house: House, anybody: Client) -> None:
    walk = await label(house)
    walk.suspended()
    seen(house).unreadable.add(walk.subject)
    await save(house, walk)
    answer = await anybody.get(f"/{walk.subject}.json")
    assert answer.json()["standing"] == "suspended"


@pytest.mark.parametrize(
    ("accept", "end"),
    [
        ("application/pdf", "pdf"),
        ("image/png", "png"),
        ("application/cose; q=1", "cose"),
        ("application/vc+jwt", "vc.jwt"),
    ],
)
async def test_whoever_accepts_one_kind_of_file_is_led_to_it(
    house: House, anybody: Client, accept: str, end: str
) -> None:
    one = await issued(house)
    answer = await anybody.get(f"/{one.id}", headers={"Accept": accept})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/{one.id}.{end}")
    assert (await anybody.get(f"/{one.id}", headers={"Accept": "text/html, image/png"})).status_code == 200
    assert (await anybody.get("/nothing", headers={"Accept": accept})).status_code == 404
