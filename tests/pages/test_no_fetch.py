"""The server fetches nothing that somebody names: listeners on this machine are asked for nothing (security T7)."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

import pytest

from tests.builders import APPLICANT
from tests.files import archive, docx, pdf
from tests.pages.api import OFFER, act, tokens_at
from tests.pages.conftest import House, walk

RELATION = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{}"'
    ' Target="{}" TargetMode="External"/></Relationships>'
)


@dataclass
class Listeners:
    """Two of them, as an address with a name, an address of four numbers and one of eight reach them."""

    ports: list[int] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.asked.append(str(writer.get_extra_info("sockname")))
        writer.close()

    @property
    def addresses(self) -> tuple[str, ...]:
        four, eight = self.ports
        return (f"http://127.0.0.1:{four}/a", f"http://localhost:{four}/a", f"http://[::1]:{eight}/a")


@pytest.fixture
async def listeners() -> AsyncIterator[Listeners]:
    made = Listeners()
    servers = [await asyncio.start_server(made.answer, host, 0) for host in ("127.0.0.1", "::1")]
    made.ports = [server.sockets[0].getsockname()[1] for server in servers]
    yield made
    for server in servers:
        server.close()


async def test_a_listener_notices_whoever_asks_it(listeners: Listeners) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", listeners.ports[0])
    writer.close()
    await asyncio.sleep(0.1)

    assert len(listeners.asked) == 1


def xml(text: str) -> bytes:
    return f'<?xml version="1.0"?>{text}'.encode()


NAMING: dict[str, tuple[str, Callable[[str], bytes]]] = {
    "template of a document": (
        "a.docx", lambda url: docx({"word/_rels/settings.xml.rels": RELATION.format("attachedTemplate", url)}),
    ),
    "picture of a document": (
        "a.docx", lambda url: docx({"word/_rels/document.xml.rels": RELATION.format("image", url)}),
    ),
    "entity of a document": (
        "a.docx", lambda url: docx(document=f'<!DOCTYPE w [<!ENTITY e SYSTEM "{url}">]><w>&e;</w>'),
    ),
    "entity": ("a.xml", lambda url: xml(f'<!DOCTYPE a [<!ENTITY e SYSTEM "{url}">]><a>&e;</a>')),
    "parameter entity": ("a.xml", lambda url: xml(f'<!DOCTYPE a [<!ENTITY % e SYSTEM "{url}"> %e;]><a/>')),
    "document type": ("a.xml", lambda url: xml(f'<!DOCTYPE a SYSTEM "{url}"><a/>')),
    "schema": ("a.xml", lambda url: xml(
        f'<a xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:noNamespaceSchemaLocation="{url}"/>')),
    "inclusion": ("a.xml", lambda url: xml(
        f'<a xmlns:i="http://www.w3.org/2001/XInclude"><i:include href="{url}"/></a>')),
    "style sheet": ("a.xml", lambda url: xml(f'<?xml-stylesheet href="{url}"?><a/>')),
    "address that a PDF opens": (
        "a.pdf", lambda url: pdf(catalogue=b"/OpenAction<</S/URI/URI(%s)>>" % url.encode()),
    ),
    "form that a PDF sends": (
        "a.pdf", lambda url: pdf(catalogue=b"/OpenAction<</S/SubmitForm/F(%s)>>" % url.encode()),
    ),
    "file that a PDF brings": (
        "a.pdf", lambda url: pdf(catalogue=b"/OpenAction<</S/GoToR/F<</FS/URL/F(%s)>>>>" % url.encode()),
    ),
    "picture of a text": ("a.md", lambda url: f"![x]({url})\n<img src='{url}'>\n".encode()),
    "formula": ("a.csv", lambda url: f'=IMAGE("{url}")\n=WEBSERVICE("{url}")\n'.encode()),
    "reference": ("a.json", lambda url: f'{{"$schema": "{url}", "$ref": "{url}"}}'.encode()),
    "tag": ("a.yaml", lambda url: f"!!python/object/apply:urllib.request.urlopen ['{url}']\n".encode()),
    "document in an archive": (
        "a.zip", lambda url: archive({"a.xml": xml(f'<!DOCTYPE a [<!ENTITY e SYSTEM "{url}">]><a>&e;</a>')}),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", NAMING)
async def test_no_address_in_a_file_is_asked_when_it_is_handed_in_shown_and_given_out(
    house: House, listeners: Listeners, name: str
) -> None:
    await house.holds(walk().to_intake())
    file, made = NAMING[name]
    content = made(listeners.addresses[list(NAMING).index(name) % 3])
    async with tokens_at(house) as as_:
        client = await as_(APPLICANT)
        stored = await client.post("/api/applications/case-1/files", content=content)
        offer = {**OFFER, "file": file, "digest_of_file": hashlib.sha256(content).hexdigest()}
        offered = await act(client, "offer_evidence", offer)
        given = await client.get("/api/applications/case-1/evidence/E1")
    for path in ("/applications/case-1", "/applications/case-1/evidence"):
        await (await house.browser(APPLICANT)).get(path)

    assert (stored.status_code, offered.status_code) in {(200, 200), (422, 404), (200, 422)}, offered.text
    assert (given.status_code == 200) is (offered.status_code == 200)
    assert listeners.asked == []


async def test_no_address_in_a_text_is_asked(house: House, listeners: Listeners) -> None:
    browser = await house.browser(APPLICANT)
    for url in listeners.addresses:
        asked = await browser.post("/api/questions", json={"text": f"![x]({url}) {url}", "may_be_published": True})
        assert asked.status_code == 200, asked.text
        page = await browser.get(asked.headers.get("Location", "/questions"))
        assert page.status_code < 500
    nobody = await house.browser(None)
    await nobody.get("/sign-in", params={"next_href": listeners.addresses[0]})
    await nobody.get("/badge.svg", headers={"Referer": listeners.addresses[0], "Origin": listeners.addresses[1]})

    assert listeners.asked == []
