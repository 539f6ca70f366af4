"""The exports of a label as anybody fetches them: the very bytes of the signer, and JSON-LD of the present standing."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from certify.register import labels, schemes
from certify.register.attested import attestation_of
from certify.register.certificates import Granted
from labels.exports.certificate import certificate_cose, certificate_in
from labels.exports.conformity import conformity_credential, conformity_in
from labels.exports.open_badge import open_badge_in, vc_jwt
from labels.key_set import KeySet
from schemas.attestation import Attestation
from schemas.label import IssuedLabel
from schemas.label_number import format_number, id_of
from tests.builders import APPLICANT
from tests.label_walk import LABEL_ID
from tests.pages.conftest import HOST, House
from tests.pages.labels import label, save
from tests.pages.test_public import OURS, issued, lose_database

Client = httpx2.AsyncClient
UNKNOWN = id_of(b"0123456789")
SUFFIXES = ("vc.jwt", "dcc.jwt", "cose")


@pytest.fixture
async def anybody(house: House) -> AsyncIterator[Client]:
    """A visitor without an account."""
    transport = httpx2.ASGITransport(app=house.app, raise_app_exceptions=False)
    async with Client(transport=transport, base_url=HOST) as client:
        yield client


async def attested(house: House, issued_label: IssuedLabel) -> Attestation:
    """What is attested of a label of the directory."""
    async with house.services.database.reading() as session:
        row = await labels.find(session, issued_label.id)
        assert row is not None
        scheme = await schemes.pinned(session, row.public_facts.scheme.digest)
    granted = Granted(issued=row.issued, facts=row.public_facts, scheme=scheme)
    return attestation_of(granted, house.services.settings, "en")


def folder(house: House, label_id: str) -> Path:
    return house.services.settings.data / "published" / "labels" / label_id


async def published(house: House) -> IssuedLabel:
    """A label with the files that the signer makes of it."""
    one = await issued(house)
    facts = await attested(house, one)
    here = folder(house, one.id)
    here.mkdir(parents=True)
    (here / "open-badge.jwt").write_text(vc_jwt(facts, OURS))
    (here / "conformity.jwt").write_text(conformity_credential(facts, OURS))
    (here / "certificate.cose").write_bytes(certificate_cose(facts, OURS))
    return one


async def test_each_signed_export_is_given_out_as_it_was_signed(house: House, anybody: Client) -> None:
    one = await published(house)
    keys = KeySet.from_json((await anybody.get("/.well-known/jwks.json")).content).keys
    badge, conformity, certificate = [await anybody.get(f"/{one.id}.{suffix}") for suffix in SUFFIXES]

    assert open_badge_in(badge.content, keys)["credentialSubject"]["licenseNumber"] == format_number(one.id)
    assert conformity_in(conformity.content, keys)["credentialSubject"]["attestationType"] == "certification"
    assert certificate_in(certificate.content, keys) == await attested(house, one)
    assert [answer.headers["Content-Type"] for answer in (badge, conformity, certificate)] == [
        "application/vc+jwt",
        "application/vc+jwt",
        'application/cose; cose-type="cose-sign1"',
    ]
    assert badge.headers["Cache-Control"] == "public, max-age=60"


async def test_the_number_may_be_written_as_people_write_it(house: House, anybody: Client) -> None:
    one = await published(house)

    assert (await anybody.get(f"/{format_number(one.id).lower()}.vc.jwt")).status_code == 200
    assert (await anybody.head(f"/{one.id}.cose")).content == b""


@pytest.mark.parametrize("suffix", [*SUFFIXES, "jsonld"])
async def test_what_there_is_not_is_not_found(house: House, anybody: Client, suffix: str) -> None:
    one = await issued(house)
    unrecorded = folder(house, UNKNOWN)
    unrecorded.mkdir(parents=True)
    for name in ("open-badge.jwt", "conformity.jwt", "certificate.cose"):
        (unrecorded / name).write_text("signed, and not in force yet")

    for number in (UNKNOWN, "0000-0000-0000-0000-1", "nothing", "..%2f..%2fkeys"):
        assert (await anybody.get(f"/{number}.{suffix}")).status_code == 404, number
    if suffix != "jsonld":
        assert (await anybody.get(f"/{one.id}.{suffix}")).status_code == 404


async def test_a_file_that_cannot_be_read_is_not_said_to_be_missing(house: House, anybody: Client) -> None:
    one = await issued(house)
    (folder(house, one.id) / "certificate.cose").mkdir(parents=True)

    assert (await anybody.get(f"/{one.id}.cose")).status_code == 503


async def test_the_page_leads_to_the_exports_there_are(house: House, anybody: Client) -> None:
    one = await published(house)
    (folder(house, one.id) / "conformity.jwt").unlink()
    page = (await anybody.get(f"/{one.id}")).text

    for suffix in ("vc.jwt", "cose", "jsonld"):
        assert f'href="/{one.id}.{suffix}"' in page
    assert f'href="/{one.id}.dcc.jwt"' not in page
    assert f'<link rel="alternate" type="application/ld+json" href="/{format_number(one.id)}.jsonld">' in page


async def test_search_engines_are_told_what_is_in_force(house: House, anybody: Client) -> None:
    one = await issued(house)
    answer = await anybody.get(f"/{one.id}.jsonld")
    told = json.loads(answer.content)

    assert answer.headers["Content-Type"] == "application/ld+json"
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    assert told["certificationStatus"] == "https://schema.org/CertificationActive"
    assert told["certificationIdentification"] == format_number(one.id)
    assert told["about"]["name"] == "Digit Reader"


async def test_search_engines_are_told_at_once_what_is_no_longer(house: House, anybody: Client) -> None:
    walk = (await label(house)).suspended()
    await save(house, walk)
    suspended = (await anybody.get(f"/{LABEL_ID}.jsonld")).json()
    await save(house, walk.pass_time(days=1).act("end_label", APPLICANT))
    ended = (await anybody.get(f"/{LABEL_ID}.jsonld")).json()

    for told in (suspended, ended):
        assert told["certificationStatus"] == "https://schema.org/CertificationInactive"
        assert "logo" not in told


async def test_search_engines_are_told_in_their_reader_s_language(house: House, anybody: Client) -> None:
    one = await issued(house)
    answer = await anybody.get(f"/{one.id}.jsonld", headers={"Accept-Language": "ru"})

    assert (answer.json()["inLanguage"], answer.headers["Content-Language"]) == ("ru", "ru")
    assert "Комиссия" in answer.json()["description"]
    assert answer.headers["Vary"] == "Accept-Language"


async def test_without_the_record_nothing_is_said_of_any_label(house: House, anybody: Client) -> None:
    one = await published(house)
    await lose_database(house)

    for suffix in (*SUFFIXES, "jsonld"):
        answer = await anybody.get(f"/{one.id}.{suffix}")
        assert (answer.status_code, "Retry-After" in answer.headers) == (503, True), suffix


async def test_nothing_goes_out_that_the_page_or_the_label_itself_does_not_tell(
    house: House,
    anybody: Client,
) -> None:
    one = await issued(house)
    page = (await anybody.get(f"/{one.id}.json")).json()["label"]
    told = json.dumps(page, ensure_ascii=False)
    on_the_label = {"id", "token", "label_name", "status_index", "expires_at", "register_url", "language"}

    for name, value in (await attested(house, one)).model_dump(mode="json", exclude_none=True).items():
        for text in value if isinstance(value, list) else [value]:
            assert name in on_the_label or json.dumps(text, ensure_ascii=False) in told, name
