"""The forms in which the answer to a scan is asked for: JSON, pictures and other files, by suffix and by `Accept`."""

from pathlib import Path

import zxingcpp
from PIL import Image

from labels.preview import preview_token
from schemas.label import LabelStatement
from schemas.label_number import format_number
from tests.pages.conftest import House
from tests.pages.test_public import CLAIMED, HTML, JSON, OURS, THEIRS, UNKNOWN, Client, anybody, forged, in_days, issued

__all__ = ["anybody"]


async def test_programs_get_json_by_accept_and_by_suffix(house: House, anybody: Client) -> None:
    label = await issued(house)

    by_accept, by_suffix = await anybody.get(f"/{label.id}", headers=JSON), await anybody.get(f"/{label.id}.json")

    for answer in (by_accept, by_suffix):
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == "application/json"
        assert answer.headers["Cache-Control"] == "public, max-age=60"
        assert "Accept" in answer.headers["Vary"]
        found = answer.json()
        assert (found["standing"], found["number"]) == ("in_force", format_number(label.id))
        assert found["label"]["product"] == "Digit Reader"
    assert (await anybody.get(f"/{UNKNOWN}.json")).json()["standing"] == "unknown_number"
    assert (await anybody.get("/0000-0000-0000-0000-1.json")).status_code == 400


FILES = ("svg", "png", "pdf", "cose", "vc.jwt", "dcc.jwt", "jsonld", "tlog-proof")


async def test_a_token_with_json_behind_it_is_answered_as_that_token(house: House, anybody: Client) -> None:
    label = await issued(house)

    ours, false = [
        await anybody.get(f"/C/{token}.json", headers=HTML) for token in (label.token.lower(), forged(THEIRS))
    ]

    assert ours.headers["Content-Type"] == "application/json"
    assert (ours.json()["authenticity"], ours.json()["number"]) == ("authentic", format_number(label.id))
    assert (false.status_code, false.json()["authenticity"]) == (409, "unknown_key")


async def test_a_token_leads_to_the_files_of_its_label_once_it_is_verified(house: House, anybody: Client) -> None:
    label = await issued(house)
    for suffix in FILES:
        led = await anybody.get(f"/C/{label.token}.{suffix}?lang=ru")
        assert (led.status_code, led.headers["Location"]) == (303, f"/{label.id}.{suffix}?lang=ru")
        for token, status in ((forged(THEIRS), 409), (forged(OURS), 404), (forged(OURS, id=label.id), 404)):
            assert (await anybody.get(f"/C/{token}.{suffix}")).status_code == status, suffix
    for accept, suffix in (("image/png", "png"), ("application/vc+jwt", "vc.jwt"), ("application/cose", "cose")):
        for path in (f"/C/{label.token}", f"/{label.id}"):
            led = await anybody.get(path, headers={"Accept": accept})
            assert (led.status_code, led.headers["Location"]) == (303, f"/{label.id}.{suffix}")
            assert led.headers["Vary"] == "Accept"
        assert (await anybody.get(f"/C/{forged(THEIRS)}", headers={"Accept": accept})).status_code == 409
    statement = LabelStatement.model_validate({**CLAIMED, "id": "TEST456789ABCDEF", "expires_at": in_days(100)})
    for nothing in (f"/C/{label.token}.gif", f"/C/{preview_token(statement)}.png"):
        assert (await anybody.get(nothing)).status_code == 404, nothing


async def test_the_pictures_are_read_as_the_label_they_show(house: House, anybody: Client, tmp_path: Path) -> None:
    label = await issued(house)
    picture, drawing = await anybody.get(f"/{label.id}.png"), await anybody.get(f"/{label.id}.svg")
    path = tmp_path / "label.png"
    path.write_bytes(picture.content)

    (code,) = zxingcpp.read_barcodes(Image.open(path))

    assert code.text.upper().endswith(f"/C/{label.token}")
    assert picture.headers["Content-Type"] == "image/png"
    assert drawing.headers["Content-Type"].startswith("image/svg+xml")
    assert "<script" not in drawing.text
    assert (await anybody.get(f"/{UNKNOWN}.png")).status_code == 404
    assert (await anybody.get(f"/{label.id}.svg", params={"form": "huge"})).status_code == 422
