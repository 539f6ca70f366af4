"""The image on the certificates: given, seen as it will be printed, replaced, taken away, and refused."""

import asyncio
import io
from datetime import timedelta
from uuid import uuid4

import httpx2
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from pypdf import PdfReader
from sqlmodel import select

from certify.procedure.whole_record import BEHIND
from certify.register import holder_images
from certify.register.clearing_images import keep_clearing
from certify.register.holder_images import ImageHandedIn
from certify.web.app import application
from certify.web.limits import Limits
from certify.web.rate_limit import Rate
from certify.web.services import closing
from labels.certificate.holder_image import MAX_BYTES, reencoded
from schemas.errors import Unavailable
from schemas.people import PersonFacts
from tests.builders import APPLICANT, EXPERTS, MEMBERS, ORGANISATION, SECRETARY, sha256
from tests.pages.conftest import AUDITOR, STRANGER, Eyes, House, walk, words_of
from tests.pages.matters import confirmed
from tests.unit.labels.certificate.conftest import picture
from tests.unit.labels.certificate.test_holder_image import animation, bomb

OWN = f"/applicant/organisation/{ORGANISATION}"
FORM = f"{OWN}/choose-holder-image"
API = f"/api/organisations/{ORGANISATION}"
PREVIEW = "/applicant/case-1/label-preview.pdf"
ACCEPTED = "PNG or JPEG, up to 2 MiB. It is printed at most 45.7 "


def logo(kind: str = "PNG", size: tuple[int, int] = (400, 200), **options: object) -> bytes:
    content = io.BytesIO()
    Image.new("RGB", size, "#1f5a63").save(content, kind, **options)
    return content.getvalue()


REFUSED = {
    "SVG": (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "image_unfit"),
    "animation": (animation(), "image_unfit"),
    "too many bytes": (logo() + bytes(MAX_BYTES), "image_too_large"),
    "far too many bytes": (logo() + bytes(9 * 1024 * 1024), "image_too_large"),
    "too many pixels": (bomb(60_000, 60_000), "image_too_large"),
    "broken": (picture(size=(300, 300))[:60], "image_unreadable"),
}


async def given(browser: httpx2.AsyncClient, image: bytes | None, **typed: str) -> httpx2.Response:
    """Send the form as a browser would."""
    file = {"image": ("logo.png", image, "image/png")} if image is not None else {"image": ("", b"")}
    return await browser.post(FORM, data={"idempotency_key": str(uuid4()), **typed}, files=file)


async def stands(house: House) -> str | None:
    async with house.services.database.reading() as session:
        return await holder_images.chosen(session, ORGANISATION)


async def kept(house: House) -> set[str]:
    async with house.services.database.reading() as session:
        return set((await session.exec(select(holder_images.HolderImage.digest))).all())


def sizes_in(pdf: bytes) -> list[tuple[int, int]]:
    return [one.image.size for page in PdfReader(io.BytesIO(pdf)).pages for one in page.images if one.image is not None]


async def test_an_image_is_given_and_seen_as_it_will_be_printed(house: House) -> None:
    browser = await house.browser(APPLICANT)
    form = await browser.get(FORM)
    assert ACCEPTED in words_of(form)
    assert "Take the image away" not in words_of(form)

    sent = await given(browser, logo())
    assert sent.status_code == 303, sent.text
    page = await browser.get(sent.headers["Location"])
    assert "Recorded" in words_of(page)
    assert "Image on the certificates" in words_of(page)
    assert f'<img src="{API}/holder-image" width="128"' in page.text, "400 pixels at 300 dots an inch: 33.9 mm"
    assert "label-preview.pdf" not in page.text, "no case is open"
    shown = await browser.get(f"{API}/holder-image")
    assert (shown.status_code, shown.headers["Content-Type"]) == (200, "image/png")
    assert shown.content == reencoded(logo())
    assert "sandbox" in shown.headers["Content-Security-Policy"]


async def test_a_preview_of_a_certificate_shows_it(house: House) -> None:
    await house.holds(walk().to_intake())
    browser = await house.browser(APPLICANT)
    assert sizes_in((await browser.get(PREVIEW)).content) == []

    await given(browser, logo())
    assert f'href="{PREVIEW}"' in (await browser.get(OWN)).text
    for language in ("en", "ru"):
        assert sizes_in((await browser.get(f"{PREVIEW}?lang={language}")).content) == [(400, 200)]


async def test_an_image_is_replaced_and_taken_away(house: House) -> None:
    browser = await house.browser(APPLICANT)
    await given(browser, logo())
    await given(browser, logo("JPEG"))
    shown = await browser.get(f"{API}/holder-image")
    assert (shown.headers["Content-Type"], shown.content) == ("image/jpeg", reencoded(logo("JPEG")))

    assert "Take the image away" in words_of(await browser.get(FORM))
    taken = await given(browser, None, take_away="yes")
    assert taken.status_code == 303, taken.text
    assert await stands(house) is None
    assert (await browser.get(f"{API}/holder-image")).json()["code"] == "unknown_image"


async def test_what_was_replaced_a_day_ago_is_cleared_while_the_program_runs(house: House) -> None:
    browser = await house.browser(APPLICANT)
    await given(browser, logo())
    replaced = await stands(house)
    await given(browser, logo("JPEG"))
    async with house.services.database.writing() as session:
        for one in (await session.exec(select(ImageHandedIn))).all():
            session.add(one.sqlmodel_update({"at": one.at - timedelta(days=1)}))
    app = application(house.services)

    async with closing(app), asyncio.timeout(20):
        while replaced in await kept(house):  # noqa: ASYNC110  # the database knows no events of asyncio
            await asyncio.sleep(0.01)
        assert await kept(house) == {await stands(house)}


async def test_nothing_is_cleared_while_the_record_lacks_what_was_logged() -> None:
    asked = asyncio.Event()

    async def refuse() -> None:
        asked.set()
        raise Unavailable(BEHIND, "it is being restored")

    class Untouched:
        """A database that must not be written."""

    clearing = asyncio.create_task(keep_clearing(Untouched(), refuse))  # type: ignore[arg-type]
    await asyncio.wait_for(asked.wait(), 20)
    await asyncio.sleep(0)
    assert not clearing.done(), "it goes on the next time"
    clearing.cancel()


async def test_an_account_gives_so_many_images_and_then_waits(house: House) -> None:
    browser = await house.browser(APPLICANT)
    rate = Rate(at_once=2, a_second=0.002)
    vars(house.services.limits).update(vars(Limits({"image": rate})))

    answers = [await given(browser, logo(size=(size, 200))) for size in (100, 110, 120)]

    assert [one.status_code for one in answers] == [303, 303, 429]
    assert len(await kept(house)) == 2


async def test_what_hung_on_the_file_is_kept_nowhere(house: House) -> None:
    said = PngInfo()
    said.add_text("Author", "SECRET")
    browser = await house.browser(APPLICANT)
    assert (await given(browser, logo(pnginfo=said) + b"<script>SECRET</script>")).status_code == 303

    assert b"SECRET" not in (await browser.get(f"{API}/holder-image")).content
    assert await stands(house) == holder_images.digest_of(reencoded(logo()))


@pytest.mark.parametrize("name", sorted(REFUSED))
async def test_what_is_no_image_for_us_is_refused_and_the_one_before_stays(house: House, name: str) -> None:
    image, code = REFUSED[name]
    browser = await house.browser(APPLICANT)
    await given(browser, logo())
    before = await stands(house)

    for answer in (await given(browser, image), await browser.put(f"{API}/holder-image", content=image)):
        assert answer.status_code == 422, answer.text
        assert code in answer.text
    assert await stands(house) == before


async def test_the_refusal_is_said_beside_the_file_in_both_languages(house: House) -> None:
    browser = await house.browser(APPLICANT)
    english = await given(browser, REFUSED["SVG"][0])
    russian = await browser.post(
        f"{FORM}?lang=ru", data={"idempotency_key": "k"}, files={"image": ("a.svg", REFUSED["SVG"][0])}
    )

    assert words_of(english).count("An image is one PNG or JPEG picture that does not move.") == 2
    assert "Изображение — это одна неподвижная картинка PNG или JPEG." in words_of(russian)


async def test_whoever_chooses_no_file_is_asked_for_one(house: House) -> None:
    answer = await given(await house.browser(APPLICANT), None)

    assert (answer.status_code, await stands(house)) == (422, None)
    assert "Choose the file of the image." in words_of(answer)


async def test_only_an_organisation_in_the_register_gives_one(house: House) -> None:
    browser = await house.browser(APPLICANT)
    left = await confirmed(browser, f"{OWN}/leave-code", reasons="We stop.")
    assert left.status_code == 303, left.text

    page, program = await given(browser, logo()), await browser.put(f"{API}/holder-image", content=logo())
    assert (page.status_code, "does not stand in the Register" in words_of(page)) == (409, True)
    assert program.json()["code"] == "not_in_register"
    assert "Choose the image" not in words_of(await browser.get(OWN))


@pytest.mark.parametrize(
    ("who", "status", "code"),
    [
        (None, 401, "not_signed_in"),
        (STRANGER, 404, "unknown_matter"),
        (SECRETARY, 403, "not_the_organisation"),
        (AUDITOR, 403, "not_the_organisation"),
        (MEMBERS[0], 403, "not_the_organisation"),
        (EXPERTS[0], 404, "unknown_matter"),
    ],
)
async def test_nobody_else_gives_or_takes_it_away(
    house: House, who: PersonFacts | None, status: int, code: str
) -> None:
    await given(await house.browser(APPLICANT), logo())
    before, browser = await stands(house), await house.browser(who)

    for answer in (
        await browser.put(f"{API}/holder-image", content=logo("JPEG")),
        await browser.post(f"{API}/choose-holder-image", json={}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert (await given(browser, logo("JPEG"))).status_code in {401, 403, 404}
    assert await stands(house) == before


async def test_those_who_keep_the_register_see_it_and_a_member_does_not(house: House) -> None:
    await given(await house.browser(APPLICANT), logo())
    for keeper in (SECRETARY, AUDITOR):
        browser = await house.browser(keeper)
        page = await browser.get(f"/secretariat/accessions/{ORGANISATION}")
        assert f'<img src="{API}/holder-image"' in page.text
        assert (await browser.get(f"{API}/holder-image")).content == reencoded(logo())
    for other in (MEMBERS[0], STRANGER):
        answer = await (await house.browser(other)).get(f"{API}/holder-image")
        assert (answer.status_code, answer.json()["code"]) == (
            404, "unknown_matter" if other == STRANGER else "unknown_image",
        )  # fmt: skip


async def test_a_program_gives_it_once_under_a_key_and_takes_it_away(house: House) -> None:
    browser = await house.browser(APPLICANT)
    first, again = [
        await browser.put(f"{API}/holder-image", content=logo(), headers={"Idempotency-Key": "logo-1"})
        for _ in range(2)
    ]  # fmt: skip
    assert first.status_code == 200, first.text
    assert (first.json()["receipt"], first.json()) == (again.json()["receipt"], again.json())
    reading = (await browser.get(API)).json()
    assert reading["facts"]["holder_image"] == holder_images.digest_of(reencoded(logo()))

    other = await browser.put(f"{API}/holder-image", content=logo("JPEG"), headers={"Idempotency-Key": "logo-1"})
    assert (other.status_code, other.json()["code"]) == (409, "other_act_same_key")
    taken = await browser.post(f"{API}/choose-holder-image", json={"image": None})
    assert (taken.status_code, await stands(house)) == (200, None)


async def test_an_image_that_nobody_handed_in_cannot_be_chosen(house: House) -> None:
    browser = await house.browser(APPLICANT)
    unknown = await browser.post(f"{API}/choose-holder-image", json={"image": sha256("none")})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown_image")
    assert (await browser.post(f"{API}/choose-holder-image", json={"image": "logo.png"})).status_code == 422


async def test_an_image_that_was_lost_is_told_as_lost(house: House) -> None:
    await house.holds(walk().to_intake())
    browser = await house.browser(APPLICANT)
    await given(browser, logo())
    async with house.services.database.writing() as session:
        await session.delete(await session.get(holder_images.HolderImage, await stands(house)))

    assert "The image was lost or altered" in words_of(await browser.get(OWN))
    assert sizes_in((await browser.get(PREVIEW)).content) == []
    assert (await given(browser, logo())).status_code == 303
    assert sizes_in((await browser.get(PREVIEW)).content) == [(400, 200)]


@pytest.mark.parametrize("language", ["en", "ru"])
async def test_the_pages_of_the_image_are_usable_by_everyone(house: House, eyes: Eyes, language: str) -> None:
    await house.holds(walk().to_intake())
    browser = await house.browser(APPLICANT)
    assert await eyes.complaints(await browser.get(FORM, headers={"Accept-Language": language})) == ""
    await given(browser, logo())
    for address in (OWN, FORM):
        page = await browser.get(address, headers={"Accept-Language": language})
        assert page.status_code == 200
        assert await eyes.complaints(page, width=375) == "", address
    refused = await browser.post(f"{FORM}?lang={language}", data={}, files={"image": ("a.svg", b"<svg/>")})
    assert await eyes.complaints(refused, width=375) == ""
