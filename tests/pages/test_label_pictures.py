"""What anybody takes away of a label: certificate, print sheet, badge; and how a badge tells a copied one."""

# ruff: noqa: RUF001  # some of it is Russian

import xml.etree.ElementTree as ET
from typing import Any

import httpx2
import pytest

from labels.artwork import MIN_MODULE_MM
from labels.preview import preview_token
from schemas.label_number import format_number, preview_id
from tests.builders import SECRETARY, text
from tests.label_walk import LABEL_ID
from tests.pages.conftest import HOST, Eyes, House, words_of
from tests.pages.labels import label, save
from tests.unit.labels.conftest import a_statement

PREVIEW = preview_id(bytes(range(10)))
UNKNOWN = "ZZZZZZZZZZZZZZZZ"
BADGE = f"/{LABEL_ID}.badge.svg"
OTHER_SITE = "Shown on another site than the holder's: open the register"


async def get(house: House, path: str, **headers: str) -> httpx2.Response:
    return await (await house.browser(None)).get(path, headers=headers)


def said_by(badge: httpx2.Response) -> str:
    drawn = ET.fromstring(badge.text)  # noqa: S314  # our own drawing
    return drawn.findtext("{http://www.w3.org/2000/svg}title") or ""


def stored(house: House, name: str, content: bytes) -> None:
    path = house.services.settings.data / "published" / "labels" / LABEL_ID / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


# The certificate


async def test_the_certificate_is_given_out_as_it_was_made_in_the_reader_s_language(house: House) -> None:
    await label(house)
    for language in ("en", "ru"):
        stored(house, f"certificate.{language}.pdf", b"%PDF-" + language.encode())

    english, russian = await get(house, f"/{LABEL_ID}.pdf"), await get(house, f"/{LABEL_ID.lower()}.pdf?lang=ru")

    assert (english.content, russian.content) == (b"%PDF-en", b"%PDF-ru")
    assert english.headers["Content-Type"] == "application/pdf"
    assert english.headers["Content-Disposition"] == f'inline; filename="certificate-{LABEL_ID}-en.pdf"'


async def test_a_certificate_that_is_not_there_yet_is_being_made(house: House) -> None:
    await label(house)

    awaited = await get(house, f"/{LABEL_ID}.pdf")

    assert awaited.status_code == 404
    assert "The certificate is being made" in words_of(awaited)
    assert (await get(house, f"/{UNKNOWN}.pdf")).status_code == 404
    assert "being made" not in (await get(house, f"/{UNKNOWN}.pdf")).text


# Sizes


@pytest.mark.parametrize("size", ["0.39", "0", "-1", "nan"])
async def test_no_picture_is_drawn_smaller_than_can_be_read(house: House, size: str) -> None:
    await label(house)

    for form in ("standard", "mini"):
        refused = await get(house, f"/{LABEL_ID}.svg?form={form}&module_mm={size}")
        assert (refused.status_code, "too_small" in refused.text) == (422, True)
    refused = await get(house, f"/{LABEL_ID}.png?module_pixels=2")
    assert (refused.status_code, "too_small" in refused.text) == (422, True)


@pytest.mark.parametrize("query", [".svg?module_mm=10.1", ".svg?module_mm=inf", ".png?module_pixels=61"])
async def test_no_picture_is_drawn_larger_than_a_wall(house: House, query: str) -> None:
    await label(house)
    refused = await get(house, f"/{LABEL_ID}{query}")
    assert (refused.status_code, "too_large" in refused.text) == (422, True)


async def test_the_print_sheet_shows_both_forms_at_sizes_that_can_be_read(house: House) -> None:
    await label(house)
    page = await get(house, f"/{LABEL_ID}/print")
    words = words_of(page)

    assert words.count("Standard:") == words.count("Mini:") == 3
    assert f"never smaller than {MIN_MODULE_MM} mm" in words
    assert "85.6 × " in words
    assert f'src="/{LABEL_ID}.svg?form=mini&amp;module_mm=0.5"' in page.text
    for address in pictures_in(page):
        assert (await get(house, address)).status_code == 200, address


def pictures_in(page: httpx2.Response) -> list[str]:
    return [one.split('"')[0].replace("&amp;", "&") for one in page.text.split('<img src="')[1:]]


async def test_the_print_sheet_gives_the_badge_to_copy(house: House) -> None:
    await label(house)
    words = words_of(await get(house, f"/{LABEL_ID}/print?lang=ru"))

    assert f'<a href="{HOST}/{LABEL_ID}" referrerpolicy="origin">' in words
    assert f'<img src="{HOST}/{LABEL_ID}.badge.svg?lang=ru"' in words
    assert 'alt="Знак соответствия: Digit Reader 1.2.0"' in words


# The badge


async def test_a_badge_says_how_the_label_stands_of_which_product_and_at_which_register(house: House) -> None:
    await label(house)
    badge = await get(house, BADGE)

    assert (badge.status_code, said_by(badge)) == (200, "Label in force. Digit Reader 1.2.0. localhost:8080")
    assert badge.headers["Content-Type"].startswith("image/svg+xml")
    assert badge.headers["Cache-Control"] == "public, max-age=60"
    assert badge.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "Referer" in badge.headers["Vary"]
    assert "Set-Cookie" not in badge.headers
    assert "http" not in badge.text.replace("http://www.w3.org/2000/svg", ""), "it asks nobody for anything"
    assert said_by(await get(house, f"{BADGE.lower()}?lang=ru")).startswith("Знак действует. Digit Reader 1.2.0")


@pytest.mark.parametrize(("language", "word"), [("en", "Suspended since"), ("ru", "Приостановлен с")])
async def test_the_badge_of_a_suspended_label_says_so_in_words(house: House, language: str, word: str) -> None:
    await save(house, (await label(house)).suspended())
    assert word in said_by(await get(house, f"{BADGE}?lang={language}"))


async def test_the_badge_of_a_withdrawn_label_says_so_in_words(house: House) -> None:
    walk = await label(house)
    notice = {"because": "life_or_health_at_risk", "reasons": text(), "ground": text()}
    walk.act("give_notice_of_withdrawal", SECRETARY, **notice).act("put_withdrawal_to_vote", SECRETARY).carried()
    await save(house, walk)
    assert "Withdrawn on" in said_by(await get(house, BADGE))


async def test_the_badge_of_an_expired_label_is_grey_and_says_so(house: House) -> None:
    await label(house, days_ago=800)
    badge = await get(house, BADGE)

    assert "Expired on" in said_by(badge)
    assert "#4a5356" in badge.text
    assert "#0d6647" not in badge.text


async def test_a_badge_without_a_label_says_that_there_is_none(house: House) -> None:
    unknown, mistyped = await get(house, f"/{UNKNOWN}.badge.svg"), await get(house, "/0000.badge.svg")

    assert (unknown.status_code, said_by(unknown)) == (404, "Not in the directory. localhost:8080")
    assert (mistyped.status_code, said_by(mistyped)) == (400, "Number mistyped. localhost:8080")
    assert said_by(await get(house, f"/{PREVIEW}.badge.svg")) == "A preview; not a label. localhost:8080"


async def test_a_badge_that_cannot_be_checked_says_that_and_is_not_kept(house: House, monkeypatch) -> None:
    await label(house)

    async def away(*_: object) -> Any:
        raise OSError("the record is away")

    monkeypatch.setattr("certify.register.labels.find", away)
    badge = await get(house, BADGE)

    assert (badge.status_code, said_by(badge)) == (503, "Could not check now. localhost:8080")
    assert badge.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("page", ["https://acme.example/", "https://www.acme.example/a?b", "https://ACME.example:8443"])
async def test_on_the_holder_s_website_a_badge_says_how_the_label_stands(house: House, page: str) -> None:
    await label(house, websites=("acme.example",))
    assert said_by(await get(house, BADGE, Referer=page)).startswith("Label in force")


@pytest.mark.parametrize(
    "page",
    ["https://evil.example/acme.example", "https://acme.example.evil.example/", "https://shop.acme.example/",
     "http://192.0.2.1/", "https://acme.example@evil.example/", "http://[::1]/"],
)  # fmt: skip
async def test_on_another_website_a_badge_says_so_instead(house: House, page: str) -> None:
    await label(house, websites=("acme.example",))
    badge = await get(house, BADGE, Referer=page)

    assert said_by(badge) == f"{OTHER_SITE}. Digit Reader 1.2.0. localhost:8080"
    assert "#0d6647" not in badge.text
    russian = said_by(await get(house, f"{BADGE}?lang=ru", Referer=page))
    assert russian.startswith("Показан не на сайте держателя: откройте реестр")


@pytest.mark.parametrize("page", ["", f"{HOST}/x", "null", "://", "https://[", "https://a b/"])
async def test_what_cannot_be_compared_is_not_judged(house: House, page: str) -> None:
    await label(house, websites=("acme.example",))
    assert said_by(await get(house, BADGE, Referer=page)).startswith("Label in force")


async def test_where_the_holder_named_no_website_a_copied_badge_does_not_look_like_the_holders(house: House) -> None:
    await label(house)
    copied, own = [await get(house, BADGE, Referer=page) for page in ("https://evil.example/", f"{HOST}/labels")]
    nowhere, russian = await get(house, BADGE), await get(house, f"{BADGE}?lang=ru", Referer="https://evil.example/")
    page, at_home = [await get(house, f"/{LABEL_ID}", **of) for of in ({"Referer": "https://evil.example/"}, {})]

    assert said_by(copied) == "Label in force; its holder named no website. Digit Reader 1.2.0. localhost:8080"
    assert "#0d6647" not in copied.text
    assert said_by(russian).startswith("Знак действует; держатель не назвал ни одного сайта")
    for badge in (own, nowhere):
        assert said_by(badge).startswith("Label in force. ")
    assert "The holder named no website, so that this page cannot tell whose that one is." in words_of(page)
    assert "evil.example" not in words_of(at_home)
    assert all("Referer" in answer.headers["Vary"] for answer in (copied, page, at_home))


async def test_a_suspended_label_is_told_so_also_where_no_website_was_named(house: House) -> None:
    await save(house, (await label(house)).suspended())
    assert said_by(await get(house, BADGE, Referer="https://evil.example/")).startswith("Suspended since")


async def test_how_a_label_ended_goes_before_where_its_badge_is_shown(house: House) -> None:
    await save(house, (await label(house, websites=("acme.example",))).suspended())
    assert said_by(await get(house, BADGE, Referer="https://evil.example/")).startswith("Suspended since")


async def test_whoever_comes_from_a_badge_is_told_from_where(house: House) -> None:
    await label(house, websites=("acme.example",))

    other = await get(house, f"/{LABEL_ID}", Referer="https://evil.example/shop")
    named = await get(house, f"/{LABEL_ID}", Referer="https://www.acme.example/")
    nowhere = await get(house, f"/{LABEL_ID}")

    assert "You came here from evil.example, which is none of the websites that the holder named." in words_of(other)
    assert "You came here from www.acme.example, which the holder named as its own." in words_of(named)
    assert "You came here" not in words_of(nowhere)
    assert "Websites that show the label acme.example" in words_of(nowhere)
    assert "Referer" in nowhere.headers["Vary"]


async def test_programs_are_told_the_websites_and_nothing_of_where_they_come_from(house: House) -> None:
    await label(house, websites=("acme.example",))
    told = (await get(house, f"/{LABEL_ID}.json", Referer="https://evil.example/")).json()

    assert told["label"]["websites"] == ["acme.example"]
    assert "evil" not in str(told)


# Previews


async def test_the_number_of_a_preview_leads_to_a_page_that_says_so(house: House) -> None:
    for path in (f"/{PREVIEW}", f"/{format_number(PREVIEW)}", f"/{PREVIEW.lower()}"):
        page = await get(house, path)
        assert (page.status_code, "A preview; not a label" in words_of(page)) == (200, True)
        assert "in force" not in page.text
    found = await get(house, f"/find?number={format_number(PREVIEW)}")
    assert (found.status_code, found.headers["Location"]) == (303, f"/{PREVIEW}")
    assert "Образец, не знак" in words_of(await get(house, f"/{PREVIEW}?lang=ru"))
    assert (await get(house, f"/{PREVIEW}.json")).json() == {
        "number": format_number(PREVIEW),
        "is_preview": True,
        "standing": "unknown_number",
        "headline": "A preview; not a label",
    }


async def test_the_token_of_a_preview_leads_there_too(house: House) -> None:
    token = preview_token(a_statement.__wrapped__()(id=PREVIEW))
    page = await get(house, f"/C/{token}")

    assert (page.status_code, "A preview; not a label" in words_of(page)) == (200, True)
    assert format_number(PREVIEW) in words_of(page)


async def test_there_are_no_pictures_of_a_preview_for_everybody(house: House) -> None:
    for suffix in (".svg", ".png", ".pdf", "/print"):
        assert (await get(house, f"/{PREVIEW}{suffix}")).status_code == 404


# For everyone


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("path", [f"/{LABEL_ID}/print", f"/{LABEL_ID}.pdf", f"/{PREVIEW}", f"/{LABEL_ID}"])
async def test_the_pages_are_accessible(house: House, eyes: Eyes, path: str, language: str) -> None:
    await label(house, websites=("acme.example",))
    page = await get(house, f"{path}?lang={language}", Referer="https://evil.example/")
    assert await eyes.complaints(page) == ""
