"""The signer's extracts: from an entry of the Register to bytes that anybody verifies (Code, II-2.1)."""

from datetime import timedelta
from pathlib import Path

import pytest
from temporalio.exceptions import ApplicationError

from certify.activities.sign_log import ExtractIntent, ExtractSignature, SignLog, SignLogBroken, read
from certify.register.database import Database
from labels.extracts import verify_extract
from labels.key_set import KeySet
from labels.keys import KeyInMemory
from schemas.accession import ExtractSigned, ParticipantLeft
from schemas.canonical import digest_of
from schemas.extract import ExtractStatement, SignedExtract
from schemas.label import Authenticity
from tests.builders import ORGANISATION
from tests.cells import CELLS, rewrite
from tests.unit.certify.register.certified import Body, founded
from tests.unit.certify.register.records import AT, go_on

STREAM = f"organisation/{ORGANISATION}"
LEFT = ParticipantLeft(at=AT + timedelta(days=9), actor="anna")


@pytest.fixture
async def body(sqlite_url: str, tmp_path: Path) -> Body:
    return await founded(Database(sqlite_url, cells=CELLS), tmp_path)


def said(body: Body, extract: SignedExtract) -> ExtractStatement:
    answer = verify_extract(extract.signed, KeySet.read(body.key_set))
    assert answer.authenticity == Authenticity.AUTHENTIC
    assert answer.statement is not None
    return answer.statement


async def test_an_entry_becomes_an_authentic_extract(body: Body) -> None:
    extract = await body.extract(1)

    statement = said(body, extract)
    assert (statement.name, statement.status, statement.officer) == ("Acme Vision", "entered", "named")
    assert (statement.entry, statement.as_of, extract.digest) == (1, AT, digest_of(statement))
    assert "Olga" not in str(statement)


async def test_the_extract_is_the_same_on_postgresql(database: Database, tmp_path: Path) -> None:
    body = await founded(database, tmp_path)
    assert said(body, await body.extract(1)).organisation == ORGANISATION


async def test_an_extract_says_what_held_after_its_entry_whatever_came_later(body: Body) -> None:
    await go_on(body.database, STREAM, LEFT)

    assert said(body, await body.extract(1)).status == "entered"
    left = said(body, await body.extract(2))
    assert (left.status, left.left_at, left.as_of) == ("left", LEFT.at, LEFT.at)


async def test_the_same_entry_gives_the_same_extract_also_after_a_restart(body: Body) -> None:
    first, again = await body.extract(1), await body.extract(1)

    assert first == again
    assert [line.kind for line in read(body.sign_log)] == ["extract_intent", "extract_signature"]


async def test_a_crash_after_the_intent_ends_in_the_extract_that_was_intended(
    body: Body, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(_self: KeyInMemory, _message: bytes) -> bytes:
        raise SystemError("killed between intent and signature")

    with monkeypatch.context() as patched:
        patched.setattr(KeyInMemory, "sign", crash)
        with pytest.raises(SystemError):
            await body.extract(1)
    (intent,) = read(body.sign_log)
    assert isinstance(intent, ExtractIntent)

    extract = await body.extract(1)

    assert said(body, extract) == intent.statement
    assert [line.kind for line in read(body.sign_log)] == ["extract_intent", "extract_signature"]


async def test_nothing_is_signed_for_an_entry_that_says_nothing_new_or_is_not_there(body: Body) -> None:
    extract = await body.extract(1)
    await go_on(body.database, STREAM, ExtractSigned(at=AT, actor="engine", extract=extract))
    for organisation, entry in ((ORGANISATION, 2), (ORGANISATION, 3), ("org-none", 1)):
        with pytest.raises(ApplicationError, match="unknown_entry"):
            await body.extract(entry, organisation)
    assert len(read(body.sign_log)) == 2


async def test_nothing_is_signed_over_a_chain_that_does_not_hold(body: Body) -> None:
    await body.as_owner()
    await rewrite(
        body.database,
        "journal_body.body",
        lambda said: said.replace(b"Acme Vision", b"Other Name"),
        where="stream LIKE 'organisation/%'",
    )
    with pytest.raises(ApplicationError, match="the body is not the one that was hashed"):
        await body.extract(1)
    assert read(body.sign_log) == ()


async def test_labels_and_extracts_share_one_log_and_the_check_finds_nothing(body: Body) -> None:
    await body.certified()
    extract = await body.extract(1)
    await go_on(body.database, STREAM, ExtractSigned(at=AT, actor="engine", extract=extract))

    kinds = [line.kind for line in read(body.sign_log)]
    assert kinds == ["intent", "signature", "extract_intent", "extract_signature"]
    assert await body.check() == []
    assert len(SignLog(body.sign_log).status_indices) == 1


async def test_an_extract_that_waits_to_be_recorded_is_no_finding(body: Body) -> None:
    await body.extract(1)
    assert await body.check() == []


async def recorded(body: Body, **changes: object) -> SignedExtract:
    extract = await body.extract(1)
    changed = extract.model_copy(update=changes)
    await go_on(body.database, STREAM, ExtractSigned(at=AT, actor="engine", extract=changed))
    return extract


async def test_a_recorded_extract_that_nobody_signed_is_found(body: Body) -> None:
    await recorded(body)
    body.sign_log.unlink()
    assert await body.codes() == ["extract_not_signed"]


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"signed": "AAAA"}, ["extract_differs", "extract_not_authentic"]),
        ({"kid": "00000000"}, ["extract_differs", "extract_not_authentic"]),
        ({"digest": "0" * 64}, ["extract_differs"]),
        ({"entry": 2}, ["extract_differs", "extract_not_signed"]),
    ],
)
async def test_a_recorded_extract_that_is_not_what_was_signed_is_found(
    body: Body, changes: dict[str, object], codes: list[str]
) -> None:
    await recorded(body, **changes)
    assert await body.codes() == codes


async def test_an_extract_begun_before_a_rotation_is_finished_with_its_key(body: Body) -> None:
    before = await body.extract(1)
    intent = read(body.sign_log)[0]
    body.sign_log.unlink()
    SignLog(body.sign_log).append(intent)
    body.rotate(began_days_ago=0)

    assert await body.extract(1) == before
    assert isinstance(intent, ExtractIntent)
    assert intent.kid == before.kid


async def test_an_extract_begun_with_a_key_that_was_then_stolen_is_signed_with_another(body: Body) -> None:
    before = await body.extract(1)
    intent = read(body.sign_log)[0]
    body.sign_log.unlink()
    SignLog(body.sign_log).append(intent)
    new = body.rotate(began_days_ago=0)
    body.compromise(before.kid, at=AT - timedelta(days=1))

    extract = await body.extract(1)

    assert extract.kid == new.kid
    await go_on(body.database, STREAM, ExtractSigned(at=AT, actor="engine", extract=extract))
    assert await body.codes() == []


async def test_an_extract_recorded_since_its_key_was_stolen_is_found(body: Body) -> None:
    extract = await recorded(body)

    body.compromise(extract.kid, at=AT - timedelta(days=1))

    assert await body.codes() == ["extract_not_authentic"]


async def test_an_extract_of_something_the_register_never_said_is_found(body: Body) -> None:
    extract = await body.extract(1)
    statement = said(body, extract).model_copy(update={"name": "Better Name"})
    body.sign_log.unlink()
    log = SignLog(body.sign_log)
    log.append(ExtractIntent(at=AT, statement=statement))
    log.append(ExtractSignature(at=AT, extract=extract.model_copy(update={"digest": digest_of(statement)})))
    assert await body.codes() == ["extract_without_entry"]


async def test_an_extract_signed_without_an_intent_or_twice_is_found(body: Body) -> None:
    extract = await body.extract(1)
    body.sign_log.unlink()
    log = SignLog(body.sign_log)
    log.append(ExtractSignature(at=AT, extract=extract))
    assert await body.codes() == ["signature_without_intent"]
    log.append(ExtractSignature(at=AT, extract=extract))
    assert await body.codes() == ["signature_without_intent", "signed_twice"]


async def test_a_log_line_that_was_changed_breaks_the_log(body: Body) -> None:
    await body.extract(1)
    body.sign_log.write_bytes(body.sign_log.read_bytes().replace(b"Acme Vision", b"Acme Visoin"))
    with pytest.raises(SignLogBroken):
        read(body.sign_log)
