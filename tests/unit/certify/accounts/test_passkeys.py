import asyncio
import hashlib
import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import col, update
from webauthn.helpers import base64url_to_bytes

from certify.accounts import passkeys, people
from certify.accounts.assertions import AssertionProof, begin_assertion, finish_assertion
from certify.accounts.challenges import LASTS, Purpose
from certify.accounts.passkey_uses import PasskeyUse
from certify.accounts.relying_party import RelyingParty
from certify.config import Settings
from certify.programs.software_authenticator import SoftwareAuthenticator
from certify.register import passkeys as register
from certify.register import streams
from certify.register.database import Database
from schemas.errors import NotFound, NotPermitted, ProcedureError, Unacceptable
from tests.authenticator import HOST, ORIGIN, Authenticator
from tests.unit.certify.accounts.conftest import NOW

RELYING = RelyingParty(id=HOST, origin=ORIGIN, name="Register")
BALLOT = hashlib.sha256(b"a ballot").digest()


async def register_key(
    database: Database, person: str, key: "Authenticator | Demonstrated", *, now: datetime = NOW
) -> str:
    async with database.writing() as session:
        ceremony = await passkeys.begin_registration(
            session, person=person, account_name="ada@example.org", relying=RELYING, now=now
        )
    async with database.writing() as session:
        return await passkeys.finish_registration(
            session, ceremony.id, key.make(ceremony.options), person=person, name="Key", relying=RELYING, now=now,
            authn="password",
        )  # fmt: skip


async def prove(
    database: Database,
    key: Authenticator,
    *,
    person: str | None,
    purpose: Purpose = "step_up",
    bound_to: bytes | None = None,
    now: datetime = NOW,
) -> AssertionProof:
    async with database.writing() as session:
        ceremony = await begin_assertion(session, person, purpose, bound_to, relying=RELYING, now=NOW)
    async with database.writing() as session:
        return await finish_assertion(
            session, ceremony.id, key.sign(ceremony.options), person=person, purpose=purpose, bound_to=bound_to,
            relying=RELYING, now=now,
        )  # fmt: skip


@pytest.fixture
async def key(database: Database, ada: people.Invitation) -> Authenticator:
    """A passkey of Ada's."""
    made = Authenticator()
    await register_key(database, ada.person, made)
    return made


async def refusal_of(proof: object) -> str:
    with pytest.raises(ProcedureError) as refusal:
        await proof  # type: ignore[misc]  # whatever it is, it is awaited
    return refusal.value.code


async def test_a_passkey_stands_in_the_record_with_its_public_key_and_nothing_personal(
    database: Database, ada: people.Invitation, key: Authenticator
) -> None:
    async with database.reading() as session:
        (row,) = await register.of_person(session, ada.person)
        body = json.loads((await streams.bodies(session, "people"))[-1])
        listed = await passkeys.listed(session, ada.person)
    assert row.credential_id == key.credential_id
    assert body.keys() == {"kind", "version", "at", "actor", "person", "credential_id", "public_key"}
    assert [(one.name, one.last_used_on) for one in listed] == [("Key", None)]


class Demonstrated(SoftwareAuthenticator):
    """The software of the demonstration, registered as if it were somebody's."""

    def make(self, options: str) -> str:
        return json.dumps({**self.create(json.loads(options)["challenge"]), "clientExtensionResults": {}})


async def test_what_signs_in_a_demonstration_is_nobodys_passkey(database: Database, ada: people.Invitation) -> None:
    device = Demonstrated(Settings(data=Path("demo"), demo=True), ORIGIN, say=str)

    assert await refusal_of(register_key(database, ada.person, device)) == "passkey_refused"


async def test_a_key_lets_its_person_in_without_an_address(
    database: Database, ada: people.Invitation, key: Authenticator
) -> None:
    proof = await prove(database, key, person=None, purpose="sign_in")

    assert (proof.person, proof.credential_id) == (ada.person, key.credential_id)
    async with database.reading() as session:
        (one,) = await passkeys.listed(session, ada.person)
    assert one.last_used_on == NOW.date()


async def test_a_proof_is_bound_to_what_is_signed(
    database: Database, ada: people.Invitation, key: Authenticator
) -> None:
    proof = await prove(database, key, person=ada.person, purpose="ballot", bound_to=BALLOT)

    said = json.loads(base64url_to_bytes(proof.client_data))
    assert base64url_to_bytes(said["challenge"]) == BALLOT


async def test_an_answer_is_taken_once_even_of_two_at_once(
    database: Database, ada: people.Invitation, key: Authenticator
) -> None:
    async with database.writing() as session:
        ceremony = await begin_assertion(session, ada.person, "step_up", relying=RELYING, now=NOW)
    answer = key.sign(ceremony.options)

    async def finish() -> str:
        try:
            async with database.writing() as session:
                await finish_assertion(
                    session, ceremony.id, answer, person=ada.person, purpose="step_up", relying=RELYING, now=NOW
                )
        except NotPermitted as error:
            return error.code
        return "taken"

    assert sorted(await asyncio.gather(finish(), finish(), finish())) == ["challenge_over", "challenge_over", "taken"]


@pytest.mark.parametrize(
    ("person", "purpose", "after"),
    [("ada", "ballot", timedelta(0)), ("ben", "step_up", timedelta(0)), ("ada", "step_up", LASTS)],
)
async def test_a_challenge_is_for_one_person_one_purpose_and_a_few_minutes(
    database: Database, ada: people.Invitation, key: Authenticator, person: str, purpose: Purpose, after: timedelta
) -> None:
    async with database.writing() as session:
        ceremony = await begin_assertion(session, ada.person, "step_up", relying=RELYING, now=NOW)
    who = ada.person if person == "ada" else person

    async with database.writing() as session:
        code = await refusal_of(
            finish_assertion(
                session, ceremony.id, key.sign(ceremony.options), person=who, purpose=purpose, relying=RELYING,
                now=NOW + after,
            )
        )  # fmt: skip

    assert code == "challenge_over"


@pytest.mark.parametrize(
    "changed",
    [
        {"verifies": False},
        {"origin": "https://labels.example.evil"},
        {"host": "example.evil"},
        {"key": Authenticator().key},
        {"id": b"another credential"},
        {"user": b"ben"},
    ],
    ids=lambda changed: next(iter(changed)),
)
async def test_what_is_not_this_key_on_this_site_with_its_person_there_is_refused(
    database: Database, ada: people.Invitation, key: Authenticator, changed: dict[str, object]
) -> None:
    for name, value in changed.items():
        setattr(key, name, value)

    assert await refusal_of(prove(database, key, person=ada.person)) == "passkey_refused"


@pytest.mark.parametrize(
    "answer", ["", "{", "[]", "null", '{"response": 1}', "{}" * 9000, '{"id": "x", "response": {}}']
)
async def test_an_answer_that_is_none_is_refused(
    database: Database, ada: people.Invitation, key: Authenticator, answer: str
) -> None:
    async with database.writing() as session:
        ceremony = await begin_assertion(session, ada.person, "step_up", relying=RELYING, now=NOW)
        code = await refusal_of(
            finish_assertion(
                session, ceremony.id, answer, person=ada.person, purpose="step_up", relying=RELYING, now=NOW
            )
        )

    assert code == "passkey_refused"


async def test_a_proof_for_one_ballot_is_none_for_another(
    database: Database, ada: people.Invitation, key: Authenticator
) -> None:
    async with database.writing() as session:
        ceremony = await begin_assertion(session, ada.person, "ballot", BALLOT, relying=RELYING, now=NOW)
        code = await refusal_of(
            finish_assertion(
                session, ceremony.id, key.sign(ceremony.options), person=ada.person, purpose="ballot",
                bound_to=hashlib.sha256(b"another").digest(), relying=RELYING, now=NOW,
            )
        )  # fmt: skip

    assert code == "passkey_refused"


async def test_a_counter_that_does_not_go_up_tells_of_a_copied_key(
    database: Database, ada: people.Invitation, key: Authenticator
) -> None:
    await prove(database, key, person=ada.person)
    key.count = 0

    assert await refusal_of(prove(database, key, person=ada.person)) == "passkey_refused"


async def test_a_counter_changed_by_another_answer_meanwhile_refuses_this_one(
    database: Database, ada: people.Invitation, key: Authenticator
) -> None:
    async with database.writing() as session:
        await session.exec(update(PasskeyUse).where(col(PasskeyUse.sign_count) >= 0).values(sign_count=7))

    assert await refusal_of(prove(database, key, person=ada.person)) == "passkey_refused"


async def test_the_same_key_is_entered_once(database: Database, ada: people.Invitation, key: Authenticator) -> None:
    assert await refusal_of(register_key(database, ada.person, key)) == "passkey_known"


async def test_a_key_made_without_verification_is_refused(database: Database, ada: people.Invitation) -> None:
    assert await refusal_of(register_key(database, ada.person, Authenticator(verifies=False))) == "passkey_refused"


async def test_a_removed_key_proves_nothing_and_what_it_signed_can_still_be_checked(
    database: Database, ada: people.Invitation, key: Authenticator
) -> None:
    second = Authenticator(id=b"credential-0002")
    await register_key(database, ada.person, second)
    async with database.writing() as session:
        await passkeys.remove(
            session, person=ada.person, credential_id=key.credential_id, keep_one=True, now=NOW, authn="passkey"
        )

    assert await refusal_of(prove(database, key, person=None, purpose="sign_in")) == "passkey_refused"
    assert (await prove(database, second, person=ada.person)).person == ada.person
    async with database.reading() as session:
        first = await session.get_one(register.PasskeyRecord, key.credential_id)
    assert first.until_entry is not None
    assert first.from_entry < first.until_entry


async def test_the_last_second_factor_stays_and_nobody_removes_anothers(
    database: Database, ada: people.Invitation, key: Authenticator
) -> None:
    async with database.writing() as session:
        with pytest.raises(Unacceptable, match="last_second_factor"):
            await passkeys.remove(
                session, person=ada.person, credential_id=key.credential_id, keep_one=True, now=NOW, authn="passkey"
            )
        with pytest.raises(NotFound, match="unknown_passkey"):
            await passkeys.remove(
                session, person="ben", credential_id=key.credential_id, keep_one=False, now=NOW, authn="passkey"
            )
