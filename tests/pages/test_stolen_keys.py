"""What is answered once a label key may be in other hands, and out of a restored register: with real proofs."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
from sqlmodel import select

from certify.register import schemes
from certify.register.attested import attestation_of
from certify.register.certificates import Granted
from certify.register.entries import JournalEntry
from certify.register.labels import LabelRecord
from certify.vault.published import label_file
from certify.web.app import application, protected
from certify.web.services import Services
from labels.encoding import to_base36
from labels.exports.certificate import certificate_cose
from labels.key_set import LabelKey, TrustedKey, Use
from labels.signing import prepare, sign
from schemas.label import IssuedLabel, LabelStatement
from schemas.label_number import format_number, id_of
from tests.logged import Logged, key_set
from tests.pages.conftest import HOST, House
from tests.pages.test_public import HTML, JSON, OURS, UNKNOWN, forged, issued
from tests.unit.labels.mirror.made import PAPERS

Client = httpx2.AsyncClient
IN_FORCE = "schema.org/CertificationActive"


class Register:
    """A house with a label, whose pages read real proofs out of a real log."""

    def __init__(self, house: House, label: IssuedLabel, client: Client) -> None:
        self.label, self._client = label, client
        self._settings, self._database = house.services.settings, house.services.database
        self.now = datetime.now(UTC).replace(microsecond=0)
        self.log = Logged(house.services.published, self._settings.log_origin)
        self.key = LabelKey(OURS.public_key, self.now.date() - timedelta(days=90), self.now.date() + timedelta(days=90))

    def trust(self, *, stolen_at: datetime | None = None) -> None:
        """Publish the keys."""
        path = self._settings.key_set_file
        assert path is not None
        papers = TrustedKey(PAPERS.public_key, self.key.valid_from, self.key.valid_to, Use.CERTIFICATE)
        path.write_text(key_set(replace(self.key, compromised_at=stolen_at), papers).as_json())

    async def certify(self) -> None:
        """Publish the certificate of the label, of what is told of it now."""
        async with self._database.reading() as session:
            row = await session.get(LabelRecord, self.label.id)
            assert row is not None
            scheme = await schemes.pinned(session, row.public_facts.scheme.digest)
        granted = Granted(issued=row.issued, facts=row.public_facts, scheme=scheme)
        content = certificate_cose(attestation_of(granted, self._settings, "en"), PAPERS)
        self.log.files.write(label_file(self.label.id, "certificate.cose"), content)

    async def last_digest(self) -> str:
        """The last entry of the record."""
        async with self._database.reading() as session:
            query = select(JournalEntry.digest).order_by(JournalEntry.position.desc())  # type: ignore[union-attr]  # a column
            return str((await session.exec(query)).first())

    async def log_issue(self, *, seen_at: datetime) -> None:
        """Log the label as the last entry of the record."""
        self.log.issue(self.label, digest=await self.last_digest(), seen_at=seen_at)

    async def scanned(self, path: str) -> dict[str, Any]:
        """Return an answer as programs get it."""
        answer = await self._client.get(path, headers=JSON)
        return {"status": answer.status_code, **answer.json()}

    async def page(self, path: str) -> httpx2.Response:
        """Return an answer as people get it."""
        return await self._client.get(path, headers=HTML)


@pytest.fixture
async def register(house: House) -> AsyncIterator[Register]:
    async with opened(house, await issued(house)) as found:
        yield found


@asynccontextmanager
async def opened(house: House, label: IssuedLabel) -> AsyncIterator[Register]:
    """Open the register of a house that has a label, with real proofs."""
    old = house.services
    services = Services.of(old.settings, old.database, old.vault, old.procedure, old.passwords)
    transport = httpx2.ASGITransport(app=protected(application(services), services.settings))
    async with httpx2.AsyncClient(transport=transport, base_url=HOST) as client:
        yield Register(house, label, client)


def paths(label: IssuedLabel) -> tuple[str, str]:
    """The token and the number of a label."""
    return f"/C/{label.token}", f"/{label.id}.json"


async def test_a_label_that_was_seen_before_the_theft_is_authentic_and_in_force_everywhere(register: Register) -> None:
    await register.log_issue(seen_at=register.now - timedelta(hours=2))
    register.trust(stolen_at=register.now - timedelta(hours=1))

    for path in paths(register.label):
        answer = await register.scanned(path)
        assert (answer["status"], answer["standing"]) == (200, "in_force"), path
    assert (await register.scanned(paths(register.label)[0]))["authenticity"] == "authentic"
    assert "Label in force" in (await register.page(f"/{register.label.id}.badge.svg")).text
    assert IN_FORCE in (await register.page(f"/{register.label.id}.jsonld")).text
    assert format_number(register.label.id) in (await register.page("/labels?standing=in_force")).text


@pytest.mark.parametrize("seen", [timedelta(0), timedelta(minutes=30)])
async def test_a_label_that_was_seen_later_is_in_force_nowhere(register: Register, seen: timedelta) -> None:
    stolen_at = register.now - timedelta(hours=1)
    await register.log_issue(seen_at=stolen_at + seen)
    register.trust(stolen_at=stolen_at)

    for path in paths(register.label):
        answer = await register.scanned(path)
        assert (answer["status"], answer["authenticity"], answer["standing"]) == (409, "not_in_log", "not_yet"), path
        assert (answer["label"], answer["number"]) == (None, format_number(register.label.id))
        page = await register.page(path.removesuffix(".json"))
        assert "Not proved to be ours" in page.text
        assert "Digit Reader" not in page.text
        assert "its holder is given a new label" in page.text
    badge = await register.page(f"/{register.label.id}.badge.svg")
    assert (badge.status_code, "Label in force" in badge.text) == (409, False)
    assert IN_FORCE not in (await register.page(f"/{register.label.id}.jsonld")).text
    assert format_number(register.label.id) not in (await register.page("/labels?standing=in_force")).text
    assert format_number(register.label.id) in (await register.page("/labels?standing=not_yet")).text


@pytest.mark.parametrize("days", [98, -91], ids=["no more", "not yet"])
async def test_a_label_that_was_seen_when_its_key_was_not_in_use_is_in_force_nowhere(
    register: Register, days: int
) -> None:
    await register.log_issue(seen_at=register.now + timedelta(days=days))
    register.trust()

    for path in paths(register.label):
        answer = await register.scanned(path)
        found = (answer["status"], answer["authenticity"], answer["standing"], answer["label"])
        assert found == (409, "key_not_in_use", "not_yet", None), path
        page = (await register.page(path.removesuffix(".json"))).text
        assert "Not proved to be ours" in page
        assert "was not in use when witnesses saw it" in page
    assert "Label in force" not in (await register.page(f"/{register.label.id}.badge.svg")).text
    assert format_number(register.label.id) not in (await register.page("/labels?standing=in_force")).text


async def test_the_figures_count_no_lost_label_as_in_force(register: Register) -> None:
    await register.log_issue(seen_at=register.now - timedelta(minutes=30))
    for stolen_at, counted in ((None, 1), (register.now - timedelta(hours=1), 0)):
        register.trust(stolen_at=stolen_at)
        answer = await register._client.get("/api/statistics")
        assert (answer.json()["labels"]["in_force"], answer.json()["labels"]["not_yet"]) == (counted, 1 - counted)


async def test_what_the_thief_signs_is_refused_also_with_the_number_of_a_good_label(register: Register) -> None:
    await register.log_issue(seen_at=register.now - timedelta(hours=2))
    register.trust(stolen_at=register.now - timedelta(hours=1))

    for token in (forged(OURS), forged(OURS, id=register.label.id)):
        answer = await register.scanned(f"/C/{token}")
        assert (answer["status"], answer["authenticity"], answer["standing"]) == (409, "not_in_log", "unknown_number")
        page = await register.page(f"/C/{token}")
        assert "Golden Goose" not in page.text
    assert (await register.scanned(f"/{register.label.id}.json"))["standing"] == "in_force"


async def test_before_the_theft_is_known_the_thief_s_label_is_not_in_the_directory(register: Register) -> None:
    await register.log_issue(seen_at=register.now - timedelta(hours=2))
    register.trust()
    answer = await register.scanned(f"/C/{forged(OURS)}")
    assert (answer["status"], answer["authenticity"], answer["standing"]) == (404, "authentic", "unknown_number")


async def test_a_label_without_a_proof_is_not_in_force_yet(register: Register) -> None:
    register.trust()
    for path in paths(register.label):
        assert (await register.scanned(path))["standing"] == "not_yet"


async def test_a_proof_that_does_not_hold_is_no_answer_about_the_label(register: Register, house: House) -> None:
    await register.log_issue(seen_at=register.now - timedelta(hours=2))
    house.services.published.write(f"labels/{register.label.id}/label.tlog-proof", b"damaged")
    for stolen_at, known in ((None, "authentic"), (register.now - timedelta(hours=1), "not_in_log")):
        register.trust(stolen_at=stolen_at)
        for path, authenticity in zip(paths(register.label), (known, None), strict=True):
            answer = await register.scanned(path)
            assert (answer["status"], answer["standing"]) == (503, "could_not_check")
            assert answer["authenticity"] == authenticity
            assert "The proof that this label stands in our public log" in answer["reason"]


async def test_what_nothing_shows_to_be_older_than_the_theft_is_not_called_ours(register: Register) -> None:
    register.log.files.write(f"labels/{register.label.id}/label.tlog-proof", b"damaged")
    register.trust(stolen_at=register.now - timedelta(hours=1))

    page = (await register.page(paths(register.label)[0])).text

    assert "Could not check now" in page
    assert "may be in other hands" in page
    assert "is ours and unaltered" not in page


# A register that was restored to an earlier state (security F24)


def lost_label() -> IssuedLabel:
    """A label that the log holds and the register does not."""
    statement = LabelStatement(
        id=id_of(b"9876543210"),
        expires_at=datetime.now(UTC).replace(microsecond=0) + timedelta(days=100),
        tier="low",
        status_index=8,
        subject_digest="0" * 24,
        name_version="Lost Label 1.0",
    )
    return IssuedLabel(
        **statement.model_dump(exclude={"holder"}),
        token=to_base36(sign(prepare(statement), OURS)),
        kid=OURS.kid,
        decision_number="case-9/30",
        holder="Northwind",
        issued_at=datetime.now(UTC),
    )


async def test_a_label_the_log_holds_and_the_register_lacks_is_never_called_unknown(register: Register) -> None:
    register.trust()
    lost = lost_label()
    register.log.issue(lost, seen_at=register.now)

    for path in paths(lost):
        answer = await register.scanned(path)
        assert (answer["status"], answer["standing"]) == (503, "could_not_check"), path
        assert "is being restored" in answer["reason"]
    page = await register.page(f"/{lost.id}?lang=ru")
    assert "Наш реестр восстанавливается" in page.text  # Russian
    assert (await register.scanned(f"/{UNKNOWN}.json"))["standing"] == "could_not_check", "it may be lost as well"


async def test_nothing_is_in_force_out_of_a_register_that_lacks_the_last_logged_entry(register: Register) -> None:
    register.trust()
    await register.log_issue(seen_at=register.now - timedelta(hours=2))
    register.log.add(digest="f" * 64, seen_at=register.now)  # perhaps the withdrawal of that very label

    for path in paths(register.label):
        answer = await register.scanned(path)
        assert (answer["status"], answer["standing"]) == (503, "could_not_check"), path
        assert "is being restored" in answer["reason"]
    assert (await register.page(f"/{register.label.id}.jsonld")).status_code == 503
    assert (await register.page("/labels.atom")).status_code == 503
    listed = await register.page("/labels")
    assert "Could not check" in listed.text
    assert format_number(register.label.id) not in (await register.page("/labels?standing=in_force")).text
