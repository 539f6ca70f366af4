"""Whoever only writes in the database lets nobody in: what is not as we made it is as good as nothing, and is told."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import SQLModel, select

from certify.accounts import passkeys, people, proven, sessions, tokens, totp
from certify.accounts.opaque import digest_of_secret
from certify.accounts.passwords import Passwords
from certify.accounts.sign_in import accept_invitation
from certify.register import row_proofs
from certify.register.cells import CellKeys, CellUnreadable
from certify.register.database import Database
from certify.register.row_proofs import Proven
from schemas.errors import CouldNotCheck, NotFound, NotPermitted, Unacceptable
from tests.authenticator import Authenticator
from tests.unit.certify.accounts.conftest import NOW
from tests.unit.certify.accounts.ways_in import CHALLENGE, PASSWORD, WAYS, World, insert, row_of, world, write

MINE = "a secret of whoever writes in the database"
Told = list[tuple[str, str | None, str]]
Change = Callable[[World, str], Awaitable[dict[str, Any]]]


@pytest.fixture
async def body(database: Database, passwords: Passwords, tmp_path: Path) -> World:
    return await world(database, passwords, tmp_path)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    found: Told = []
    monkeypatch.setattr(proven, "note", lambda kind, who, *, code: found.append((kind, who, code)))
    return found


async def named(database: Database) -> set[str]:
    """What `certify check` names."""
    async with database.reading() as session:
        found = [finding async for finding in row_proofs.unproven_rows(session)]
    assert {finding.code for finding in found} <= {"row_not_proven"}
    return {finding.where for finding in found}


@pytest.mark.parametrize("way", WAYS)
async def test_whatever_was_made_as_people_make_it_lets_its_person_in(body: World, told: Told, way: str) -> None:
    await WAYS[way].make(body, body.ada)

    assert await WAYS[way].enter(body, body.ada) == body.ada

    assert told == []
    assert await named(body.database) == set()


def to(**values: Any) -> Change:
    async def change(_: World, __: str) -> dict[str, Any]:
        return values

    return change


async def to_ben(body: World, _: str) -> dict[str, Any]:
    return {"person": body.ben}


CHANGED: dict[str, tuple[str, Change]] = {
    "a session is another's": ("session", to_ben),
    "a session came in by a passkey": ("session", to(authn="passkey")),
    "a session proved itself again": ("session", to(strong_at=NOW)),
    "a session began later": ("session", to(started_at=NOW + timedelta(minutes=5))),
    "a session of an unknown proof": ("session", to(proof="other:AAAA")),
    "a session of a proof that is none": ("session", to(proof="tests:é")),
    "a session without a proof": ("session", to(proof=None)),
    "a token is another's": ("token", to_ben),
    "a token may act": ("token", to(scopes="act read")),
    "a token ends later": ("token", to(expires_at=NOW + timedelta(days=300))),
    "a link is another's": ("link", to_ben),
    "a link ends later": ("link", to(expires_at=NOW + timedelta(days=300))),
    "a link serves again": ("link", to(reusable=True)),
    "a challenge is over later": ("challenge", to(expires_at=NOW + timedelta(days=300))),
    "a passkey stands beside another's": ("passkey", to_ben),
    "a passkey is another one": ("passkey", to(public_key="AAAA")),
    "a generator's codes serve again": ("generator", to(last_step=0)),
    "a link to a file leads to another": ("file link", to(item="other")),
    "a link to a file ends later": ("file link", to(expires_at=NOW + timedelta(days=300))),
}


@pytest.mark.parametrize("what", CHANGED)
async def test_a_row_that_somebody_changed_lets_nobody_in_and_is_told_and_named(
    body: World, told: Told, what: str
) -> None:
    way, change = WAYS[CHANGED[what][0]], CHANGED[what][1]
    key = await way.make(body, body.ada)
    await write(body, way.table, key, **await change(body, key))
    assert await named(body.database) == {f"{way.table} {key}"}

    with pytest.raises((NotPermitted, NotFound)):
        await way.enter(body, body.ada)

    if CHANGED[what][0] != "passkey":  # whatever stands beside the record's passkey and is another's is not even asked
        assert [(kind, code) for kind, _, code in told] == [("unproven_row_refused", way.table)]


@pytest.mark.parametrize("way", WAYS)
async def test_what_makes_one_persons_row_good_makes_no_others_good(body: World, way: str) -> None:
    """Ben copies all that makes his own row good into Ada's."""
    table, make, enter = WAYS[way]
    of_ada, of_ben = await make(body, body.ada), await make(body, body.ben)
    copied = await row_of(body, table, of_ben)
    its_own = {"id", "id_digest", "token_digest", "credential_id", "person", "email"}
    body.held |= {"typed": body.ben, "shown": body.ben}

    await write(body, table, of_ada, **{name: value for name, value in copied.items() if name not in its_own})

    assert await named(body.database) == {f"{table} {of_ada}"}

    with pytest.raises((NotPermitted, NotFound)):
        await enter(body, body.ada)


async def test_a_session_that_was_inserted_is_as_good_as_none(body: World, told: Told) -> None:
    other_keys = CellKeys(lambda: {"tests": b"x" * 32})
    row = sessions.SignedIn(
        id_digest=digest_of_secret(MINE), person=body.ada, authn="passkey", device="", started_at=NOW,
        last_seen_at=NOW, strong_at=NOW,
    )  # fmt: skip
    row.proof = other_keys.proof_of(b"anything")
    await insert(body, "signed_in", **row.model_dump())
    body.held[body.ada] = MINE

    with pytest.raises(NotPermitted, match="not_signed_in"):
        await WAYS["session"].enter(body, body.ada)

    assert told == [("unproven_row_refused", body.ada, "signed_in")]
    assert await named(body.database) == {f"signed_in {digest_of_secret(MINE)}"}


async def test_a_token_that_was_revived_is_as_good_as_none(body: World) -> None:
    key = await WAYS["token"].make(body, body.ada)
    async with body.database.writing() as session:
        await tokens.revoke(session, person=body.ada, token_id=key, now=NOW)
    assert await named(body.database) == set(), "what its person ends stays ours"

    await write(body, "api_token", key, revoked_at=None)

    with pytest.raises(NotPermitted, match="token_invalid"):
        await WAYS["token"].enter(body, body.ada)
    assert await named(body.database) == {f"api_token {key}"}
    async with body.database.writing() as session:
        await tokens.revoke(session, person=body.ada, token_id=key, now=NOW + timedelta(hours=1))
    assert await named(body.database) == {f"api_token {key}"}, "ended by its person, it is still none of ours"


async def test_a_link_that_was_used_serves_no_second_time(body: World) -> None:
    key = await WAYS["link"].make(body, body.ada)
    await WAYS["link"].enter(body, body.ada)

    await write(body, "sign_in_link", key, used_at=None)

    with pytest.raises(NotPermitted, match="link_invalid"):
        await WAYS["link"].enter(body, body.ada)


async def test_a_password_that_was_put_in_the_place_of_another_opens_nothing(body: World, told: Told) -> None:
    await WAYS["password"].make(body, body.ada)
    async with body.passwords.turn() as turn:
        await write(body, "account", body.ada, password_hash=await turn.hash(f"{PASSWORD} of {body.ben}"))
    body.held["typed"] = body.ben

    with pytest.raises(NotPermitted, match="sign_in_failed"):
        await WAYS["password"].enter(body, body.ada)

    assert told == [("unproven_row_refused", body.ada, "account")]
    assert await named(body.database) == {f"account {body.ada}"}


async def test_nobody_is_invited_once_more_whose_password_was_taken_away(body: World) -> None:
    async with body.database.writing() as session:
        earlier = await people.invite_again(session, person=body.ada, now=NOW)
    await WAYS["password"].make(body, body.ada)
    await write(body, "account", body.ada, password_hash=None)

    async with body.database.writing() as session:
        with pytest.raises(Unacceptable, match="has_password"):
            await people.invite_again(session, person=body.ada, now=NOW)
    with pytest.raises(NotPermitted, match="link_invalid"):
        await accept_invitation(body.database, body.passwords, token=earlier, password=MINE, now=NOW)


async def test_a_passkey_that_was_entered_in_the_views_alone_opens_nothing(body: World) -> None:
    """With a row beside it too: that carries no proof."""
    mine = Authenticator()
    body.held[body.ben] = mine
    key = await WAYS["passkey"].make(body, body.ben)
    record = await row_of(body, "passkey", key)
    await write(body, "passkey", key, person=body.ada)
    with pytest.raises(NotPermitted, match="passkey_refused"):
        await WAYS["passkey"].enter(body, body.ben)

    await write(body, "passkey_use", key, person=body.ada)

    with pytest.raises(NotPermitted, match="passkey_refused"):
        await WAYS["passkey"].enter(body, body.ben)
    await write(body, "passkey", key, person=record["person"])
    await write(body, "passkey_use", key, person=body.ben)
    assert await WAYS["passkey"].enter(body, body.ben) == body.ben


async def test_a_passkey_that_ended_is_not_revived_by_its_view(body: World) -> None:
    key = await WAYS["passkey"].make(body, body.ada)
    async with body.database.writing() as session:
        await passkeys.remove(session, person=body.ada, credential_id=key, keep_one=False, now=NOW, authn="session")

    await write(body, "passkey", key, until_entry=None)

    with pytest.raises(NotPermitted, match="passkey_refused"):
        await WAYS["passkey"].enter(body, body.ada)


async def test_the_signature_of_a_ballot_signs_nobody_in(body: World) -> None:
    """It is public, and answers what it signed: whoever puts that where a sign-in is asked for gains nothing."""
    key = await WAYS["challenge"].make(body, body.ada)
    async with body.database.reading() as session:
        ballot = (await session.exec(select(CHALLENGE).where(CHALLENGE.purpose == "ballot"))).one()
    await write(body, "authentication_challenge", key, challenge=ballot.challenge)
    body.held["answer"] = body.held["ballot"]

    with pytest.raises(NotPermitted, match="challenge_over"):
        await WAYS["challenge"].enter(body, body.ada)


async def test_a_generator_that_was_not_confirmed_counts_for_nothing(body: World) -> None:
    async with body.database.writing() as session:
        body.held[body.ada] = await totp.enrol(session, person=body.ada, key=body.key)

    await write(body, "totp_secret", body.ada, confirmed_at=NOW)

    with pytest.raises(NotPermitted, match="code_wrong"):
        await WAYS["generator"].enter(body, body.ada)


async def test_after_a_change_of_keys_what_was_proven_before_still_holds(database: Database) -> None:
    before = CellKeys(lambda: {"first": b"1" * 32})
    after = CellKeys(lambda: {"first": b"1" * 32, "second": b"2" * 32})
    without = CellKeys(lambda: {"second": b"2" * 32})

    assert after.is_proof(b"what", before.proof_of(b"what"))
    assert after.proof_of(b"what").startswith("second:")
    assert not without.is_proof(b"what", before.proof_of(b"what"))
    assert not after.is_proof(b"what else", before.proof_of(b"what"))


async def test_without_the_keys_nobody_is_let_in_and_nothing_is_checked(body: World) -> None:
    await WAYS["session"].make(body, body.ada)
    keyless = Database(str(body.database.engine.url))
    body.database = keyless

    with pytest.raises(CellUnreadable, match="cell_keys_missing"):
        await WAYS["session"].enter(body, body.ada)
    with pytest.raises(CouldNotCheck, match="cell_keys_missing"):
        await named(keyless)
    await keyless.close()


async def test_rows_of_before_are_proven_as_they_are_and_no_others(body: World) -> None:
    for name in ("session", "token", "link", "password", "passkey", "generator"):
        key = await WAYS[name].make(body, body.ada)
        if name != "token":
            await write(body, WAYS[name].table, key, proof=None)
    await write(body, "api_token", (await token_of(body)), scopes="act read")
    await write(body, "account", body.ben, proof=None)

    assert await row_proofs.prove_earlier(body.database) == 6

    assert await named(body.database) == {f"api_token {await token_of(body)}"}


async def token_of(body: World) -> str:
    async with body.database.reading() as session:
        return (await session.exec(select(tokens.ApiToken.id))).one()


NO_WAY_IN = {
    "journal_entry": "digests of the chain",
    "journal_body": "salts of the chain",
    "holder_image": "an image by its digest",
    "image_handed_in": "an image by its digest",
    "scheme": "a scheme by its digest",
    "passkey": "a view: believed with the row of `passkey_use` only",
    "accepted_signature": "which act was signed: asked once the signature of a proven passkey was verified",
    "sign_in_failure": "attempts at an address, by its digest",
    "stored_file": "files by their digests",
    "file_inspection": "files by their digests",
}
"""Tables with a digest, a key or a secret by which nobody comes in."""


async def test_whatever_holds_a_secret_or_a_key_is_proven_or_lets_nobody_in() -> None:
    """A new table is thought of."""
    words = ("digest", "secret", "hash", "challenge", "public_key", "salt")
    found = {
        name
        for name, table in SQLModel.metadata.tables.items()
        if any(word in column.name for column in table.c for word in words)
    }
    proven_ones = {str(table.__tablename__) for table in Proven.__subclasses__()}

    assert proven_ones == {way.table for way in WAYS.values()}
    assert found <= proven_ones | {*NO_WAY_IN}
