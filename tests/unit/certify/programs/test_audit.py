import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from certify.accounts import people
from certify.accounts.access_ledger import enter_contact
from certify.config import Settings
from certify.procedure.attempts import keep_attempt
from certify.programs import administration, audit
from certify.programs.record import open_record
from certify.register.schema import upgrade
from schemas.errors import NotPermitted
from schemas.people import Role
from schemas.record_events import ContactOpened


@pytest.fixture
async def settings(tmp_path: Path) -> Settings:
    found = Settings(data=tmp_path)
    database = await open_record(found)
    await upgrade(database)
    async with database.writing() as session:
        await people.invite(
            session,
            name="Ada Secret",
            email="ada@example.org",
            roles=[Role.EXPERT],
            areas=["ai_technical"],
            by="sofia",
            now=datetime.now(UTC),
            request_id="request-1",
        )
    await keep_attempt(
        database,
        "zora",
        "accept_application",
        "case-1",
        NotPermitted("role_missing", "…"),
        "request-2",
        authn="passkey",
    )
    await database.close()
    return found


async def exported(settings: Settings, **how: Any) -> list[dict[str, Any]]:
    return [json.loads(one) async for one in audit.export(settings, **{"since": None, "everything": False, **how})]


async def test_what_was_done_and_what_was_refused_is_told_in_order(settings: Settings) -> None:
    done, refused = await exported(settings)

    assert (done["kind"], done["actor"], done["authn"], done["request_id"]) == (
        "person_admitted",
        "sofia",
        "session",
        "request-1",
    )
    assert done["outcome"] == "done"
    assert (refused["outcome"], refused["actor"], refused["request_id"]) == ("refused", "zora", "request-2")
    assert refused["authn"] == "passkey"
    assert (refused["act"], refused["code"]) == ("accept_application", "role_missing")
    assert datetime.fromisoformat(done["recorded_at"]).tzinfo == UTC


async def test_it_tells_no_names_and_no_addresses(settings: Settings) -> None:
    told = json.dumps(await exported(settings, everything=True))
    assert "Ada" not in told
    assert "@" not in told


async def test_a_token_made_at_the_command_line_is_told_of_without_its_secret(settings: Settings) -> None:
    token = await administration.create_token(settings, email="ada@example.org", person=None, scopes=["read"], days=1)

    assert settings.security_events_file is not None
    before, event = [json.loads(one) for one in settings.security_events_file.read_text().splitlines()]
    assert (before["outcome"], event["outcome"]) == ("attempted", "done")
    assert (event["kind"], event["actor"], event["authn"]) == ("token_created", "operator", "operator")
    assert token not in json.dumps(event)
    assert "@" not in json.dumps(event)


async def test_what_was_recorded_before_is_left_out(settings: Settings) -> None:
    assert await exported(settings, since=datetime.now(UTC) + timedelta(minutes=1)) == []
    assert len(await exported(settings, since=datetime.now(UTC) - timedelta(minutes=1))) == 2


async def test_a_complaint_is_not_named_by_its_code_where_its_contact_was_seen(settings: Settings) -> None:
    database = await open_record(settings)
    seen = ContactOpened(at=datetime.now(UTC), actor="sofia", person="sofia")
    async with database.writing() as session:
        await enter_contact(session, "SECRETC0DE", seen, authn="passkey", request_id="request-3")
    await database.close()

    told = [one for one in await exported(settings) if one["kind"] == "contact_opened"]
    assert [(one["stream"], one["actor"]) for one in told] == [("access", "sofia")]
    assert "SECRETC0DE" not in json.dumps(await exported(settings, everything=True))
