"""How the label of a case would look: for its applicant alone, watermarked, unsigned, with a number of no label."""

import io
from datetime import UTC, datetime

import httpx2
import pytest
from pyhanko.pdf_utils.reader import PdfFileReader

from labels.key_set import KeySet
from labels.preview import previewed
from labels.reading import texts_in
from labels.verification import verify
from schemas.label import Authenticity
from schemas.label_number import is_preview
from tests.builders import APPLICANT, EXPERTS, MEMBERS, SECRETARY
from tests.pages.applicant import CASE
from tests.pages.conftest import STRANGER, House, walk, words_of
from tests.pages.test_public import trust
from tests.unit.labels.certificate.text_of_pdf import text_of

NAME = f"{CASE}/label-preview"


async def previewing(house: House) -> httpx2.AsyncClient:
    """The browser of the applicant of a case that was accepted."""
    await house.holds(walk().to_intake())
    return await house.browser(APPLICANT)


async def test_the_case_leads_its_applicant_to_the_previews(house: House) -> None:
    browser = await previewing(house)
    page = await browser.get(CASE)

    assert "How the label would look, if it is granted:" in words_of(page)
    for kind, media in (("png", "image/png"), ("svg", "image/svg+xml"), ("pdf", "application/pdf")):
        assert f'href="{NAME}.{kind}"' in page.text
        preview = await browser.get(f"{NAME}.{kind}")
        assert (preview.status_code, preview.headers["Content-Type"].split(";")[0]) == (200, media)
        assert preview.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
async def test_nobody_but_the_applicant_sees_it(house: House, kind: str) -> None:
    await previewing(house)

    assert (await (await house.browser(None)).get(f"{NAME}.{kind}")).status_code == 401
    assert (await (await house.browser(STRANGER)).get(f"{NAME}.{kind}")).status_code == 404
    for other in (SECRETARY, EXPERTS[0], MEMBERS[0]):
        assert (await (await house.browser(other)).get(f"{NAME}.{kind}")).status_code == 403


@pytest.mark.parametrize(("language", "word"), [("en", "PREVIEW"), ("ru", "ОБРАЗЕЦ")])
async def test_it_says_across_all_that_it_is_a_preview(house: House, language: str, word: str) -> None:
    browser = await previewing(house)
    drawing = await browser.get(f"{NAME}.svg?lang={language}")
    certificate = await browser.get(f"{NAME}.pdf?lang={language}")

    assert f">{word}</text>" in drawing.text
    assert ">TEST-" in drawing.text
    said = text_of(PdfFileReader(io.BytesIO(certificate.content)))
    assert said.count(word) == 1  # on its one page; in the picture the word is drawn
    assert "Digit Reader" in said


async def test_its_token_is_of_no_key_that_anybody_trusts(house: House) -> None:
    browser = await previewing(house)
    now = datetime.now(UTC)
    trust(house, now)
    (address,) = texts_in((await browser.get(f"{NAME}.png")).content)
    token = address.rpartition("/")[2]

    keys = house.services.settings.key_set_file
    assert keys is not None
    assert verify(token, KeySet.read(keys), at=now).authenticity == Authenticity.UNKNOWN_KEY
    number = previewed(token, at=now)
    assert number is not None
    assert is_preview(number)
    scanned = await (await house.browser(None)).get(f"/C/{token}")
    assert (scanned.status_code, "A preview; not a label" in words_of(scanned)) == (200, True)


async def test_its_certificate_is_neither_signed_nor_carries_a_token(house: House) -> None:
    browser = await previewing(house)
    reader = PdfFileReader(io.BytesIO((await browser.get(f"{NAME}.pdf")).content))

    assert not reader.embedded_signatures
    assert "/AF" not in reader.root
    assert "/EmbeddedFiles" not in reader.root.get("/Names", {})


async def test_both_forms_can_be_looked_at(house: House) -> None:
    browser = await previewing(house)
    mini = await browser.get(f"{NAME}.svg?form=mini")

    assert 'id="title-mini-TEST' in mini.text
    assert (await browser.get(f"{NAME}.svg?form=huge")).status_code == 422
