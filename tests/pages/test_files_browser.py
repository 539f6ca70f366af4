"""Names and contents of files in a real Chromium: a name is text, and a file is saved and never run (security T1)."""

import io
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace

import pytest
from playwright.async_api import Error, FilePayload, expect

from certify.vault import files
from certify.vault.inspection.accepted import require_agreement
from certify.vault.inspection.looking import look_at
from certify.web.file_names import safe_name
from schemas.events import EvidenceOffered
from schemas.evidence import EvidenceItem
from schemas.people import PersonFacts
from tests.builders import APPLICANT, EXPERTS, SECRETARY, Walk
from tests.files import GOOD
from tests.nasty_files import CONTENTS, ELSEWHERE, NAMES, SCRIPT
from tests.pages.applicant import CASE, CRITERION, OFFER
from tests.pages.conftest import House, housed, walk
from tests.pages.watched import FILES_HOST, PHONE, Front, Watched, opened_front

pytestmark = pytest.mark.slow

MARKUP = (
    "main :is(script, iframe, object, embed, base, link, meta, style, template, math, svg, img, video, source),"
    "main :is([onload], [onerror], [onclick], [onmouseover], [onfocus], [ontoggle], [formaction]), #pwned"
)
"""What none of these pages has."""
CORPUS: Mapping[str, bytes] = {**{name: content for name, (content, _) in GOOD.items()}, **CONTENTS}
FILES: Mapping[str, bytes] = {**{name: name.encode() for name in NAMES}, **CORPUS}


@pytest.fixture(scope="module")
async def front() -> AsyncIterator[Front]:
    async with opened_front() as opened:
        yield opened


@pytest.fixture(scope="module")
async def full_house(tmp_path_factory: pytest.TempPathFactory, furnished: bytes) -> AsyncIterator[House]:
    """A case under evaluation with every file, as they came in before names were looked at."""
    async with housed(tmp_path_factory.mktemp("files"), furnished) as house:
        walked = walk().to_intake()
        for name, content in FILES.items():
            await offered_before(house, walked, name, content)
        walked.with_evidence().act("accept_application", SECRETARY)
        await house.holds(walked.staffed(EXPERTS[0]))
        yield house


async def offered_before(house: House, walked: Walk, name: str, content: bytes) -> None:
    async def once() -> AsyncIterator[bytes]:
        yield content

    kept, before = await house.services.vault.put("case-1", once(), max_bytes=100_000), walked.case
    about = {"digest_of_file": kept.digest, "stored_digest": kept.stored_digest, "size": kept.size}
    event = walked.offer(CRITERION, **about).events.pop()
    assert isinstance(event, EvidenceOffered)
    item = EvidenceItem.model_validate({**event.item.model_dump(), "file": name})
    walked._state = before
    walked.take((event.model_copy(update={"item": item}),))


def seen(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize(
    ("who", "paths"),
    [
        (APPLICANT, ("/applicant/case-1",)),
        (EXPERTS[0], ("/reviewer/case-1", "/reviewer/case-1/review")),
        (SECRETARY, ("/secretariat/case-1", "/secretariat/case-1/record")),
    ],
)
async def test_a_name_is_text_to_whoever_reads_it(
    full_house: House, front: Front, who: PersonFacts, paths: tuple[str, ...]
) -> None:
    async with front.of(full_house, size=PHONE) as watched:
        await watched.signed_in(full_house, who)
        for path in paths:
            await watched.opens(path)
            if not path.endswith("/record"):
                await shows_names_as_text(watched)
            assert await watched.screen.locator(MARKUP).count() == 0, path
            assert await watched.screen.evaluate("document.documentElement.scrollWidth") == PHONE["width"], path


async def shows_names_as_text(watched: Watched) -> None:
    text = seen(await watched.main.inner_text())
    assert [name for name in NAMES if seen(name) not in text] == [], watched.screen.url


async def test_a_file_is_saved_under_a_safe_name_and_stands_in_the_openings(full_house: House, front: Front) -> None:
    case = await full_house.case()
    async with front.of(full_house, size=PHONE) as watched:
        await watched.signed_in(full_house, EXPERTS[0])
        await watched.opens("/reviewer/case-1")
        items = [item for item in case.evidence.values() if item.file in NAMES]
        names = [await saved(watched, item) for item in items]
        await watched.signed_in(full_house, SECRETARY)
        await watched.opens("/secretariat/case-1/openings")
        await shows_names_as_text(watched)
        assert await watched.screen.locator(MARKUP).count() == 0

    assert names == [safe_name(item.file) for item in items]


async def saved(watched: Watched, item: EvidenceItem) -> str:
    """Save a file from the page and return under which name the browser would."""
    page = watched.screen.url
    async with watched.screen.expect_download() as saving:
        await watched.screen.locator(f'a[href="/files/cases/case-1/{item.id}"]').last.click()
    download = await saving.value
    assert (await download.path()).read_bytes() == FILES[item.file]
    assert watched.screen.url == page
    return download.suggested_filename


@pytest.mark.parametrize(("files_url", "step"), [("", 1), (FILES_HOST, 5)])
async def test_a_file_is_never_shown_or_run_whatever_it_holds(
    full_house: House, front: Front, files_url: str, step: int
) -> None:
    case = await full_house.case()
    items = [item for item in case.evidence.values() if item.file in CORPUS][::step]
    async with front.of(given_out_at(full_house, files_url)) as watched:
        await watched.signed_in(full_house, SECRETARY)
        await watched.opens("/secretariat/case-1")
        names = [await saved(watched, item) for item in items]

    assert names == [item.file for item in items]


def test_these_files_would_be_accepted_today() -> None:
    for name, content in CORPUS.items():
        require_agreement(name, look_at(io.BytesIO(content)).kinds)


def given_out_at(house: House, files_url: str) -> House:
    """The same house, which gives files out from this host."""
    settings = house.services.settings.model_copy(update={"files_url": files_url})
    return House(replace(house.services, settings=settings))


RUN = """async (url) => {
  const put = (name, more) => new Promise((done, fail) =>
    document.head.append(Object.assign(document.createElement(name), { onload: done, onerror: fail, ...more })))
  const ways = {
    script: () => put('script', { src: url }),
    module: () => import(url),
    style: () => put('link', { rel: 'stylesheet', href: url }),
    worker: () => new Promise((_, fail) => { new Worker(url).onerror = fail }),
    service: () => navigator.serviceWorker.register(url, { scope: '/files/' })
  }
  const ran = async ([name, way]) => [name, await way().then(() => true, () => false)]
  return Object.fromEntries(await Promise.all(Object.entries(ways).map(ran)))
}"""


async def test_no_page_can_run_a_file_as_a_script_or_a_style(full_house: House, front: Front) -> None:
    case = await full_house.case()
    (script,) = (item.id for item in case.evidence.values() if item.file == SCRIPT)
    async with front.of(full_house) as watched:
        await watched.signed_in(full_house, SECRETARY)
        await watched.opens("/secretariat/case-1")
        ran = await watched.screen.evaluate(RUN, f"/files/cases/case-1/{script}")
        said = watched.forget()

    assert ran == dict.fromkeys(("script", "module", "style", "worker", "service"), False)
    assert [one for one in said if not one.startswith("error ")] == []


RENAME = "Rename this file and choose it again"
UNKNOWN = "Files of this type are not accepted."
SENT: Mapping[str, str] = {
    "12:30.md": RENAME,
    "photo\u202egpj.md": RENAME,
    "x" * 220 + ".md": RENAME,
    "<img src=x onerror=alert(1)>.html": UNKNOWN,
    "<script>alert(1)</script>.md": "<script>alert(1)</script>.md",
    '"><b id=pwned>{{7*7}}.md': "%22><b id=pwned>{{7*7}}.md",
    "a\r\nSet-Cookie x=1.md": "a%0D%0ASet-Cookie x=1.md",
}
"""What Chromium sends as the name of a file, and what becomes of it: why it is refused, or how it is recorded."""


async def test_a_name_that_is_sent_is_refused_in_words_or_shown_as_text(house: House, front: Front) -> None:
    await house.holds(walk().to_intake())
    async with front.of(house, size=PHONE) as watched:
        await watched.signed_in(house, APPLICANT)
        for name, outcome in SENT.items():
            await describes(watched)
            before = await size_of_all(house)
            await sends(watched, name)
            if outcome in {RENAME, UNKNOWN}:
                await expect(watched.main.locator(".govuk-error-summary")).to_contain_text(outcome)
                assert "is kept" not in await watched.reads()
                assert await size_of_all(house) == before
            else:
                await watched.screen.wait_for_url(re.compile(f"{CASE}.done="))
                await expect(watched.main).to_contain_text(outcome)
            assert await watched.screen.locator(MARKUP).count() == 0

    recorded = [item.file for item in (await house.case()).evidence.values()]
    assert recorded == [outcome for outcome in SENT.values() if outcome not in {RENAME, UNKNOWN}]


async def describes(watched: Watched) -> None:
    """Fill the form that asks about a file, unless it is filled."""
    if watched.screen.url.endswith("/offer-evidence"):
        return
    await watched.opens(f"{CASE}/offer-evidence?criteria={CRITERION}")
    await watched.screen.select_option("[name=type]", OFFER["type"])
    await watched.screen.fill("[name=effective]", OFFER["effective"])
    for name in ("maker", "confidentiality"):
        await watched.screen.check(f"[name={name}][value={OFFER[name]}]")


async def sends(watched: Watched, name: str) -> None:
    file: FilePayload = {"name": name, "mimeType": "text/markdown", "buffer": b"# " + name.encode()}
    await watched.screen.set_input_files("[name=file]", file)
    async with watched.screen.expect_navigation():
        await watched.presses("Add the evidence")


async def size_of_all(house: House) -> int:
    async with house.services.database.reading() as session:
        return await files.total_size(session, "case-1")


async def test_the_browser_would_notice(full_house: House, front: Front) -> None:
    """A page that made markup of a name, said something, or asked elsewhere, would have faults."""
    async with front.of(full_house) as watched:
        await watched.signed_in(full_house, APPLICANT)
        await watched.opens("/applicant/case-1")
        async with watched.context.expect_event("console"):
            await watched.screen.evaluate("name => { document.querySelector('main').innerHTML = name }", NAMES[2])
        of_markup = watched.forget()
        await watched.screen.evaluate("alert(1)")
        of_script = watched.forget()
        with pytest.raises(Error, match="net::ERR_"):
            await watched.screen.goto(ELSEWHERE)
        of_request, knocks = watched.forget(), front.forget()

    assert [one for one in of_markup if "Content Security Policy" in one]
    assert of_script == ["dialog 1"]
    assert f"request {ELSEWHERE}/" in of_request
    assert knocks > 0
